"""gradcheck show TARGET: the page of somebody's own op, through a worker."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from gradcheck.cli.commands import main
from gradcheck.cli.show_run import find_own_op, is_target, render_own_op
from gradcheck.running.session import UsageError

OPS = """
import numpy as np
from gradcheck import Array, Op, indices

square = Op(
    "square", lambda x: (x * x, x), lambda dy, x: 2 * x * dy, inputs={"x": Array("*S")},
    formula="y = x^2", source="school", aliases={"Caffe": "Power", "CS231n": "square sqr"},
)
picked = Op(
    "picked", lambda x, i: (x[np.arange(len(i)), i], (x.shape, i)), lambda dy, cache: (put(dy, *cache), None),
    inputs={"x": Array("N C"), "i": Array("N", indices("C"))},
)

def put(dy, shape, i):
    dx = np.zeros(shape)
    dx[np.arange(len(i)), i] = dy
    return dx
"""
PAIR = """
def tanh_forward(x: "*S"):
    y = FORWARD
    return y, y

def tanh_backward(dy, y):
    return BACKWARD
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder with two declared ops, and nothing above it that sets anything."""
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "ops.py").write_text(OPS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_pair(forward="np.tanh(x)", backward="dy * (1 - y * y)"):
    """A plain pair of functions in pair.py."""
    body = PAIR.replace("FORWARD", forward).replace("BACKWARD", backward)
    Path("pair.py").write_text(f"import numpy as np\n{body}")


def call(*args):
    """The command line in this process."""
    return CliRunner().invoke(main, ["show", *map(str, args)])


def shown(*args):
    """What it prints, where it succeeds."""
    done = call(*args)
    assert (done.exit_code, done.stderr) == (0, "")
    return done.stdout


def refused(done, *words):
    """Whether this was refused as bad usage, in one line that holds these words."""
    assert (done.exit_code, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert [word for word in words if word not in line] == []


@pytest.mark.parametrize("args", [("ops.py", "--op", "square"), ("ops.py:square",)], ids=" ".join)
def test_a_declared_op_has_the_page_of_the_library(args):
    text = shown(*args)
    assert text.startswith("square   y = x^2\n======\n")
    assert "source: school" in text
    assert "called Power by Caffe, square or sqr by CS231n" in text
    assert re.search(r"written in: .*ops\.py:\d+\n", text)
    assert "A worked example" in text
    assert "● square(x)   · slope" in text


def test_the_only_op_of_a_file_needs_no_name():
    write_pair()
    text = shown("pair.py")
    assert text.startswith("tanh")
    assert "source" not in text
    assert "● tanh(x)   · slope" in text


def test_shapes_that_nobody_declared_are_inferred():
    write_pair()
    Path("pair.py").write_text(Path("pair.py").read_text().replace(': "*S"', ""))
    text = shown("pair.py")
    assert re.search(r"^input +x +\(N D\) real", text, re.MULTILINE)
    assert "● tanh(x)   · slope" in text


def test_labels_stay_whole_numbers_and_have_no_gradient():
    text = shown("ops.py", "--op", "picked")
    assert re.search(r"^input +i +\(N\) .*no gradient", text, re.MULTILINE)
    assert "none of its inputs" not in text


def test_an_op_without_any_gradient_says_so():
    Path("argmax.py").write_text(
        "import numpy as np\nfrom gradcheck import Array, Op\n"
        'op = Op("pick", lambda x: (x.argmax(axis=1) * 1.0, None), lambda dy, cache: None, '
        'inputs={"x": Array("N C", gradient=False)})\n'
    )
    assert "no gradient: none of its inputs has one\n" in shown("argmax.py")


def test_the_picture_is_svg():
    assert shown("ops.py", "--op", "square", "--format", "svg").startswith("<svg")
    refused(call("ops.py", "--op", "picked", "--format", "svg"), "picked has no picture")


def test_the_page_goes_to_a_file(folder):
    assert shown("ops.py", "--op", "square", "-o", folder / "page.txt") == ""
    assert (folder / "page.txt").read_text(encoding="utf-8") == shown("ops.py", "--op", "square")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["ops.py"], ["ops.py holds 2 ops; name one by --op: ", "square", "picked"]),
        (["ops.py", "--op", "squre"], ["there is no op 'squre'; did you mean 'square'?", "picked"]),
        (["none.py", "--op", "square"], ["none.py"]),
        (["none.py"], ["none.py"]),
        (["no_such_module", "--op", "square"], ["no_such_module"]),
        (["sigmoidd"], ["there is no op 'sigmoidd'; did you mean 'sigmoid'?"]),
    ],
    ids=" ".join,
)
def test_what_cannot_be_shown_is_refused(args, words):
    refused(call(*args), *words)


def test_a_file_that_raises_while_it_is_imported_is_refused():
    Path("raises.py").write_text("1 / 0\n")
    refused(call("raises.py"), "raises.py", "ZeroDivisionError")


@pytest.mark.parametrize(
    ("backward", "claim"), [("dy / (0 // 0)", "raised ZeroDivisionError"), ("dy[0, 0, 0, 0, 0]", "raised IndexError")]
)
def test_code_that_raises_in_the_example_is_told_as_a_finding(backward, claim):
    write_pair(backward=backward)
    done = call("pair.py")
    assert done.exit_code == 1
    assert done.stdout.startswith("tanh")
    assert f"tanh: backward {claim}" in done.stdout
    assert "  law: contract\n" in done.stdout
    assert "  source: pair.py:" in done.stdout
    assert 'op = load("pair.py", "tanh")' in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_a_gradient_of_a_wrong_shape_is_told_as_a_finding():
    write_pair(backward="dy.sum()")
    done = call("pair.py")
    assert done.exit_code == 1
    assert "gradient of x has shape ()" in done.stdout


def test_a_forward_that_raises_is_told_as_a_finding():
    Path("raising.py").write_text(
        "from gradcheck import Array, Op\n\ndef forward(x):\n    raise OSError('no file')\n\n"
        'op = Op("raising", forward, lambda dy, cache: dy, inputs={"x": Array("*S")})\n'
    )
    done = call("raising.py")
    assert done.exit_code == 1
    assert "raising: forward raised OSError: no file (crashed)" in done.stdout


def test_a_forward_that_raises_while_shapes_are_tried_is_told_too():
    write_pair(forward="1 / 0")
    done = call("pair.py")
    assert (done.exit_code, "ZeroDivisionError" in done.stdout + done.stderr) == (1, True)
    assert "Traceback" not in done.stdout + done.stderr


def test_code_that_raises_far_out_alone_has_its_example_and_no_plot():
    write_pair(forward="np.tanh(x) if x.size < 200 else 1 / 0")
    text = shown("pair.py")
    assert "no plot: between -4 and 4, forward raised ZeroDivisionError" in text


@pytest.mark.slow
def test_code_that_ends_its_process_is_told():
    write_pair(backward="__import__('ctypes').CDLL(None)._exit(0)")
    done = call("pair.py")
    assert done.exit_code == 1
    assert done.stdout == "pair.py: the process that ran its code died (exit code 0) while shapes for it were tried\n"


def test_what_the_code_prints_is_not_on_the_page():
    write_pair(forward="(print('printed'), np.tanh(x))[1]")
    assert "printed" not in shown("pair.py")


def test_a_name_of_the_library_is_no_target(folder):
    (folder / "sigmoid").mkdir()
    assert not is_target("sigmoid")
    assert not is_target("sigmoidd")
    assert all(map(is_target, ("ops.py", "ops.py:square", "package.module", ".")))


def test_the_function_finds_an_op_by_its_name_or_the_only_one():
    write_pair()
    assert find_own_op("ops.py", "square")[1].name == "square"
    assert find_own_op("pair.py", "")[1].name == "tanh"
    assert find_own_op(".", "tanh")[1].name == "tanh"
    with pytest.raises(UsageError, match="holds 3 ops"):
        find_own_op(".", "")


def test_the_exit_code_is_1_where_the_code_of_an_op_raises():
    write_pair()
    contents, found = find_own_op("pair.py", "")
    op = contents.make(found)
    assert render_own_op(op, "pair.py", "text")[1] == 0
    assert render_own_op(replace(op, backward=lambda dy, cache: 1 / 0), "pair.py", "text")[1] == 1
