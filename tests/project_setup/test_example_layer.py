"""The example is a right layer, with each of its witnesses."""

import pytest

from gradcheck import check, load
from gradcheck.project_setup.example_layer import EXAMPLE_FILE, EXAMPLE_LAYER, EXAMPLE_OP


@pytest.mark.slow
def test_the_example_holds(tmp_path):
    (tmp_path / EXAMPLE_FILE).write_text(EXAMPLE_LAYER)
    result = check(load(str(tmp_path / EXAMPLE_FILE), EXAMPLE_OP), examples=8)
    assert result.status == "passed"
    assert set(result.witnesses) == {"autodiff", "differences", "complex step"}
