"""2-D adaptive max pooling: the largest element of each bin, as many bins as the output has elements.

x: (N, C, H, W) → y: (N, C, *output_size).  Bin i of I on an axis of length L holds the places from floor(i L / I) up to
but not including ceil((i + 1) L / I): bins overlap where I does not divide L.  Kinks where two pixels of a bin tie for
the largest; there the first, row by row, takes the gradient.
"""

from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice
from gradcheck.ops.pooling.bins import divide_axis, find_bin_winners, measure_bin_leads
from gradcheck.ops.pooling.winners import route_to_winners, take_winners


def forward(x: Values, output_size: tuple[int, int]) -> tuple[Values, Any]:
    """The largest of each bin, and where it stood."""
    rows, columns = (divide_axis(*lengths) for lengths in zip(x.shape[2:], output_size, strict=True))
    winners = find_bin_winners(x, rows, columns)
    return take_winners(x, winners), (winners, x.shape)


def backward(dy: Values, cache: Any) -> Values:
    """The upstream of each bin goes to its winner; a pixel that wins several bins adds up."""
    return route_to_winners(dy, *cache)


def reference(x: Any, output_size: tuple[int, int]) -> Any:
    """The definition, bin by bin."""
    xp = namespace(x)

    def cut(length: int, count: int) -> list[slice]:
        return [slice(i * length // count, ((i + 1) * length + count - 1) // count) for i in range(count)]

    rows, columns = (cut(*lengths) for lengths in zip(x.shape[2:], output_size, strict=True))
    largest = [xp.max(x[:, :, held, within], axis=(2, 3)) for held in rows for within in columns]
    return xp.reshape(xp.stack(largest, axis=-1), (*x.shape[:2], *output_size))


def kinks(x: Values, output_size: tuple[int, int]) -> Values:
    """By how much the largest of each bin leads the second, of the bins that hold several pixels."""
    rows, columns = (divide_axis(*lengths) for lengths in zip(x.shape[2:], output_size, strict=True))
    return measure_bin_leads(x, rows, columns)


adaptive_max_pool2d = Op(
    "adaptive_max_pool2d",
    forward,
    backward,
    reference,
    inputs={"x": Array("N C H W")},
    settings={"output_size": choice((1, 1), (2, 2), (2, 3), (3, 1))},
    batch="N",
    kinks=kinks,
    convention="first",
    formula="y = max of x over each bin",
    source="torch.nn.functional.adaptive_max_pool2d",
    aliases={"torch": "adaptive_max_pool2d"},
)
