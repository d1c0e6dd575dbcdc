"""Names that do not exist, and those that were meant."""

from collections.abc import Iterable


def suggest_name(name: str, existing: Iterable[str], most: int = 1) -> str:
    """The question whether one of the nearest names that exist was meant, "" where none is near.  most: how many are
    asked for, at most."""
    import difflib  # only for what is wrong

    spelled = {known.lower(): known for known in existing}
    near = difflib.get_close_matches(name.lower(), spelled, most, cutoff=0.7)
    return f"did you mean {' or '.join(repr(spelled[found]) for found in near)}? " if near else ""
