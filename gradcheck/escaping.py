"""Names and messages from user code as text that is safe to print: cut where it is long, in one line, and without
characters that move the cursor, change the direction of writing or cannot be encoded."""

import re

MAX_TEXT_LENGTH = 300
"""Characters of a message or a name that are printed."""
MAX_NOTE_LENGTH = 1000
"""Characters of a note, which may list inputs with their shapes."""
MAX_ADDED_LENGTH = 100
"""Characters that may stand around a message that was cut, as its kind before it and its length behind it."""
CUT = re.compile(r"… \([\d,]+ characters\)$")


def cut_text(text: str, most: int = MAX_TEXT_LENGTH) -> str:
    """Cut text that is longer than `most`, and say how long it was: "AAA… (5,000,000 characters)"; text that was cut
    before stays as it is."""
    if len(text) <= most or (len(text) <= most + MAX_ADDED_LENGTH and CUT.search(text)):
        return text
    return f"{text[:most]}… ({len(text):,} characters)"


def escape_unprintable(text: str) -> str:
    r"""Write every character that cannot be printed as Python does, so that the text is one line: \n, \x1b, \u202e."""
    return text if text.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def escape_lines(text: str) -> str:
    """Write text of several lines with every other character escaped that cannot be printed."""
    return "\n".join(map(escape_unprintable, text.split("\n")))


def measure_longest_run(text: str, character: str) -> int:
    """Return the length of the longest run of a character: a fence around the text has to be longer."""
    return max(map(len, re.findall(f"{re.escape(character)}+", text)), default=0)
