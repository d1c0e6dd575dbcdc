"""Cells of notebooks, without what only the notebook understands."""

import json

import pytest

from gradcheck.audit.agent.notebooks import drop_magics, list_cells, read_code_cell
from tests.audit.agent.student_files import make_notebook


def test_cells_keep_their_numbers():
    assert list_cells(make_notebook("import numpy as np\n", "x = 1")) == ["", "import numpy as np\n", "x = 1"]


def test_an_old_notebook_has_its_cells_in_worksheets():
    old = {"worksheets": [{"cells": [{"cell_type": "code", "input": ["x = 1\n", "y = 2"]}]}]}
    assert list_cells(json.dumps(old)) == ["x = 1\ny = 2"]


@pytest.mark.parametrize("text", ["[]", "{}", "3", "", "{"])
def test_what_is_no_notebook_is_refused(text):
    with pytest.raises(ValueError, match=r"no cells|Expecting"):
        list_cells(text)


@pytest.mark.parametrize(
    "cell", [None, {"cell_type": "code"}, {"cell_type": "code", "source": 3}, {"cell_type": "raw"}]
)
def test_a_cell_without_code_is_empty(cell):
    assert read_code_cell(cell) == ""


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ("%matplotlib inline\nx = 1", "pass\nx = 1"),
        ("if a:\n    !ls *.py\nx = 1", "if a:\n    pass\nx = 1"),
        ("files = !ls\nt = %time f()", "files = None\nt = None"),
        ("np.sum?", "pass"),
        ("%%bash\nrm x", ""),
        ("%%writefile layers.py\ndef f(): pass", ""),
        ("%%time\ny = f(x)", "pass\ny = f(x)"),
        ('s = """\n%d of !x\n"""', 's = """\n%d of !x\n"""'),
    ],
)
def test_magics_are_blanked_in_their_lines(source, left):
    assert drop_magics(source) == left
