import json

import pytest

from gradcheck.report.audit.gradebooks.autolab import AUTOLAB
from gradcheck.report.audit.show import Show
from tests.report.audit.example_audits import find_row, make_audit


@pytest.fixture(scope="module")
def files():
    """What is printed of the class."""
    return AUTOLAB.render(make_audit(), Show.HINT, "")


def test_the_last_line_holds_the_scores(files):
    for row in (find_row("anna"), find_row("ben"), find_row("zoe")):
        scores = json.loads(files[f"autolab/{row.student}.txt"].splitlines()[-1])
        assert set(scores) == {"scores", "scoreboard"}
        assert set(scores["scores"]) == {"affine", "relu"}
        assert sum(scores["scores"].values()) == row.points == scores["scoreboard"][0]


def test_the_line_before_tells_how_each_stage_went(files):
    feedback = json.loads(files["autolab/ben.txt"].splitlines()[-2])
    assert feedback["_presentation"] == "semantic"
    assert feedback["stages"] == ["affine", "relu"]
    assert feedback["affine"]["contract"] == {"passed": True}
    assert feedback["affine"]["gradient"]["passed"] is False
    assert "an average is taken" in feedback["affine"]["gradient"]["hint"]


def test_the_only_submission_is_one_file():
    assert set(AUTOLAB.render(make_audit(submissions=(find_row("anna"),)), Show.NONE, "")) == {"autolab.txt"}
