"""Places and edits in a line of text, for the tests of operators."""

import numpy as np

from gradcheck.causes.edits.places import PlaceFinder
from gradcheck.causes.edits.source_file import parse_source_file
from gradcheck.causes.edits.tracing import describe_value_seen

X, M = np.ones((2, 3)), np.ones((2, 3), bool)
VALUES = {
    "np": np,
    "x": X,
    "y": X + 1,
    "dy": X,
    "v": np.ones(3),
    "cube": np.ones((2, 3, 4)),
    "mask": M,
    "n": 3,
    "m": 4,
    "c": 8,
    "stride": 2,
    "kh": 5,
    "kw": 6,
    "pad": 1,
    "eps": 1e-5,
    "p": 0.3,
}
SEEN = {name: describe_value_seen(value) for name, value in VALUES.items()}


def list_places(text, unused=()):
    """The places of a statement."""
    source = parse_source_file("line.py", text + "\n")
    return list(PlaceFinder(source, source.tree.body[0], SEEN, frozenset(unused)).find())


def list_texts(operator, text, unused=()):
    """The lines that an operator makes of one."""
    source = parse_source_file("line.py", text + "\n")
    edits = [edit for place in list_places(text, unused) for edit in operator(place)]
    return [source.cut((1, 0), e.start) + e.text + source.cut(e.end, (1, len(text))) for e in edits]
