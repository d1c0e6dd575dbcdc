"""The lifetimes of the values of a program: in a sparing one, each is deleted after the line that needs it last."""

import re

VALUE = re.compile(r"\bv\d+\b")
FUNCTION = "def program("


def delete_after_last_use(source: str) -> str:
    """Return the source of a program in which values are deleted as soon as nothing needs them.  Those that a function
    inside of it speaks of are kept: it may be called later."""
    before, opening, rest = source.partition(FUNCTION)
    first, *lines = rest.split("\n")
    end = next((i for i, line in enumerate(lines) if line and not line.startswith(" ")), len(lines))
    body, after = lines[:end], lines[end:]
    last = {name: i for i, line in enumerate(body) for name in VALUE.findall(line)}
    kept = {name for line in body if is_inside_function(line) for name in VALUE.findall(line)}
    kept |= set(VALUE.findall(body[-1])) if body else set()
    written = list[str]()
    for i, line in enumerate(body):
        ended = [name for name, place in last.items() if place == i and name not in kept]
        written += [line, f"    del {', '.join(ended)}"] if ended else [line]
    return "\n".join([before + opening + first, *written, *after])


def is_inside_function(line: str) -> bool:
    """Whether a line of a program is that of a function inside of it."""
    return line.startswith(("     ", "    def "))
