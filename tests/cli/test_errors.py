"""Whatever is wrong with what was handed in: one clear message that names it and its remedy, the documented exit code,
and no traceback unless --debug.  What can be got wrong on the command line itself is in test_cli."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from gradcheck.cli.commands import main
from gradcheck.records import failing_cases

PAIR = """
import numpy as np
from gradcheck import Array, Op, indices, real, whole

def forward(x, w):
    FORWARD
    return x @ w, (x, w)

def backward(dy, cache):
    x, w = cache
    dx, dw = dy @ w.T, x.T @ dy
    BACKWARD
    return dx, dw

matmul = Op("matmul", forward, backward, inputs={"x": Array("N D"), "w": Array("D M")}, REST)
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """An empty folder to work in, with nothing above it that sets anything."""
    (tmp_path / "pyproject.toml").write_text("")
    monkeypatch.chdir(tmp_path)


def layer(forward="pass", backward="pass", rest="", **replaced):
    """The file matmul.py, with something wrong in it."""
    text = PAIR.replace("FORWARD", forward).replace("BACKWARD", backward).replace("REST", rest)
    for old, new in replaced.values():
        text = text.replace(old, new)
    Path("matmul.py").write_text(text)


def check(*args):
    return CliRunner().invoke(main, ["check", "matmul.py", "--examples", "8", *map(str, args)])


def told(text, *words):
    """Whether the text holds these words and no traceback."""
    assert "Traceback" not in text
    assert [word for word in words if word not in text] == []


DECLARATIONS = {
    "shape": (('Array("N D")', 'Array("N D D+")'), ["'N D D+'", "'D+'", "an axis is a name"]),
    "no text for a shape": (('Array("N D")', "Array(3)"), ["Array(3)"]),
    "text for an input": (('Array("N D")', '"N D"'), ["matmul", "'x'", "Array('N D')"]),
    "unbound setting": (("REST", 'settings={"k": whole(1, "Q")}'), ["matmul", "'k'", "['Q']", "no shape"]),
    "unbound size": (("REST", 'sizes={"Q": whole(1, 3)}'), ["matmul", "['Q']", "no shape speaks of"]),
    "unbound domain": (('Array("D M")', 'Array("D M", indices("V"))'), ["matmul", "['V']", "no shape"]),
    "circle": (("REST", 'sizes={"N": whole("D", None), "D": whole("N", None)}'), ["D, N", "in a circle"]),
    "no batch": (("REST", 'batch="B"'), ["matmul", "batch is 'B'", "no axis"]),
    "unknown domain": (('Array("D M")', 'Array("D M", "reel")'), ["'reel' is not a domain", "positive()"]),
    "domain function": (('Array("D M")', 'Array("D M", real)'), ["is not a domain", "real()"]),
    "empty domain": (('Array("D M")', 'Array("D M", real(3, 1))'), ["3", "1"]),
    "unknown law": (("REST", 'exceptions={"lineartiy": "so"}'), ["'lineartiy'", "linearity"]),
    "no reason": (("REST", 'exceptions={"linearity": ""}'), ["'linearity'", "reason"]),
    "unknown dtype": (("REST", 'dtypes=("float16",)'), ["float16", "float64, float32"]),
    "backward that is none": (("forward, backward,", "forward, None,"), ["matmul", "backward is None"]),
    "unknown keyword": (("REST", 'batches="N"'), ["batches"]),
}


@pytest.mark.parametrize("mistake", DECLARATIONS)
def test_a_declaration_that_does_not_fit_exits_2_in_one_line(mistake):
    (old, new), words = DECLARATIONS[mistake]
    layer(rest="REST", swapped=(old, new), rest_swapped=("REST", ""))
    done = check()
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("gradcheck: ")
    assert done.stderr.count("\n") == 1
    told(done.stderr, "matmul", *words)


TARGETS = {
    "syntax": ("def forward(x:\n", ["SyntaxError", "(line 1)"]),
    "raises": ("\n1 / 0\n", ["ZeroDivisionError", "(line 2)"]),
    "exits": ("raise SystemExit(0)\n", ["SystemExit", "(line 1)"]),
    "missing dependency": ("import no_such_dependency\n", ["no_such_dependency", "(line 1)"]),
    "empty": ("", ["no ops found", "NAME_forward"]),
    "half a pair": ("def forward(x): return x, x\n", ["forward has no backward"]),
    "no shapes": ("def forward(x): 1 / 0\ndef backward(dy, x): return dy\n", ["none of the shapes", 'x: "N D"']),
    "bad annotation": ("def forward(x: 'N+'): return x, x\ndef backward(dy, x): return dy\n", ["'N+'"]),
    "not text": ("\x00", ["matmul.py"]),
}


