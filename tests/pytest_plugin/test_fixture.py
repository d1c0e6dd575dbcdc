"""The fixture checks an op in the middle of a test."""

from threading import Thread

import pytest
from click.testing import CliRunner

from gradcheck.cli.commands import main

WRONG = """
def test_wrong(gradcheck):
    gradcheck(forward, lambda dy, x: 3 * x * dy, x=np.ones((3, 4)))
"""


@pytest.fixture
def tested(project):
    """Run tests of one's own."""
    project.table()

    def run(content, *args):
        project.tests(content)
        return project.run(*args)

    return run


def test_an_op_is_checked(tested):
    tested(
        """
def test_right(gradcheck):
    from mynet.layers import square
    result = gradcheck(square)
    assert (result.op, result.status, result.cases) == ("square", "passed", 4)
""",
        "-o",
        "pythonpath=.",
    ).assert_outcomes(passed=1)


def test_a_pair_of_functions_is_checked_at_an_example(tested):
    tested("def test_right(gradcheck):\n    gradcheck(forward, backward, x=np.ones((3, 4)))\n").assert_outcomes(
        passed=1
    )


@pytest.mark.slow
def test_what_is_wrong_fails_the_test_and_is_told_without_a_traceback(tested):
    result = tested(WRONG)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*: gradient of x is *, expected *",
            "  cause: *",
            "  source: tests/test_own.py:*",
            "      dx = backward(dy, *)",
            "  replay: pytest tests/test_own.py::test_wrong",
            "FAILED tests/test_own.py::test_wrong - *: gradi*",
        ]
    )
    assert "Traceback" not in result.stdout.str()
    assert "pytest_plugin" not in result.stdout.str()


@pytest.mark.slow
def test_the_failing_case_is_saved_for_the_test_and_tried_first(tested, project):
    tested(WRONG)
    (kept,) = (project.path / ".gradcheck").glob("*-gradient-x-*.json")
    assert '"target": "tests/test_own.py::test_wrong"' in kept.read_text()
    done = CliRunner().invoke(main, ["replay", str(kept)])
    assert done.exit_code == 2
    assert "a test, which tries it first: pytest tests/test_own.py::test_wrong" in done.stderr


@pytest.mark.slow
def test_failing_cases_lie_under_the_rootdir_wherever_pytest_is_called_from(tested, project, monkeypatch):
    project.tests(WRONG)
    monkeypatch.chdir(project.path / "tests")
    project.run()
    assert list((project.path / ".gradcheck").glob("*-gradient-x-*.json"))
    assert not (project.path / "tests/.gradcheck").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("gradcheck(forward)", "gradcheck: *backward*"),
        ("gradcheck(forward, backward, examples=0)", "gradcheck: examples=0 is wrong: it wants a whole number above*"),
        ("gradcheck(forward, backward, laws=['gradeint'])", "gradcheck: there is no law 'gradeint'; did you mean *"),
        ("gradcheck(forward, backward, laws=['value'], skip=['value'])", "gradcheck: no law is left to check: *"),
    ],
)
def test_what_cannot_be_checked_fails_in_one_message(tested, call, message):
    result = tested(f"def test_call(gradcheck):\n    {call}\n")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*_ test_call _*", message])
    assert "During handling" not in result.stdout.str()


def test_a_gradient_that_nobody_could_examine_fails(tested):
    result = tested(
        "def test_nan(gradcheck):\n    gradcheck(lambda x: (x * np.nan, x), lambda dy, x: dy * np.nan, x=np.ones(3))\n"
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines("*: the gradient could not be examined: *")


def test_laws_that_have_nothing_to_say_skip_the_test(tested):
    result = tested(
        "def test_kinks(gradcheck):\n    gradcheck(forward, backward, x=np.ones(3), laws=['broadcasting'])\n", "-rs"
    )
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines("SKIPPED*inapplicable: *")


def test_a_test_may_check_several_ops_and_one_of_them_again(tested):
    result = tested(
        """
def test_three(gradcheck):
    gradcheck(forward, backward, x=np.ones(3), laws=["gradient"])
    gradcheck(forward, backward, x=np.ones((3, 4)), laws=["gradient"])
    gradcheck(Op("other", forward, backward, inputs={"x": Array("N")}), laws=["gradient"])
"""
    )
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines("3 ops checked on 12 cases: all hold.")
    assert "(2) in tests/test_own.py::test_three" in result.stdout.str()


def test_it_may_be_called_by_another_fixture(tested):
    result = tested(
        """
@pytest.fixture
def layer(gradcheck):
    gradcheck(forward, backward, x=np.ones(3), laws=["gradient"])

def test_layer(layer):
    pass
"""
    )
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines("1 op checked on 4 cases: it holds.")


def test_a_time_that_another_thread_cannot_keep_is_refused_in_one_message(gradcheck, square):
    told = []

    def ask():
        with pytest.raises(pytest.fail.Exception, match=r"^gradcheck: timeout: an op is stopped in the main thread"):
            gradcheck(square, timeout=1)
        told.append(True)

    thread = Thread(target=ask)
    thread.start()
    thread.join()
    assert told == [True]
