"""The public names are those of the stub, and each is there."""

import ast
import doctest
import inspect
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import pytest

import gradcheck

STUB = ast.parse(Path(gradcheck.__file__).with_suffix(".pyi").read_text())
HOMES = {name.name: node.module for node in STUB.body if isinstance(node, ast.ImportFrom) for name in node.names}
"""The module that each public name is loaded from."""


def test_the_stub_lists_the_public_names():
    assert sorted(HOMES) == gradcheck.__all__ == dir(gradcheck)


@pytest.mark.parametrize("name", gradcheck.__all__)
def test_a_public_name_is_that_of_its_module(name):
    assert getattr(gradcheck, name) is getattr(import_module(f"gradcheck.{HOMES[name]}"), name)


def test_a_name_that_is_not_public_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such_name"):
        gradcheck.no_such_name  # noqa: B018


EXAMPLES = {name: doctest.DocTestFinder(recurse=False).find(getattr(gradcheck, name))[0] for name in gradcheck.__all__}


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
def test_a_public_name_has_an_example_that_runs(example):
    told = []
    example.globs = {}
    doctest.DocTestRunner().run(example, out=told.append)
    assert (example.examples != [], "".join(told)) == (True, "")


SECTIONS = ("Parameters", "Returns", "Raises", "Warns", "Notes", "Examples")


@pytest.mark.parametrize("name", gradcheck.__all__)
def test_a_public_name_says_in_one_line_what_it_is_and_then_the_sections_of_numpy(name):
    summary, *lines = inspect.getdoc(getattr(gradcheck, name)).split("\n")
    titles = [title for title, rule in pairwise(lines) if rule and set(rule) == {"-"}]
    assert (summary[-1], lines[0]) == (".", "")
    assert titles == [title for title in SECTIONS if title in titles]
    assert "Examples" in titles


@pytest.mark.parametrize("name", [name for name in gradcheck.__all__ if "Error" not in name and "Warning" not in name])
def test_the_parameters_of_a_public_name_are_documented(name):
    told = inspect.getdoc(getattr(gradcheck, name)).partition("Parameters\n")[2].partition("\n\n")[0]
    headings = [line.partition(" : ")[0] for line in told.split("\n") if not line.startswith(" ")]
    documented = {parameter.strip("* ") for heading in headings for parameter in heading.split(",")}
    assert set(inspect.signature(getattr(gradcheck, name)).parameters) <= documented
