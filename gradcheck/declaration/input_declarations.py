"""The declarations of the inputs of one case, looked up once."""

from gradcheck.declaration.inputs import Array


class InputDeclarations:
    """The declarations of an op's inputs, one for each label.

    differentiable: whether backward returns a gradient.  batch_axes: which axis is the batch, None where there is none.
    free: whether every input may move in every direction, by any step.
    """

    def __init__(self, arrays: tuple[Array, ...], batch: str | None) -> None:
        self.arrays = arrays
        self.domains = tuple(array.domain for array in arrays)
        self.differentiable = tuple(array.differentiable for array in arrays)
        words = [[axis.text for axis in array.axes] for array in arrays]
        self.batch_axes = tuple(w.index(batch) if batch in w else None for w in words)
        self.free = all(domain.free for domain in self.domains)