@pytest.mark.parametrize("mistake", TARGETS)
def test_a_target_that_cannot_be_used_exits_2_in_one_line(mistake):
    content, words = TARGETS[mistake]
    Path("matmul.py").write_text(content)
    done = check()
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    told(done.stderr, "matmul", *words)
    assert "Traceback" in check("--debug").stderr


LAYERS = {
    "forward raises": ({"forward": "raise ValueError('never')"}, ["forward raised ValueError: never", "matmul.py:6"]),
    "forward exits": ({"forward": "raise SystemExit(3)"}, ["forward raised SystemExit: 3"]),
    "forward returns no pair": ({"forward": "return x @ w"}, ["not (output, cache)"]),
    "forward returns a list": ({"forward": "return [x @ w, None]"}, ["a list of 2, not (output, cache)"]),
    "forward returns None": ({"forward": "return None"}, ["forward returned None, not (output, cache)"]),
    "output is no array": ({"forward": "return 'y', None"}, ["output y is str 'y', not an array"]),
    "output is an object": ({"forward": "return np.array([None]), None"}, ["output y", "object"]),
    "backward raises": ({"backward": "1 / 0"}, ["backward raised ZeroDivisionError", "matmul.py:12"]),
    "too few gradients": ({"backward": "return dx"}, ["backward returned 1 gradient, expected 2", "x, w"]),
    "too many gradients": ({"backward": "return dx, dw, dw"}, ["backward returned 3 gradients, expected 2"]),
    "backward returns None": ({"backward": "return None"}, ["backward returned 1 gradient, expected 2"]),
    "a gradient is None": ({"backward": "dw = None"}, ["gradient of w is None, expected an array of shape"]),
    "a gradient is no array": ({"backward": "dw = 'dw'"}, ["gradient of w is str 'dw', expected an array"]),
    "wrong shape": ({"backward": "dw = dw[None]"}, ["gradient of w has shape (1, 1, 1), expected (1, 1)", "keepdims"]),
    "whole numbers": ({"backward": "dw = dw.astype(int)"}, ["gradient of w has dtype int64", "floating-point"]),
    "objects": ({"backward": "dw = dw.astype(object)"}, ["gradient of w has dtype object", "floating-point"]),
    "complex": ({"backward": "dw = dw + 0j"}, ["gradient of w", "complex128"]),
    "NaN": ({"backward": "dw = dw * np.nan"}, ["gradient of w is nan"]),
    "infinity": ({"backward": "dw = dw + np.inf"}, ["gradient of w is inf"]),
    "ragged": ({"backward": "return [dx, [[1.0], [1.0, 2.0]]]"}, ["gradient of w is a list of 2, expected an array"]),
}


@pytest.mark.slow
@pytest.mark.parametrize("mistake", LAYERS)
def test_a_layer_that_does_not_keep_its_contract_is_a_finding_and_exits_1(mistake):
    code, words = LAYERS[mistake]
    layer(**code)
    done = check("--law", "contract", "--law", "gradient")
    assert done.exit_code == 1
    told(done.stdout + done.stderr, "1 of 1 op fails: matmul", *words)
    assert "internal error" not in done.stderr


def test_an_index_that_is_given_a_gradient_is_told_it_has_none():
    layer(
        domain=('Array("N D")', 'Array("N D", indices("D"))'),
    )
    done = check("--law", "contract")
    assert done.exit_code == 1
    told(done.stdout, "gradient of x is an array of shape", "expected None: it has no gradient")


# files


def spoiled(text, **changed):
    """A kept case with some of its parts changed."""
    return json.dumps({**json.loads(text), **changed})


def case_with(text, **changed):
    """A kept case whose own case has some of its parts changed."""
    return spoiled(text, case={**json.loads(text)["case"], **changed})


