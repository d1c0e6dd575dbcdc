"""The lifetimes of the values of a program: each is deleted after the line that needs it last."""

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
    found = [VALUE.findall(line) for line in body]
    kept = {name for line, names in zip(body, found, strict=True) if is_kept_by(line) for name in names}
    last = {name: i for i, names in enumerate(found) for name in names if name not in kept}
    written = list[str]()
    for i, line in enumerate(body):
        ended = dict.fromkeys(name for name in found[i] if last.get(name) == i)
        written += [line, f"    del {', '.join(ended)}"] if ended else [line]
    return "\n".join([before + opening + first, *written, *after])


def is_kept_by(line: str) -> bool:
    """Whether the values of which a line speaks are needed after it: that of a function, or the one that returns."""
    return line.startswith(("     ", "    def ", "    return "))
