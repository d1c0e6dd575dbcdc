"""Limits are more than nothing, and those of the kernel are named as it names them."""

import pytest

from gradcheck.sandbox.limits import Limits


@pytest.mark.parametrize("name", ["memory", "cpu_seconds", "call_seconds", "start_seconds", "open_files"])
def test_a_limit_of_nothing_is_refused(name):
    with pytest.raises(ValueError, match=f"{name} is 0"):
        Limits(**{name: 0})


def test_the_limits_of_the_kernel_have_its_names():
    resource = pytest.importorskip("resource")
    limits = Limits(memory=1 << 30, cpu_seconds=7).list_rlimits()
    assert limits["RLIMIT_AS"] == (1 << 30, 1 << 30)
    assert limits["RLIMIT_CPU"] == (7, 8)
    assert limits["RLIMIT_FSIZE"] == (0, 0)
    assert all(hasattr(resource, name) for name in limits)
