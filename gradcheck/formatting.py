"""Numbers, indices and plurals as a person reads them."""


def format_number(value: float) -> str:
    """A number in as few digits as tell it."""
    short = f"{value:.6g}"
    return short if float(short) == value or abs(value) > 1e15 else f"{value:.9g}"


def format_index(index: tuple[int, ...]) -> str:
    """An index as words, " at [0, 1]"; nothing for a number."""
    return f" at [{', '.join(map(str, index))}]" if index else ""


def pluralise(count: int, thing: str) -> str:
    """1 op, 2 ops."""
    return f"{count} {thing}{'s' * (count != 1)}"
