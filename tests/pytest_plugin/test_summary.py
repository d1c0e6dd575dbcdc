"""A session is compared with a baseline: op by op in the tests, and for what is missing in the end."""

import json
import re

import pytest

from gradcheck.records.history_file import read_history
from gradcheck.records.results import Run

WORSE = ("2 * x * dy", "2.0001 * x * dy")


@pytest.fixture
def saved(project):
    """A project of two ops that are right, and its baseline."""
    rewritten(project, ("0.5 * dy.sum", "dy.sum"))
    project.run("--gradcheck-only", "gradient", "--gradcheck-save", "base.json").assert_outcomes(passed=2)
    return project


def rewritten(project, *changes):
    """Change the text of the layers."""
    path = project.path / "mynet/layers.py"
    text = path.read_text()
    for before, after in changes:
        text = text.replace(before, after)
    path.write_text(text)


def against(project, *args):
    """The gradients compared with the baseline."""
    return project.run("--gradcheck-against", "base.json", "--gradcheck-only", "gradient", *args)


@pytest.mark.slow
def test_the_same_code_holds(saved):
    result = against(saved)
    result.assert_outcomes(passed=2)
    assert result.ret == pytest.ExitCode.OK


@pytest.mark.slow
def test_a_history_grows_by_a_record_of_each_session_and_the_report_shows_it(saved):
    for runs in (1, 2):
        saved.run(
            "--gradcheck-only", "gradient", "--gradcheck-history", "runs.jsonl", "--gradcheck-report", "page.html"
        )
        entries = read_history(saved.path / "runs.jsonl").entries
        assert len(entries) == runs
        assert entries[-1].ops["square"].errors["autodiff"] < 1e-12
        assert f"<p>{runs} run" in (saved.path / "page.html").read_text()
    saved.run("-k", "no_such_op", "--gradcheck-history", "runs.jsonl")
    assert len(read_history(saved.path / "runs.jsonl").entries) == 2


@pytest.mark.slow
def test_an_error_that_grew_fails_the_gradient_of_its_op(saved):
    rewritten(saved, WORSE)
    result = saved.run("--gradcheck-against", "base.json", "-k", "gradient or value")
    result.assert_outcomes(passed=3, failed=1, deselected=18)
    result.stdout.fnmatch_lines(
        [
            "square: *",
            "square: errors grew since the baseline",
            "square  x, autodiff *regressed",
            "1 of 2 ops fails: square (gradient of x). Beside the baseline: 1 failing, 1 same.",
            "Regressions",
            "FAILED pyproject.toml::mynet.layers::square::gradient*",
        ]
    )


@pytest.mark.slow
def test_an_error_that_is_no_longer_measured_fails_and_a_new_one_is_told(saved):
    base = saved.path / "base.json"
    base.write_text(base.read_text().replace('"all, complex step"', '"all, oracle"'))
    result = against(saved)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "square: errors of the baseline are no longer measured",
            "square  all, oracle * –  *lost",
            "Regressions",
            "*square: measured now, and not in the baseline: all, complex step",
        ]
    )


@pytest.mark.slow
def test_a_declaration_that_changed_cannot_be_compared(saved):
    rewritten(saved, ('"x": Array("*S")', '"x": Array("N")'))
    result = against(saved)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines("not comparable: square was measured on different cases: *Renew the baseline")


@pytest.mark.slow
def test_a_baseline_of_another_seed_or_op_set_is_a_usage_error(saved):
    result = against(saved, "--gradcheck-seed", "3")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines("ERROR: gradcheck: the baseline was made with seed 0, and this run with 3*")
    base = saved.path / "base.json"
    renamed = re.sub('"op": "(square|affine)"', r'"op": "other_\1"', base.read_text())
    base.write_text(renamed)
    result = against(saved, "--gradcheck-allow-new", "--gradcheck-allow-missing")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stdout.fnmatch_lines("gradcheck: not comparable: the baseline was made on another set of ops*")


@pytest.mark.slow
def test_a_baseline_to_commit_is_made_of_a_saved_run_and_compared_by_the_rule_of_the_settings(saved):
    from click.testing import CliRunner

    from gradcheck.cli.commands import main

    done = CliRunner().invoke(main, ["baseline", "update", "base.toml", "--from", "base.json"])
    assert (done.exit_code, done.stderr) == (0, "")
    rewritten(saved, WORSE)
    options = ("--gradcheck-only", "contract", "--gradcheck-only", "gradient", "--gradcheck-against", "base.toml")
    result = saved.run(*options)
    result.stdout.fnmatch_lines("square: errors grew since the baseline")
    saved.table('ops = ["mynet.layers"]', "regression.ops.square.floor = 1e-3")
    result = saved.run(*options)
    assert "errors grew" not in result.stdout.str()
    result.stdout.fnmatch_lines("*the rule of square is another: *")


