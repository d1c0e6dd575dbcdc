"""The marker configures the fixture in a test, over options and settings."""

import pytest

ONE = "def test_one(gradcheck):\n    result = gradcheck(forward, backward, x=np.ones(3){})\n    assert {}\n"


@pytest.fixture
def tested(project):
    """Run a test with a marker."""

    def run(marker, test, *args, table=()):
        project.table(*table)
        project.tests(
            f"pytestmark = pytest.mark.gradcheck(laws=['gradient'])\n\n@pytest.mark.gradcheck({marker})\n{test}"
        )
        return project.run(*args)

    return run


@pytest.mark.slow
def test_it_goes_before_the_options_and_these_before_the_settings(tested):
    cases = ONE.format("", "result.cases == {}")
    tested("", cases.format(5), table=[]).assert_outcomes(failed=1)
    tested("", cases.format(5), "--gradcheck-examples", "5").assert_outcomes(passed=1)
    tested("examples=6", cases.format(6), "--gradcheck-examples", "5").assert_outcomes(passed=1)


def test_arguments_of_a_call_go_before_it(tested):
    tested("examples=6", ONE.format(", examples=7", "result.cases == 7")).assert_outcomes(passed=1)


def test_that_of_the_test_goes_over_that_of_its_module(tested):
    laws = ONE.format("", "[v.law for v in result.verdicts] == {}")
    tested("examples=3", laws.format(["gradient"])).assert_outcomes(passed=1)
    tested("laws=('contract', 'value')", laws.format(["contract", "value"])).assert_outcomes(passed=1)


def test_laws_that_it_names_are_asked_whatever_the_options_skip(tested):
    laws = ONE.format("", "[v.law for v in result.verdicts] == ['gradient']")
    tested("laws=['gradient']", laws, "--gradcheck-skip", "gradient").assert_outcomes(passed=1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("marker", "message"),
    [
        ("exmples=3", "there is no argument 'exmples'; did you mean 'examples'? There are: examples, seed, laws, *"),
        (
            "zzz=3",
            "there is no argument 'zzz'; There are: examples, seed, laws, skip, timeout, fail_on, strict, largest",
        ),
        ("examples='many'", "examples='many' is wrong: it wants a whole number above zero"),
        ("timeout=0", "timeout=0 is wrong: it wants a number of seconds above zero"),
        ("laws='gradient'", "laws='gradient' is wrong: it wants a list of names of laws"),
        ("laws=['gradeint']", "there is no law 'gradeint'; did you mean 'gradient'? *"),
        ("fail_on='everything'", 'fail_on=\'everything\' is wrong: it wants "imprecise" or "warning"'),
        ("3", "takes examples, seed, laws, skip, timeout, fail_on, strict, largest, each by its name"),
    ],
)
def test_a_wrong_one_is_an_error_that_names_the_test(tested, marker, message):
    result = tested(marker, ONE.format("", "True"))
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(f"tests/test_own.py::test_one: pytest.mark.gradcheck* {message}")
    assert "Traceback" not in result.stdout.str()


@pytest.mark.slow
def test_one_on_a_parameter_is_checked_too(tested):
    result = tested("", ONE.format("", "True") + "\n", "--co")
    result.assert_outcomes()
    result = tested(
        "",
        "@pytest.mark.parametrize('n', [1, pytest.param(2, marks=pytest.mark.gradcheck(exmples=3))])\n"
        "def test_one(gradcheck, n):\n    pass\n",
    )
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(r"tests/test_own.py::test_one[[]2[]]: pytest.mark.gradcheck: there is no argument *")
