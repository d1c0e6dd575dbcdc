import pytest

from gradcheck.causes.edits.fresh_cases import MOST_FRESH, describe_kind, draw_fresh_cases
from tests.causes.edits import wrong_code


@pytest.mark.slow
@pytest.mark.slow
def test_each_setting_and_lengths_of_one_come_soon():
    cases = list(draw_fresh_cases(wrong_code.penalty, "W"))
    assert len(cases) == MOST_FRESH
    assert {case.settings["reg"] for case in cases[:4]} == {0.1, 0.0}
    assert any(1 in a.shape for case in cases[:4] for a in case.point)


def test_what_is_special_in_a_case():
    case = next(draw_fresh_cases(wrong_code.penalty, "W"))
    assert ("reg", repr(case.settings["reg"])) in describe_kind(case)
