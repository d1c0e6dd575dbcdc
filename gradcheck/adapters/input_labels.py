"""The labels of inputs that stand in a dictionary or a list."""

from typing import Any


def make_input_label(key: Any, container: str) -> str:
    """Return a key as the name of an input: W1, W_0 for ("W", 0), params_0 for an index."""
    if isinstance(key, int):
        return f"{container}_{key}"
    text = "_".join(map(str, key)) if isinstance(key, tuple) else str(key)
    return "".join(c if c.isalnum() else "_" for c in text)
