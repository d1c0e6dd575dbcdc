"""Values are compared with those of a solution, and what cannot be is told."""

import subprocess
import sys

import pytest

from gradcheck import check, find
from gradcheck.discovery.solutions import use_solution
from tests.discovery.written_files import PAIR, write

pytestmark = pytest.mark.usefixtures("folder")


def test_another_formula_whose_backward_fits_is_found():
    write("right.py", PAIR, "square_")
    write("submitted.py", PAIR.replace("return x * x, x", "return 3 * x * x, x").replace("2 * x", "6 * x"), "square_")
    (op,) = find("submitted.py")
    assert check(op, examples=4).status == "passed"
    result = check(use_solution(op, "right.py"), examples=4)
    assert {finding.law for finding in result.findings} == {"value"}


def test_the_right_formula_passes():
    write("right.py", PAIR, "square_")
    (op,) = find("right.py")
    result = check(use_solution(op, "right.py"), examples=4)
    assert (result.status, result.verdict("value").status, result.not_checked) == ("passed", "passed", ())
    assert "reference: the op of this name in right.py" in result.notes


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("cube_", PAIR, "has no op of this name"),
        ("square_", PAIR.replace("(x):", "(x, w):").replace("2 * x * dy", "dy, dy"), "takes x, w"),
        ("square_", PAIR.replace("return x * x, x", "y = x.copy(); y[y > 0] *= 2; return y, x"), "JAX does not run"),
    ],
)
def test_what_cannot_be_compared_is_told(name, content, words):
    write("right.py", content, name)
    write("submitted.py", PAIR, "square_")
    (op,) = find("submitted.py")
    (part,) = use_solution(op, "right.py").origin.not_checked
    assert part.name == "the value"
    assert words in part.reason


@pytest.mark.slow
def test_the_command_line_compares_with_a_solution():
    write("right.py", PAIR, "square_")
    write("submitted.py", PAIR.replace("return x * x, x", "return 3 * x * x, x").replace("2 * x", "6 * x"), "square_")
    command = [sys.executable, "-m", "gradcheck", "check", "submitted.py", "--examples", "8", "--reference"]
    wrong = subprocess.run([*command, "right.py"], capture_output=True, text=True, check=False)
    assert (wrong.returncode, wrong.stdout.splitlines()[0]) == (1, "1 of 1 op fails: square (value of y).")
    missing = subprocess.run([*command, "none.py"], capture_output=True, text=True, check=False)
    assert (missing.returncode, missing.stderr) == (2, "gradcheck: none.py: no such file\n")
