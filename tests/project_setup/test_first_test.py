"""The first test stands where the tests of the project are, and finds the op from there."""

import ast
from pathlib import PurePosixPath

import pytest

from gradcheck.project_setup.first_test import choose_test_file, compose_test


@pytest.mark.parametrize(
    ("folders", "pytest_table", "place"),
    [
        ([], {}, "tests"),
        (["test"], {}, "test"),
        (["test", "tests"], {}, "tests"),
        (["checks", "tests"], {"ini_options": {"testpaths": ["gone", "checks"]}}, "checks"),
        (["checks"], {"ini_options": {"testpaths": "gone checks"}}, "checks"),
        (["net/tests"], {"testpaths": ["net/tests"]}, "net/tests"),
        ([], {"testpaths": ["../elsewhere", "/", 1]}, "tests"),
    ],
)
def test_the_place_is_that_of_the_other_tests(tmp_path, folders, pytest_table, place):
    for folder in folders:
        (tmp_path / folder).mkdir(parents=True)
    chosen = choose_test_file(tmp_path, {"tool": {"pytest": pytest_table}})
    assert chosen == PurePosixPath(place, "test_gradients.py")


@pytest.mark.parametrize("place", ["tests/test_gradients.py", "net/tests/test_gradients.py"])
def test_the_op_is_found_from_there(tmp_path, place):
    (tmp_path / "layers.py").write_text("def forward(x):\n    return x, x\n\n\ndef backward(dy, x):\n    return dy\n")
    names = {"__file__": str(tmp_path / place)}
    asked = []
    exec(compose_test(PurePosixPath(place), "layers.py", "layers"), names)
    names["test_layers"](lambda op, **options: asked.append((op.name, options)))
    assert asked == [("layers", {"examples": 25, "seed": 1})]


@pytest.mark.parametrize("name", ["conv2d", "Conv2D (2)", "😀", 'a"); print("', "\x1b[2J"])
def test_any_name_makes_a_test(name):
    tree = ast.parse(compose_test(PurePosixPath("tests/test_gradients.py"), 'od"d.py', name))
    assert next(node.name for node in tree.body if isinstance(node, ast.FunctionDef)).isidentifier()
    assert name in [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
