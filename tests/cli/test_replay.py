"""One case again: what is said of it, and the code that it exits with."""

import re
import sys
from dataclasses import replace

import numpy as np
import pytest

from gradcheck.cli.replay import (
    abbreviate_array,
    describe_gradients,
    fit_replayed_case,
    replay_case,
    replay_in_worker,
)
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice
from gradcheck.discovery.targets import find
from gradcheck.records.case import Case
from gradcheck.records.failing_cases import FailingCase, describe_declaration, save_failing_case
from gradcheck.records.results import Finding
from gradcheck.records.status import Status
from gradcheck.records.subject import WHOLE_OP, Subject
from gradcheck.running.session import UsageError

OPS = """
from gradcheck import Array, Op

def forward(x):
    return x * x, x

def backward(dy, x):
    return FACTOR * x * dy

square = Op("square", forward, backward, lambda x: x * x, inputs={"x": Array("N")})
"""
CASE = Case("square", {"x": np.array([1.0, -3.0])}, (np.array([1.0, 2.0]),), {}, 0)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a wrong op in ops.py."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ops.py").write_text(OPS.replace("FACTOR", "3"))
    return tmp_path


@pytest.fixture
def kept(folder):
    """The file of a failing case of the op."""
    (op,) = find("ops.py")
    finding = Finding("square", "gradient", Subject.of_input("x"), Status.FAILED, "wrong", case=CASE)
    return save_failing_case(finding, "ops.py", folder / "kept", describe_declaration(op))


def test_a_case_that_still_fails_is_told_with_its_arrays_and_its_finding(kept):
    said, code = replay_case(kept, None)
    assert code == 1
    assert said.startswith("square: does not hold on the case that was kept for gradient of x (failed).")
    assert "  x: [ 1., -3.]" in said
    assert "  gradient of x: [  3., -18.]" in said
    assert "ops.py:" in said


@pytest.mark.slow
@pytest.mark.parametrize(
    ("end", "code", "words"),
    [
        ("ctypes.CDLL(None)._exit(0)", 1, "does not hold: the process that examined it died (exit code 0)"),
        ("os._exit(0)", 1, "does not hold on the case"),
    ],
)
def test_a_replay_that_ends_its_process_is_told(kept, folder, end, code, words):
    body = OPS.replace("FACTOR", "3").replace("return", f"import ctypes, os; {end}; return", 1)
    (folder / "ops.py").write_text(body)
    said, exited = replay_in_worker(kept, None)
    assert (exited, words in said) == (code, True)


def test_a_case_with_a_warning_alone_exits_0_and_says_so(folder):
    (folder / "ops.py").write_text(OPS.replace("FACTOR * x * dy", "dy").replace("x * x", "x + 0.0"))
    (op,) = find("ops.py")
    finding = Finding("square", "purity", WHOLE_OP, Status.WARNING, "shared", case=CASE)
    said, code = replay_case(save_failing_case(finding, "ops.py", folder / "kept", describe_declaration(op)), None)
    assert code == 0
    assert said.startswith("square: holds, with warnings, on the case that was kept for purity (warning).")
    assert re.search(r"^purity +warning ", said, re.MULTILINE)
    assert "square: the gradient of x shares memory with the upstream of y (warning)" in said


def test_a_case_that_holds_now_exits_0(kept, folder):
    (folder / "right.py").write_text(OPS.replace("FACTOR", "2"))
    said, code = replay_case(kept, "right.py")
    assert code == 0
    assert said.startswith("square: holds now on the case")


def test_a_case_of_a_test_is_tried_by_the_test(folder):
    finding = Finding("square", "gradient", Subject.of_input("x"), Status.FAILED, "wrong", case=CASE)
    file = save_failing_case(finding, "tests/test_own.py::test_square", folder / "kept", "")
    with pytest.raises(UsageError, match="the case is of a test, which tries it first: pytest"):
        replay_case(file, None)


def test_the_code_that_will_be_imported_is_named_before_it_is(kept, folder, capsys):
    (folder / "ops.py").write_text("import sys\nprint('imported', file=sys.stderr)\n" + OPS.replace("FACTOR", "3"))
    replay_case(kept, None)
    first, second = capsys.readouterr().err.split("\n")[:2]
    assert first == f"gradcheck: {kept} is a case of 'square'; to replay it, {folder / 'ops.py'} is imported"
    assert second == "imported"


def test_an_upstream_that_fits_no_more_is_drawn_anew_and_told(capsys):
    summed = square(forward=lambda x: (np.sum(x * x, keepdims=True), x))
    fitted = fit_replayed_case(summed, keep_case())
    assert fitted.case.upstream[0].shape == (1,)
    assert "another one is drawn" in capsys.readouterr().err


def keep_case(declaration=""):
    """The case as it was kept under a declaration."""
    return FailingCase("ops.py", "gradient", "x", "failed", CASE, declaration)


def square(**parts):
    parts = {"inputs": {"x": Array("N")}, "forward": lambda x: (x * x, x), **parts}
    return Op("square", backward=lambda dy, x: 2 * x * dy, **parts)


@pytest.mark.parametrize("parts", [{"inputs": {"y": Array("N")}}, {"settings": {"by": choice(1, 2)}}])
def test_a_case_of_another_signature_is_refused_with_both(parts):
    with pytest.raises(UsageError, match=r"takes .*, and the case has x: check the op again for a new case"):
        fit_replayed_case(square(**parts), keep_case())


def test_another_declaration_is_told_on_stderr(capsys):
    fit_replayed_case(square(), keep_case("another"))
    assert "the declaration of 'square' has changed" in capsys.readouterr().err
    fit_replayed_case(square(), keep_case())
    assert capsys.readouterr().err == ""


def test_where_backward_raises_there_are_no_gradients_and_it_is_said_why():
    def backward(dy, x):
        raise ZeroDivisionError("no")

    (line,) = describe_gradients(replace(square(), backward=backward), CASE)
    assert line.startswith("  gradients: none, for backward raised ZeroDivisionError: no")


def test_a_long_array_is_cut():
    assert abbreviate_array(None) == "none"
    assert "..." in abbreviate_array(np.zeros(1000))
    assert sys.getsizeof(abbreviate_array(np.zeros((1000, 1000)))) < 2000
