"""The public names are those of the stub, and each is there."""

import ast
from importlib import import_module
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
