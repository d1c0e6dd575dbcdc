"""What becomes of the test of a law, and what is told where it fails."""

import signal
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from gradcheck.cli.commands import main

NAN = """
import numpy as np
from gradcheck import Array, Op

blind = Op("blind", lambda x: (x * np.nan, x), lambda dy, x: dy * np.nan, inputs={"x": Array("*S")})
"""
DISPUTED = """
import jax
from gradcheck import Array, Op

def reference(x):
    return x * jax.lax.stop_gradient(x)

disputed = Op("disputed", lambda x: (x * x, x), lambda dy, x: 2 * x * dy, reference, inputs={"x": Array("*S")})
"""
ROUGH = """
import numpy as np
from gradcheck import Array, Op

def backward(dy, x):
    return (2 * x * dy).astype(np.float32).astype(np.float64)

rough = Op("rough", lambda x: (x * x, x), backward, lambda x: x * x, inputs={"x": Array("*S")})
"""
OVERDUE = """
import signal
from gradcheck import Array, Op

def forward(x):
    signal.raise_signal(signal.SIGALRM)
    return x * x, x

overdue = Op("overdue", forward, lambda dy, x: 2 * x * dy, lambda x: x * x, inputs={"x": Array("N")})
"""

WARNED = """
from gradcheck import Array, Op

warned = Op("warned", lambda x: (x + 1.0, None), lambda dy, cache: dy, lambda x: x + 1.0, inputs={"x": Array("*S")})
"""


@pytest.fixture
def checked(project):
    """Run the tests of one module of ops."""

    def run(content, *args):
        project.module("ops", content)
        project.table('ops = ["mynet.ops"]')
        return project.run("-rA", *args)

    return run


def test_a_law_that_does_not_hold_fails_like_a_test(project):
    result = project.run("--gradcheck-only", "gradient", "-k", "affine")
    result.assert_outcomes(failed=1, deselected=1)
    result.stdout.fnmatch_lines(
        [
            "*_ affine: gradient _*",
            "affine: gradient of b is * at [[]*[]], expected *",
            "  cause: *",
            "  patch: mynet/layers.py:*",
            "  hint: *",
            "  witnesses: autodiff *",
            "  source: mynet/layers.py:*",
            "      import numpy as np",
            "      op = load(*mynet.layers*affine*)",
            "  replay: gradcheck replay .gradcheck/affine-gradient-b-*.json mynet.layers",
            "FAILED pyproject.toml::mynet.layers::affine::gradient - affine: gradient of b*",
        ]
    )
    assert "pytest_plugin" not in result.stdout.str()
    assert "Traceback" not in result.stdout.str()


@pytest.mark.slow
@pytest.mark.parametrize("variable", ["", "CI"])
def test_a_failure_is_a_line_where_pytest_sums_up(project, monkeypatch, variable):
    monkeypatch.delenv("CI", raising=False)
    if variable:
        monkeypatch.setenv(variable, "true")  # pytest then cuts no message
    result = project.run("--gradcheck-only", "gradient", "-k", "affine", "--junitxml=junit.xml")
    assert [line for line in result.outlines if line.startswith("FAILED ")] == [result.outlines[-2]]
    assert result.stdout.str().count("replay: gradcheck replay") == 1
    (failure,) = ElementTree.parse(project.path / "junit.xml").iter("failure")
    assert failure.get("message").startswith("affine: gradient of b is ")
    assert "replay: gradcheck replay" not in failure.get("message")
    assert "replay: gradcheck replay" in failure.text


@pytest.mark.slow
def test_the_replay_line_replays(project):
    result = project.run("--gradcheck-only", "gradient", "-k", "affine")
    (line,) = [line for line in result.outlines if line.startswith("  replay: gradcheck ")]
    done = CliRunner().invoke(main, line.split()[2:])
    assert done.exit_code == 1
    assert done.stdout.startswith("affine: does not hold on the case that was kept for gradient of b")


def test_what_holds_with_a_warning_passes_and_stands_in_the_summary_of_warnings(checked):
    result = checked(WARNED, "--gradcheck-only", "purity", "--gradcheck-only", "contract")
    result.assert_outcomes(passed=2, warnings=2)  # pytest's own of the folder is one
    words = "*FindingWarning: warned: the gradient of x shares memory with the upstream of y (purity): Return a copy*"
    result.stdout.fnmatch_lines([words, "*it holds, with warnings: warned (purity)."])


def test_under_strict_a_warning_fails(checked):
    result = checked(WARNED, "--gradcheck-only", "purity", "--gradcheck-strict")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines("warned: the gradient of x shares memory with the upstream of y (warning)")


def test_a_law_that_does_not_apply_is_skipped_with_the_reason(project):
    result = project.run("--gradcheck-only", "batching", "-k", "square", "-rs")
    result.assert_outcomes(skipped=1, deselected=1)
    result.stdout.fnmatch_lines("SKIPPED*inapplicable: no batch axis is declared")


def test_a_gradient_that_nobody_could_examine_fails(checked):
    result = checked(NAN, "--gradcheck-only", "gradient")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines("blind: the gradient could not be examined: *")


def test_another_law_that_could_not_examine_is_skipped_unless_strict(checked):
    checked(NAN, "--gradcheck-only", "extremes").assert_outcomes(skipped=1)
    result = checked(NAN, "--gradcheck-only", "extremes", "--gradcheck-strict")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines("blind: extremes is inconclusive: *")


@pytest.mark.slow
def test_a_disputed_gradient_fails_under_strict_alone(checked):
    checked(DISPUTED, "--gradcheck-only", "gradient").assert_outcomes(passed=1)
    checked(DISPUTED, "--gradcheck-only", "gradient", "--gradcheck-strict").assert_outcomes(failed=1)


@pytest.mark.slow
def test_an_imprecise_gradient_fails_where_asked_alone(checked):
    checked(ROUGH, "--gradcheck-only", "gradient").assert_outcomes(passed=1)
    result = checked(ROUGH, "--gradcheck-only", "gradient", "--gradcheck-fail-on", "imprecise")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines("rough: *(imprecise)")


@pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="the system has no SIGALRM")
def test_an_op_that_takes_too_long_is_skipped_with_the_reason(checked):
    result = checked(OVERDUE, "--gradcheck-only", "value", "--gradcheck-timeout", "1000.5")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*The run is incomplete.", "*inconclusive: stopped after 1000.5 seconds"])
