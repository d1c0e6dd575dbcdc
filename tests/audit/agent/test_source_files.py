"""Files that can be read, and what is said of those that cannot."""

import ast

import pytest

from gradcheck.audit.agent.source_files import decode_source, is_python_2, read_source
from tests.audit.agent.student_files import make_notebook


def read(text, path="a.py"):
    return read_source(path, text if isinstance(text, bytes) else text.encode())


def test_a_module_is_one_chunk_and_a_notebook_one_for_each_cell():
    assert [chunk.cell for chunk in read("x = 1").chunks] == [0]
    assert [chunk.cell for chunk in read(make_notebook("x = 1", "y = 2"), "n.ipynb").chunks] == [2, 3]


@pytest.mark.parametrize(
    "line",
    [
        "print 'loss', loss",
        "print x",
        "except ValueError, e:",
        "raise ValueError, 'no'",
        "exec 'x = 1'",
        "if a <> b: pass",
        "x = 10L",
        "x = `y`",
        "x = 0777",
    ],
)
def test_python_2_is_told_with_its_line(line):
    before = "try:\n    pass\n" if line.startswith("except") else "x = 1\n\n"
    found = read(f"{before}{line}\n    pass\n" if line.endswith("e:") else f"{before}{line}\n")
    assert (found.status, found.line, found.reason[:9]) == ("python2", 3, "Python 2:")


def test_other_errors_of_syntax_are_no_python_2():
    found = read("x = 1\ndef f(:\n")
    assert (found.status, found.line) == ("unloadable", 2)
    assert found.reason.startswith("SyntaxError: ")
    assert "def f(" in found.unread


def test_a_cell_that_cannot_be_read_leaves_the_others():
    found = read(make_notebook("x = 1", "print 'x'", "y = 2"), "n.ipynb")
    assert ([chunk.cell for chunk in found.chunks], found.status) == ([2, 4], "ok")
    assert found.reason.endswith("(cell 3, line 1)")


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe\x00# x\n", b"\x00", b"# -*- coding: nonsense -*-\nx = 1\n", b"(" * 5000]
)
def test_odd_bytes_are_no_crash(data):
    assert read(data).status in ("ok", "unloadable")


@pytest.mark.parametrize("text", ["", "[]", '{"cells": [3]}', "{" * 10_000])
def test_odd_notebooks_are_no_crash(text):
    assert read(text, "n.ipynb").status in ("ok", "unloadable")


def test_text_is_decoded_as_it_declares():
    assert decode_source(b"\xef\xbb\xbfx = 1\r\n") == "x = 1\n"
    assert decode_source("# coding: latin-1\nx = 'é'".encode("latin-1")).endswith("'é'")
    assert "\N{REPLACEMENT CHARACTER}" in decode_source(b"# caf\xe9\nx = 1\n")


def test_odd_numbers_and_escapes_are_read_in_silence(recwarn):
    assert read("x = '\\d' if 1else 0\n").status == "ok"
    assert read(make_notebook("x = '\\d' if 1else 0\n"), "n.ipynb").status == "ok"
    assert len(recwarn) == 0


def test_a_line_that_python_3_reads_is_no_python_2():
    assert not is_python_2(SyntaxError("invalid syntax"), "print(x")
    assert isinstance(read("print (x)").chunks[0].statements[0], ast.Expr)
