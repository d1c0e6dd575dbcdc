"""The plugin as a whole: it adds options, a marker and tests, and nothing where nobody asks for it."""

import pytest

from gradcheck.laws.registry import load_laws

PLAIN = "def test_plain():\n    pass\n"
OWN = "tests/test_own.py::test_plain"
OPS = "pyproject.toml::mynet.layers"


@pytest.mark.slow
def test_a_project_that_configures_nothing_has_its_own_tests_alone(project):
    project.table()
    project.tests(PLAIN)
    assert project.ids(".") == [OWN]
    assert "gradcheck" not in project.run().stdout.str().partition("collected")[2]


def test_without_the_plugin_there_is_nothing(project):
    project.tests(PLAIN)
    assert project.ids("-p", "no:gradcheck") == [OWN]


def test_they_carry_a_marker_and_so_do_tests_with_the_fixture(project):
    project.tests(PLAIN + "def test_with(gradcheck):\n    pass\n")
    assert project.ids("-m", "not gradcheck") == [OWN]
    assert project.ids("-m", "gradcheck") == [
        "tests/test_own.py::test_with",
        *(f"{OPS}::{op}::{law}" for op in ("affine", "square") for law in tuple(load_laws())),
    ]


def test_help_lists_the_options_of_a_group(project):
    result = project.run("--help")
    result.stdout.fnmatch_lines(["gradients of hand-written backward passes*:", "  --gradcheck-examples=N*"])


def test_the_marker_is_listed(project):
    result = project.run("--markers")
    result.stdout.fnmatch_lines("@pytest.mark.gradcheck(examples=…, seed=…, *")
