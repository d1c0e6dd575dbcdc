"""The names of a model file are read from its text; nothing of it runs."""

import pytest

from gradcheck.audit.assignment import AssignmentError
from gradcheck.audit.model_names import ModelNames
from gradcheck.audit.toml_table import TomlTable

TABLE = TomlTable("course.toml", {})


def names_of(folder, source):
    path = folder / "answers.py"
    path.write_text(source)
    return ModelNames.of(TABLE, path)


def test_functions_classes_imports_and_variables_are_names(tmp_path):
    source = (
        "import numpy as np\nfrom math import tau\n"
        "def f(x):\n    inner = x\nclass Gate:\n    y = 1\na, b = f, f\nc: int = 1\n"
        "try:\n    import fast\nexcept ImportError:\n    def slow():\n        pass\n"
    )
    assert names_of(tmp_path, source).names == {"np", "tau", "f", "Gate", "a", "b", "c", "fast", "slow"}


def test_the_file_is_not_run(tmp_path):
    assert names_of(tmp_path, "raise SystemExit\nx = 1").names == {"x"}


def test_a_name_that_is_missing_is_told_the_nearest(tmp_path):
    model = names_of(tmp_path, "def conv_forward(x):\n    return x\n")
    model.require(TABLE, "forward", "conv_forward")
    model.require(TABLE, "reference", "")
    with pytest.raises(AssignmentError, match=r"forward is 'conv_foward' .* did you mean 'conv_forward'\?"):
        model.require(TABLE, "forward", "conv_foward")


@pytest.mark.parametrize("content", [b"def f(:\n", b"\0", b"\xff = 1"])
def test_what_is_no_python_is_refused(tmp_path, content):
    (tmp_path / "answers.py").write_bytes(content)
    with pytest.raises(AssignmentError, match=r"course.toml: model names .*answers.py, which is no Python"):
        ModelNames.of(TABLE, tmp_path / "answers.py")
    with pytest.raises(AssignmentError, match="which is no file"):
        ModelNames.of(TABLE, tmp_path)
