"""One number for each channel of x: (N, C, *S)."""

from gradcheck.arrays import Values


def spread_over_channels(parameter: Values, ndim: int) -> Values:
    """A parameter (C,) as (C, 1, …), which broadcasts with x of so many axes."""
    return parameter.reshape(-1, *(1,) * (ndim - 2))


def sum_per_channel(dy: Values) -> Values:
    """The sum over all axes but the channels, which is spreading transposed.  dy: (N, C, *S) → (C,)."""
    return dy.sum(axis=(0, *range(2, dy.ndim)))
