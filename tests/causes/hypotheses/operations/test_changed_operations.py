"""Another derivative of one operation of the forward is told, and nothing else."""

import pytest

from tests.causes.hypotheses.explaining import declare, explain
from tests.causes.hypotheses.operations.wrong_backwards import softmax

pytestmark = pytest.mark.slow  # each explains a gradient in ten cases


def test_what_no_operation_explains_stays_without_a_cause():
    op = declare(softmax, lambda dy, p: p * (dy - (dy * p).sum(axis=1, keepdims=True)) + p**3, x="N C")
    assert explain(op, "x") == {}
