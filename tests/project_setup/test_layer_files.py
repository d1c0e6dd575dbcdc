"""Which files of a project may hold layers is told without importing them."""

from pathlib import Path

import pytest

from gradcheck.project_setup.layer_files import find_source_files

PAIR = "def relu_forward(x): ...\n\n\ndef relu_backward(dy, cache): ...\n"


def make_project(folder, **files):
    """A folder with these files, whose names have -- for a slash."""
    for name, content in files.items():
        file = folder / f"{name.replace('--', '/')}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    return folder


def list_names(folder):
    return [file.relative_to(folder).as_posix() for file in find_source_files(folder).with_layers]


@pytest.mark.parametrize(
    "code",
    [
        "def forward(x): ...\ndef backward(dy, cache): ...\n",
        "class Relu:\n    def forward(self, x): ...\n\n    def backward(self, dy): ...\n",
        "def conv_backward_naive(dy, cache): ...\n",
        "@jax.custom_vjp\ndef f(x): ...\n",
        "from gradcheck import Op\n",
        "import gradcheck\n",
        PAIR.replace("\n", "\r\n"),
        PAIR + "print '",
    ],
)
def test_a_file_with_a_backward_a_rule_or_a_declaration_may_hold_layers(tmp_path, code):
    assert list_names(make_project(tmp_path, layers=code)) == ["layers.py"]


@pytest.mark.parametrize("code", ["", "loss.backward()\n", "class Net(Module):\n    def forward(self, x): ...\n"])
def test_a_file_without_one_holds_none(tmp_path, code):
    found = find_source_files(make_project(tmp_path, net=code))
    assert (found.count, found.with_layers) == (1, ())


def test_no_file_is_imported(tmp_path):
    make_project(tmp_path, layers=f"{PAIR}\nopen({str(tmp_path / 'imported')!r}, 'w')\n")
    assert list_names(tmp_path) == ["layers.py"]
    assert not (tmp_path / "imported").exists()


def test_folders_are_searched_in_the_order_of_their_names(tmp_path):
    make_project(tmp_path, **dict.fromkeys(["z", "src--net--_norm", "src--net--__init__", "a"], PAIR))
    assert list_names(tmp_path) == ["a.py", "src/net/__init__.py", "src/net/_norm.py", "z.py"]


def test_tests_and_the_code_of_others_are_left_out(tmp_path):
    skipped = ["tests--layers", "test_relu", "relu_test", "conftest", "setup", "build--lib--relu", ".git--relu"]
    make_project(tmp_path, **dict.fromkeys([*skipped, "env--lib--relu"], PAIR))
    (tmp_path / "env" / "pyvenv.cfg").touch()
    assert find_source_files(tmp_path).count == 0


def test_a_link_to_a_folder_is_not_followed(tmp_path):
    make_project(tmp_path, layers=PAIR)
    Path(tmp_path, "again").symlink_to(tmp_path)
    assert list_names(tmp_path) == ["layers.py"]
