"""What is packed for a worker is what the worker's side unpacks: order in memory, noise, held objects."""

import numpy as np
import pytest

from gradcheck.audit.agent.arguments import ArgumentUnpickler, make_noise
from gradcheck.audit.agent.trees import HeldObject
from gradcheck.audit.packed_arguments import pack_arguments
from gradcheck.oracles.noisy_arrays import Noise, NoisyArray, make_noisy


def unpack(packed, held=None, noise=None):
    """What the agent makes of packed arguments."""
    return ArgumentUnpickler(packed, (held or {}).__getitem__, noise).load()


def test_arrays_numbers_and_containers_arrive_as_they_were():
    packed, noise = pack_arguments((np.arange(3.0), {"stride": 2}), {"eps": 1e-5})
    (x, param), keywords = unpack(packed)
    assert noise is None
    assert x.tolist() == [0, 1, 2]
    assert (param, keywords) == ({"stride": 2}, {"eps": 1e-5})


def test_an_object_of_the_worker_is_found_by_its_token():
    packed, _ = pack_arguments((HeldObject(7),), {})
    assert unpack(packed, {7: "the cache"})[0] == ["the cache"]


@pytest.mark.parametrize(
    ("array", "is_so"),
    [
        (np.asfortranarray(np.ones((2, 3))), lambda a: a.flags.f_contiguous and not a.flags.c_contiguous),
        (np.ones((2, 6))[:, ::2], lambda a: not a.flags.forc),
        (np.broadcast_to(1.0, (2, 3)), lambda a: not a.flags.writeable),
    ],
    ids=["Fortran", "strided", "read-only"],
)
def test_an_array_lies_in_memory_as_it_did(array, is_so):
    ((arrived,), _) = unpack(pack_arguments((array,), {})[0])
    assert is_so(arrived)
    assert np.array_equal(arrived, array)


def test_an_array_with_noise_has_it_there_too():
    own = Noise(np.random.default_rng(3))
    packed, noise = pack_arguments((make_noisy(own, np.ones(2)), np.ones(2)), {})
    theirs = make_noise({"state": noise.state, "nudge": noise.nudge, "lifts": noise.lifts})
    ((x, y), _) = unpack(packed, noise=theirs)
    assert noise is own
    assert (type(x), x.noise, type(y)) == (NoisyArray, theirs, np.ndarray)
    assert np.array_equal(np.asarray(x * 3), np.asarray(make_noisy(own, np.ones(2)) * 3))