CASES = {
    "truncated": (lambda text: text[: len(text) // 2], ["truncated"]),
    "empty": (lambda text: "", ["truncated"]),
    "no object": (lambda text: "[]", ["list", failing_cases.SCHEMA]),
    "other schema": (
        lambda text: spoiled(text, schema="gradcheck-kept/99"),
        ["gradcheck-kept/99", failing_cases.SCHEMA],
    ),
    "other case": (lambda text: case_with(text, schema="gradcheck-case/99"), ["gradcheck-case/99"]),
    "no case": (lambda text: spoiled(text, case=None), ["no case"]),
    "no inputs": (lambda text: case_with(text, inputs=None), ["case cannot be read"]),
    "values missing": (
        lambda text: case_with(text, inputs={"x": {"shape": [2], "dtype": "float64", "values": []}}),
        [],
    ),
    "no dtype": (
        lambda text: case_with(text, inputs={"x": {"shape": [0], "dtype": "float65", "values": []}}),
        ["float65"],
    ),
    "other inputs": (lambda text: case_with(text, inputs={}), ["takes x, w", "check the op again"]),
    "other op": (lambda text: case_with(text, op="matmull"), ["no op 'matmull'", "matmul"]),
    "other target": (lambda text: spoiled(text, target="gone.py"), ["gone.py: no such file"]),
    "other shapes": (
        lambda text: case_with(
            text,
            inputs={n: {"shape": [1], "dtype": "float64", "values": ["0x0p+0"]} for n in ("x", "w")},
        ),
        [],
    ),
}


@pytest.fixture
def case_file():
    """A case on which a gradient failed."""
    layer(backward="dw = 2 * dw")
    assert check("--law", "gradient").exit_code == 1
    (file,) = failing_cases.FAILING_CASES_FOLDER.glob("*.json")
    return file


@pytest.mark.slow
@pytest.mark.parametrize("damage", [name for name in CASES if name != "other shapes"])
def test_a_case_that_cannot_be_replayed_exits_2_in_one_line(case_file, damage):
    change, words = CASES[damage]
    case_file.write_text(change(case_file.read_text()))
    done = CliRunner().invoke(main, ["replay", str(case_file)])
    assert (done.exit_code, done.stdout) == (2, "")
    lines = [line for line in done.stderr.splitlines() if not line.endswith("matmul.py is imported")]
    assert len(lines) == 1
    told(lines[0], *words)
    assert "internal error" not in done.stderr


@pytest.mark.slow
def test_a_case_whose_shapes_do_not_fit_is_no_error_of_ours(case_file):
    change, _ = CASES["other shapes"]
    case_file.write_text(change(case_file.read_text()))
    done = CliRunner().invoke(main, ["replay", str(case_file)])
    assert done.exit_code in (0, 1, 2, 3)
    told(done.stdout + done.stderr)
    assert "internal error" not in done.stderr


@pytest.mark.slow
def test_a_case_that_is_no_text_is_refused(case_file):
    case_file.write_bytes(b"\xff\xfe\x00")
    done = CliRunner().invoke(main, ["replay", str(case_file)])
    assert (done.exit_code, done.stdout) == (2, "")
    told(done.stderr, str(case_file))
    assert "internal error" not in done.stderr


RUNS = {
    "empty": (lambda text: "", ["truncated"]),
    "truncated": (lambda text: text[: len(text) // 2], ["truncated"]),
    "a list": (lambda text: "[1]", ["list", "gradcheck-run/7"]),
    "other schema": (lambda text: spoiled(text, schema="gradcheck-run/1"), ["gradcheck-run/1", "gradcheck-run/7"]),
    "no results": (lambda text: json.dumps({"schema": "gradcheck-run/7"}), ["results"]),
    "results of another kind": (lambda text: spoiled(text, results=3), ["cannot be read"]),
    "a result of another kind": (lambda text: spoiled(text, results=[3]), ["cannot be read"]),
    "other targets": (lambda text: spoiled(text, targets=None), ["cannot be read"]),
    "an unknown status": (lambda text: text.replace('"passed"', '"splendid"'), ["splendid"]),
}


@pytest.mark.slow
@pytest.mark.parametrize("command", [["report"], ["compare", "good.json"], ["check", "matmul.py", "--against"]])
@pytest.mark.parametrize("damage", RUNS)
def test_a_run_that_cannot_be_read_exits_2_in_one_line(command, damage):
    change, words = RUNS[damage]
    layer()
    check("--law", "contract", "--save", "good.json")
    Path("bad.json").write_text(change(Path("good.json").read_text()))
    done = CliRunner().invoke(main, [*command, "bad.json"])
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    told(done.stderr, "bad.json", *words)
    assert "internal error" not in done.stderr


@pytest.mark.parametrize("option", ["-o", "--save"])
@pytest.mark.parametrize(
    ("path", "words"),
    [("none/out.txt", ["no folder none", "make it first"]), ("folder", ["it is a folder", "name a file"])],
)
def test_an_output_that_cannot_be_written_is_told_before_the_run(option, path, words):
    layer(forward="open('ran', 'w').close()")
    Path("folder").mkdir()
    done = check(option, path)
    assert (done.exit_code, done.stdout) == (2, "")
    told(done.stderr, path, "cannot be written", *words)
    assert not Path("ran").exists()


def test_a_report_that_cannot_be_written_is_refused():
    layer()
    check("--law", "contract", "--save", "run.json")
    done = CliRunner().invoke(main, ["report", "run.json", "-o", "none/out.txt"])
    assert (done.exit_code, done.stdout) == (2, "")
    told(done.stderr, "none/out.txt", "no folder none")
