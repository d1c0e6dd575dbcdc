"""What a calling convention must have."""

import pytest

from gradcheck.adapters.calling_convention import (
    CallingConvention,
    ModuleConvention,
    recognise_nothing,
)
from gradcheck.adapters.registry import list_conventions


@pytest.mark.parametrize("convention", list_conventions(), ids=lambda convention: convention.name)
def test_every_convention_has_all_members(convention):
    assert isinstance(convention, CallingConvention)
    assert convention.description


def test_functions_of_a_module_make_one_that_recognises_nothing_unless_it_says_so():
    convention = ModuleConvention("own", "a thing of one's own", lambda name, thing, keywords: None)
    assert isinstance(convention, CallingConvention)
    assert convention.recognition_order is None
    assert convention.recognises is recognise_nothing
    assert not recognise_nothing(convention)
