"""The text of a zygote: whole, without a path of this package, and of modules that need nothing else."""

import ast
import sys
from pathlib import Path

import pytest

import gradcheck
from gradcheck.sandbox.inside import zygote
from gradcheck.sandbox.inside.frames import FrameCaps
from gradcheck.sandbox.launch_text import (
    INSIDE,
    find_package,
    list_readable_folders,
    read_inside,
    write_launch_text,
)
from tests.test_imports import imported

PREFIX = "gradcheck.sandbox.inside."
FOLDER = Path(zygote.__file__).parent
ALL_MODULES = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")


def list_imports(name):
    return list(imported(ast.walk(ast.parse(read_inside(name)))))


@pytest.mark.parametrize("name", ALL_MODULES)
def test_a_module_inside_imports_the_standard_library_numpy_and_its_neighbours(name):
    top = {module.partition(".")[0] for module in list_imports(name) if not module.startswith(PREFIX)}
    assert top <= {*sys.stdlib_module_names, "numpy"}


@pytest.mark.parametrize("name", INSIDE)
def test_a_module_is_sent_after_those_that_it_imports(name):
    needed = {m.removeprefix(PREFIX).partition(".")[0] for m in list_imports(name) if m.startswith(PREFIX)}
    assert needed <= set(INSIDE[: INSIDE.index(name)])


def test_the_folders_that_are_read_hold_numpy_and_not_this_package():
    folders = [Path(path) for path in list_readable_folders(("numpy",))]
    assert find_package("numpy") in folders
    assert not any(Path(gradcheck.__file__).resolve().is_relative_to(folder / "gradcheck") for folder in folders)
    assert all(folder.is_dir() for folder in folders)


@pytest.mark.parametrize("name", ["no_such_package_at_all", "json.decoder", "abc"])
def test_what_is_no_package_is_refused(name):
    with pytest.raises(ValueError, match=name):
        find_package(name)


def test_the_text_compiles_and_names_no_folder_of_this_package():
    text = write_launch_text(
        "HANDLERS = {}", ("numpy",), frozenset({"seccomp"}), {"RLIMIT_AS": (1, 2)}, FrameCaps(), 9, 0
    )
    compile(text, "zygote", "exec")
    assert str(Path(gradcheck.__file__).parent) not in text
