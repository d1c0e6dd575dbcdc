"""Missing modules can be imported, derived from and named, but not used."""

import copy
from typing import Optional

import numpy as np
import pytest

from gradcheck.audit.agent.stand_ins import (
    MissingModuleError,
    StandIn,
    StandInModule,
    build_stand_in,
    iterate,
    raise_missing,
    return_same,
)

torch = build_stand_in("torch")


def test_what_is_named_at_the_top_of_a_file_does_no_harm():
    class Net(torch.nn.Module, torch.Other):
        size: Optional[torch.Tensor] = None  # noqa: UP045  # as people write it
        kind = torch.float32

    assert Net().size is None
    assert (torch.Tensor | None) is not None
    assert torch.jaxtyping.Float[3] is not None
    assert not isinstance(3, torch.Tensor)
    assert not issubclass(int, torch.Tensor)


@pytest.mark.parametrize(
    "use",
    [
        lambda t: t.f(1),
        lambda t: t.x + 1,
        lambda t: 1 + t.x,
        lambda t: list(t.x),
        lambda t: np.array(t.x),
        lambda t: float(t.x),
    ],
)
def test_what_is_used_says_what_is_missing(use):
    with pytest.raises(MissingModuleError, match=r"torch\.\w cannot be used: the module torch is not here"):
        use(torch)


def test_a_star_import_takes_nothing():
    module = StandInModule("im2col_cython")
    assert not hasattr(module, "__all__")
    assert [name for name in vars(module) if not name.startswith("__")] == []


def test_bridges_between_python_2_and_3_are_real():
    past, six = build_stand_in("past.builtins"), build_stand_in("six")
    assert list(past.xrange(3)) == [0, 1, 2]
    assert list(six.iteritems({"a": 1})) == [("a", 1)]
    assert list(six.moves.xrange(2)) == [0, 1]
    assert build_stand_in("past").utils.old_div(7, 2) == 3
    assert "xrange" in past.__all__


def test_small_parts():
    assert list(iterate("keys")({"a": 1})) == ["a"]
    assert return_same(len) is len
    with pytest.raises(MissingModuleError, match=r"a\.b cannot"):
        raise_missing(StandIn("a.b"))
    with pytest.raises(AttributeError):
        copy.copy(StandIn("a")).__wrapped__  # noqa: B018
