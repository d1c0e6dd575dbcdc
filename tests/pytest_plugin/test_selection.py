"""Whether a session runs a part of the tests on purpose."""

import pytest

TELLING = """
from pathlib import Path
from gradcheck.pytest_plugin.selection import is_partial_run

def pytest_sessionfinish(session):
    Path(session.config.rootpath, "partial").write_text(str(is_partial_run(session)))
"""


@pytest.fixture
def is_partial(project):
    """Whether a session with these arguments takes itself for a part of the tests."""
    project.file("conftest.py", TELLING)
    project.tests("def test_fails():\n    assert False\n")

    def ask(*args):
        project.run("--gradcheck-only", "contract", *args)
        return (project.path / "partial").read_text() == "True"

    return ask


@pytest.mark.slow
def test_all_tests_are_no_part(is_partial):
    assert not is_partial("--gradcheck-only", "gradient", "--gradcheck-skip", "value", "-p", "no:cacheprovider")


@pytest.mark.slow
@pytest.mark.parametrize(
    "args",
    [
        ["-k", "affine"],
        ["-m", "gradcheck"],
        ["--deselect", "pyproject.toml::mynet.layers::square"],
        ["--ignore", "tests"],
        ["--co"],
        ["pyproject.toml::mynet.layers::affine"],
        ["-x"],
    ],
    ids=" ".join,
)
def test_tests_that_are_left_out_make_a_part(is_partial, args):
    assert is_partial("--gradcheck-only", "gradient", *args)


def test_without_the_law_gradient_there_is_nothing_to_compare(is_partial):
    assert is_partial()
