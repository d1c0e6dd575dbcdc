"""Relations between sizes and settings that separate the shapes which a forward accepts from those which it refuses."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import permutations

from gradcheck.declaration.inputs import Array, list_declared_arrays
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import Whole, whole
from gradcheck.declaration.shape import NameValues, parse_expression

SMALL_NUMBERS = (2, 3, 4)
"""Numbers that a size is compared with; sizes are mostly drawn from 1 to 4."""
NAME = r"[A-Za-z_]\w*"
"""A name in an expression."""
MOST_RELATIONS = 3
"""Relations that may have to hold together: an image of three axes, a kernel of three."""


class RelationKind(Enum):
    """How the two sides of a relation compare, in words where it holds and where it does not."""

    AT_LEAST = "{left} >= {right}", "{left} < {right}"
    EQUAL = "{left} == {right}", "{left} != {right}"
    MULTIPLE = "({left}) % {right} == 0", "({left}) % {right} != 0"


@dataclass(frozen=True)
class Relation:
    """A relation that an accepted shape satisfies.

    size: the axis that it bounds.  axis: what to write for that axis in a shape, so that every shape satisfies it.
    """

    left: str
    kind: RelationKind
    right: str
    size: str
    axis: str

    def holds(self, names: NameValues) -> bool:
        """Whether sizes and settings satisfy it."""
        left, right = (parse_expression(side).value(names) for side in (self.left, self.right))
        if self.kind is RelationKind.MULTIPLE:
            return right != 0 and left % right == 0
        return left >= right if self.kind is RelationKind.AT_LEAST else left == right

    def __str__(self) -> str:
        return self.format(self.kind.value[0])

    @property
    def opposite(self) -> str:
        """The relation that holds where this one does not."""
        return self.format(self.kind.value[1])

    def format(self, words: str) -> str:
        """Format both sides, a name without brackets."""
        written = words.format(left=self.left, right=self.right)
        return written.replace(f"({self.left})", self.left) if self.left.isidentifier() else written

    @property
    def bound(self) -> Whole | None:
        """The bound of the size that says the same; None where bounds cannot."""
        return whole(self.right, None) if self.left == self.size and self.kind is RelationKind.AT_LEAST else None


def describe_opposites(relations: Iterable[Relation]) -> str:
    """Describe where one of the relations does not hold."""
    return " or ".join(relation.opposite for relation in relations)


def list_sizes(op: Op) -> list[str]:
    """List the sizes that shapes are made of."""
    names = [name for array in list_declared_arrays(op.inputs) for name in list_axis_names(array)]
    return [name for name in dict.fromkeys(names) if name not in op.settings]


def has_one_shape(op: Op) -> bool:
    """Whether every input has the same shape in all cases, as at a point."""
    arrays = [a for a in op.inputs.values() if isinstance(a, Array)]
    return len(arrays) == len(op.inputs) and all(axis.text.isdigit() for array in arrays for axis in array.axes)


def list_axis_names(array: Array) -> list[str]:
    """List the names in the axes of an array that are no groups, and differ not between the members of a Several."""
    axes = (axis for axis in array.axes if axis.kind == "size")
    return [name for axis in axes for name in re.findall(NAME, axis.text)]


def list_relations(op: Op) -> list[Relation]:
    """List the relations that forwards ask for, the plain ones first."""
    sizes = list_sizes(op)
    settings = [name for name, setting in op.settings.items() if isinstance(setting, Whole)]
    return [
        *(relation for size in sizes for relation in relate_to_numbers(size)),
        *(relation for pair in permutations(sizes, 2) for relation in relate_sizes(*pair)),
        *(relation for size in sizes for setting in settings for relation in relate_to_setting(size, setting)),
        *(
            relation
            for pair in permutations(sizes, 2)
            for relation in (*relate_by_setting(*pair, settings), *relate_by_settings(*pair, settings))
        ),
    ]


def relate_to_numbers(size: str) -> Iterator[Relation]:
    """Relate a size to small numbers."""
    for k in SMALL_NUMBERS:
        yield Relation(size, RelationKind.AT_LEAST, str(k), size, f"{size}+{k - 1}")
        yield Relation(size, RelationKind.MULTIPLE, str(k), size, f"{k}*{size}")
    for k in (1, *SMALL_NUMBERS):
        yield Relation(size, RelationKind.EQUAL, str(k), size, str(k))


def relate_sizes(size: str, other: str) -> Iterator[Relation]:
    """Relate a size to another one."""
    yield Relation(size, RelationKind.AT_LEAST, other, size, f"{size}+{other}-1")
    yield Relation(size, RelationKind.AT_LEAST, f"{other}-1", size, f"{size}+{other}-1")  # none with an empty output
    yield Relation(size, RelationKind.AT_LEAST, f"{other}+1", size, f"{size}+{other}")
    yield Relation(size, RelationKind.MULTIPLE, other, size, f"{other}*{size}")
    yield Relation(size, RelationKind.EQUAL, other, size, other)


def relate_to_setting(size: str, setting: str) -> Iterator[Relation]:
    """Relate a size to a setting."""
    yield Relation(size, RelationKind.AT_LEAST, setting, size, f"{size}+{setting}-1")
    yield Relation(size, RelationKind.MULTIPLE, setting, size, f"{setting}*{size}")
    yield Relation(size, RelationKind.EQUAL, setting, size, setting)


def relate_by_setting(size: str, other: str, settings: Sequence[str]) -> Iterator[Relation]:
    """Relate the axis of an image to that of a kernel that is padded, dilated or moved by steps."""
    for s in settings:
        yield Relation(size, RelationKind.AT_LEAST, f"{other}-2*{s}", size, f"{size}+{other}-1-2*{s}")
        yield Relation(size, RelationKind.AT_LEAST, f"{other}-1-2*{s}", size, f"{size}+{other}-1-2*{s}")
        yield Relation(size, RelationKind.AT_LEAST, f"{other}-{s}", size, f"{size}+{other}-1-{s}")
        yield Relation(size, RelationKind.AT_LEAST, f"{s}*({other}-1)+1", size, f"{size}+{s}*({other}-1)")
        yield Relation(f"{size}-{other}", RelationKind.MULTIPLE, s, size, f"{s}*({size}-1)+{other}")


def relate_by_settings(size: str, other: str, settings: Sequence[str]) -> Iterator[Relation]:
    """Relate the axis of an image to that of a kernel by padding and dilation, or by padding and steps."""
    for pad, s in permutations(settings, 2):
        reach = f"{s}*({other}-1)+1-2*{pad}"
        yield Relation(size, RelationKind.AT_LEAST, reach, size, f"{size}+{s}*({other}-1)-2*{pad}")
        yield Relation(size, RelationKind.AT_LEAST, f"{other}-2*{pad}-{s}", size, f"{size}+{other}-1-2*{pad}")
        steps = f"{size}+2*{pad}-{other}"
        yield Relation(steps, RelationKind.MULTIPLE, s, size, f"{s}*({size}-1)+{other}-2*{pad}")


def find_shape_relations(
    relations: Iterable[Relation], accepted: Sequence[NameValues], refused: Sequence[NameValues]
) -> tuple[Relation, ...]:
    """Find the fewest relations that hold for all accepted sizes, and of which one is broken by all refused ones; none
    where there are no such relations."""
    broken: Mapping[Relation, set[int]] = {
        relation: {i for i, names in enumerate(refused) if not relation.holds(names)}
        for relation in relations
        if all(map(relation.holds, accepted))
    }
    found: list[Relation] = []
    left = set(range(len(refused)))
    while left and broken and len(found) < MOST_RELATIONS:
        best = max(broken, key=lambda relation: len(broken[relation] & left))
        if not broken[best] & left:
            return ()
        found.append(best)
        left -= broken[best]
    return () if left else tuple(relation for relation in broken if relation in found)
