"""Adapters: other people's calling conventions as an Op."""

from collections.abc import Callable
from typing import Any

from gradcheck.inference import infer
from gradcheck.op import Op


class AdapterError(ValueError):
    """Something that cannot be made an Op of; the message says why, and what to write instead."""


def adapt(thing: Any, backward: Callable[..., Any] | None = None, *, adapter: str | None = None, **given: Any) -> Op:
    """An Op of whatever holds a forward and a backward."""
    if isinstance(thing, Op):
        return thing
    if backward is None:
        raise AdapterError(f"{thing!r}: the backward is missing")
    return infer(thing.__name__.removesuffix("_forward") or "op", thing, backward)