@pytest.mark.slow
def test_a_missing_op_fails_the_session_unless_it_is_allowed(saved):
    saved.table('ops = ["mynet.layers:affine"]')
    result = against(saved)
    result.assert_outcomes(passed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines("*gone: square (*--gradcheck-allow-missing)")
    result = against(saved, "--gradcheck-allow-missing")
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines("*gone: square (*allowed)")


@pytest.mark.slow
def test_a_session_without_any_op_of_the_baseline_fails(saved):
    saved.table()
    assert against(saved).ret == pytest.ExitCode.TESTS_FAILED


@pytest.mark.slow
@pytest.mark.parametrize(
    "args",
    [
        ["-k", "affine"],
        ["-m", "gradcheck", "--deselect", "pyproject.toml::mynet.layers::square"],
        ["pyproject.toml::mynet.layers::affine"],
    ],
    ids=" ".join,
)
def test_ops_that_were_left_out_on_purpose_are_counted_only(saved, args):
    result = against(saved, *args)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines("*gone: square (*not all tests ran)")


@pytest.mark.slow
def test_a_session_that_stopped_at_a_failure_misses_nothing(saved):
    saved.tests("def test_fails():\n    assert False\n")
    result = against(saved, "-x")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines("*gone: affine, square (*not all tests ran)")


@pytest.mark.slow
def test_a_new_op_is_told_and_fails_the_session_unless_it_is_allowed(saved):
    double = 'double = Op("double", lambda x: (2 * x, x), lambda dy, x: 2 * dy, inputs={"x": Array("N")})\nsquare = '
    rewritten(saved, ("square = ", double))
    result = against(saved)
    result.assert_outcomes(passed=3)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines("*new: double (*--gradcheck-allow-new)")
    saved.table('ops = ["mynet.layers"]', "allow-new = true")
    result = against(saved)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines("*new: double (*allowed)")


@pytest.mark.slow
def test_another_environment_is_told_and_an_edited_baseline_refused(saved):
    base = saved.path / "base.json"
    content = json.loads(base.read_text())
    content["environment"]["numpy"] = "1.0"
    base.write_text(json.dumps(content))
    result = against(saved, "-k", "square")
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines("*the baseline was measured with numpy 1.0, now *")
    content["results"][0]["measured"]["x, autodiff"] = 1e300
    base.write_text(json.dumps(content))
    result = against(saved)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines("ERROR: gradcheck: *base.json: x, autodiff of affine is 1e+300*")


@pytest.mark.slow
def test_a_test_of_ones_own_is_compared_too(project):
    project.table()
    own = "def test_own(gradcheck):\n    gradcheck(Op('own', forward, {}, inputs={{'x': Array('N')}}))\n"
    project.tests(own.format("backward"))
    project.run("--gradcheck-save", "base.json", "--gradcheck-only", "gradient").assert_outcomes(passed=1)
    project.tests(own.format("lambda dy, x: 2.0001 * x * dy"))
    result = project.run("--gradcheck-against", "base.json")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["own: errors grew since the baseline", "own in tests/test_own.py::test_own *regressed"]
    )


@pytest.mark.slow
def test_the_settings_name_a_baseline_unless_a_new_one_is_saved(saved):
    rewritten(saved, WORSE)
    saved.table('ops = ["mynet.layers:square"]', 'laws = ["gradient"]', 'against = "base.json"')
    result = saved.run()
    result.stdout.fnmatch_lines(["square: errors grew since the baseline", "*gone: affine (*"])
    saved.run("--gradcheck-save", "base.json")
    assert "errors grew" not in saved.run().stdout.str()
    assert [r.op for r in Run.from_json((saved.path / "base.json").read_text()).results] == ["square"]


@pytest.mark.slow
def test_the_command_line_compares_with_a_baseline_of_pytest(saved):
    from click.testing import CliRunner

    from gradcheck.cli.commands import main

    done = CliRunner().invoke(main, ["check", "--law", "gradient", "--against", "base.json"])
    assert (done.exit_code, done.stderr) == (0, "")
