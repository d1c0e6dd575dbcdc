"""What Caffe's losses of labels are divided by: the labels that are not ignored, all labels, the images, or nothing."""

from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.settings import choice

NORMALIZATIONS = choice("VALID", "FULL", "BATCH_SIZE", "NONE")


def find_normalizer(valid: Values, normalization: str) -> int:
    """Return what a loss is divided by, 1 in place of 0.  valid: (N, *S), where a label is not ignored."""
    counts = {"VALID": int(valid.sum()), "FULL": valid.size, "BATCH_SIZE": len(valid), "NONE": 1}
    return counts[normalization] or 1


def normalize_as_defined(losses: Any, labels: Any, ignore_label: int | None, normalization: str) -> Any:
    """Return the loss of a reference.  losses: that of each label, of labels' shape, (N, *S)."""
    xp = namespace(losses)
    kept = xp.ones(labels.shape, dtype=losses.dtype)
    if ignore_label is not None:
        kept = xp.astype(labels != ignore_label, losses.dtype)
    total = xp.sum(kept * losses)
    if normalization == "VALID":
        return total / xp.maximum(xp.sum(kept), xp.ones((), dtype=losses.dtype))
    if normalization == "FULL":
        return total / xp.sum(xp.ones(labels.shape, dtype=losses.dtype))
    return total / labels.shape[0] if normalization == "BATCH_SIZE" else total
