"""The directional oracles that there are."""

import pytest

from gradcheck.oracles.complex_step import COMPLEX_STEP_ORACLE
from gradcheck.oracles.registry import OWN_ORACLES, load_oracles


def test_ours_come_first_and_are_loaded_once():
    assert load_oracles()[: len(OWN_ORACLES)] == OWN_ORACLES
    assert load_oracles() is load_oracles()
    assert COMPLEX_STEP_ORACLE in OWN_ORACLES


@pytest.mark.parametrize("oracle", load_oracles(), ids=lambda oracle: oracle.name)
def test_an_oracle_has_a_name_of_its_own_and_differentiates(oracle):
    assert [other.name for other in load_oracles()].count(oracle.name) == 1
    assert callable(oracle.differentiate)
