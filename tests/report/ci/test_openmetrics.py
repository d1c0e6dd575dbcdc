"""Metrics: what a parser of OpenMetrics reads is what the run holds."""

import math
from dataclasses import replace

from prometheus_client.openmetrics.parser import text_string_to_metric_families

from gradcheck.records.evidence import read_errors
from gradcheck.records.results import Verdict
from gradcheck.records.status import Status
from gradcheck.report.ci.openmetrics import OPENMETRICS
from gradcheck.report.context import ReportContext
from tests.report.ci.hostile_runs import HOSTILE_RUN
from tests.report.example_runs import ERRORS, GOOD, WRONG, make_result, make_run


def read_metrics(run):
    """The figures of a run by metric: their labels and values."""
    text = OPENMETRICS.render(run, ReportContext())
    assert text.endswith("# EOF\n")
    families = text_string_to_metric_families(text)
    return {family.name: [(sample.labels, sample.value) for sample in family.samples] for family in families}


def test_an_error_is_a_figure_by_op_argument_and_witness():
    found = read_metrics(make_run(GOOD))["gradcheck_max_relative_error"]
    assert ({"op": "sin", "argument": "b", "witness": "differences"}, 2e-9) in found
    assert len(found) == len(ERRORS)


def test_ops_are_counted_by_status():
    found = read_metrics(make_run(GOOD, WRONG, replace(WRONG, op="other")))["gradcheck_ops"]
    assert {labels["status"]: count for labels, count in found if count} == {"failed": 2.0, "passed": 1.0}
    assert [labels["status"] for labels, _ in found] == list(Status)


def test_the_tightest_is_told_of_each_law_that_examined_a_case():
    found = read_metrics(make_run(WRONG))["gradcheck_tightest"]
    assert found == [({"op": "affine", "law": "contract"}, 0.0), ({"op": "affine", "law": "gradient"}, 5e12)]


def test_what_is_not_finite_is_read_back():
    errors = read_errors({"x, autodiff": math.inf, "y, autodiff": math.nan})
    result = make_result("log", Verdict("log", "gradient", Status.FAILED, 1, -math.inf, errors), measured=errors)
    found = read_metrics(make_run(result))
    for name in ("gradcheck_max_relative_error", "gradcheck_pinned_max_relative_error"):
        infinite, unknown = (value for _, value in found[name])
        assert math.isinf(infinite)
        assert math.isnan(unknown)
    assert found["gradcheck_tightest"][0][1] == -math.inf


def test_no_name_breaks_a_line_or_a_label():
    found = read_metrics(HOSTILE_RUN)
    ((labels, value),) = found["gradcheck_max_relative_error"]
    assert (set(labels), value) == ({"op", "argument", "witness"}, 0.5)
    assert labels["op"].startswith("::error::pwned ##[error]pwned </script>")
    assert r"\r\n::set-output" in labels["op"]
    assert '"quoted" \\ {0}' in labels["op"]


def test_a_run_of_nothing_is_lawful():
    assert read_metrics(make_run())["gradcheck_complete"] == [({}, 1.0)]
