"""Names that do not exist, and those that were meant."""

from collections.abc import Iterable


def suggest_name(name: str, existing: Iterable[str]) -> str:
    """The question whether the nearest of the names that exist was meant, "" where none is near."""
    import difflib  # only for what is wrong

    spelled = {known.lower(): known for known in existing}
    near = difflib.get_close_matches(name.lower(), spelled, 1, cutoff=0.7)
    return f"did you mean {spelled[near[0]]!r}? " if near else ""
