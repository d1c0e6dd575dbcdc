"""A file finds its neighbours while it is loaded and while its ops run, and nobody else does."""

import importlib
import sys

import pytest

from gradcheck.discovery.module_loading import ModuleLoader, import_location, remove_from_path


@pytest.fixture
def write(tmp_path):
    """Write a file below the folder."""

    def write(name, content=""):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        return path

    return write


@pytest.mark.parametrize(
    ("path", "folder", "name"),
    [
        ("loose.py", "", "loose"),
        ("net/layers/dense.py", "", "net.layers.dense"),
        ("net/layers/__init__.py", "", "net.layers"),
        ("plain/alone.py", "plain", "alone"),
    ],
)
def test_a_file_is_imported_from_the_first_folder_upwards_that_is_no_package(write, tmp_path, path, folder, name):
    for package in ("net/__init__.py", "net/layers/__init__.py"):
        write(package)
    file = write(path)
    assert import_location(file) == (tmp_path / folder, name)


def test_neighbours_are_found_inside_and_gone_outside(write, tmp_path):
    write("neighbour_of_a_test.py", "VALUE = 3")
    before = [*sys.path]
    loader = ModuleLoader(tmp_path)
    with loader.enter_folder_first():
        assert sys.path[0] == str(tmp_path)
        assert importlib.import_module("neighbour_of_a_test").VALUE == 3
    assert "neighbour_of_a_test" not in sys.modules
    assert sys.path == before
    assert loader.modules["neighbour_of_a_test"].VALUE == 3


def test_what_was_loaded_is_the_same_module_when_the_folder_is_opened_again(write, tmp_path):
    write("neighbour_of_a_test.py")
    loader = ModuleLoader(tmp_path)
    with loader.enter_folder_first():
        first = importlib.import_module("neighbour_of_a_test")
    with loader.open():
        assert sys.path[-1] == str(tmp_path)
        assert importlib.import_module("neighbour_of_a_test") is first


def test_two_folders_may_hold_modules_of_one_name(write, tmp_path):
    seen = []
    for folder in ("one", "two"):
        write(f"{folder}/same_name_in_two.py", f"VALUE = {folder!r}")
        with ModuleLoader(tmp_path / folder).enter_folder_first():
            seen.append(importlib.import_module("same_name_in_two").VALUE)
    assert seen == ["one", "two"]


def test_a_module_under_a_name_of_its_own_stands_over_another_and_gives_it_back(write, tmp_path):
    before = importlib.import_module("json")
    given = type(sys)("json")
    with ModuleLoader(tmp_path).enter_folder_first(json=given):
        assert sys.modules["json"] is given
    assert sys.modules["json"] is before


def test_the_package_that_a_file_is_of_stands_over_others_of_its_name(write, tmp_path):
    write("other/samepackage/__init__.py", "VALUE = 'other'")
    for name in ("__init__", "layers"):
        write(f"own/samepackage/{name}.py", "VALUE = 'own'")
    with ModuleLoader(tmp_path / "other").enter_folder_first():
        theirs = importlib.import_module("samepackage")
        loader = ModuleLoader.of(tmp_path / "own/samepackage/layers.py")
        assert loader.package == "samepackage"
        with loader.enter_folder_first():
            assert importlib.import_module("samepackage").VALUE == "own"
        assert sys.modules["samepackage"] is theirs


def test_what_fails_inside_leaves_nothing_behind(tmp_path):
    before = [*sys.path]
    loader = ModuleLoader(tmp_path)
    with pytest.raises(ZeroDivisionError), loader.enter_folder_first():
        raise ZeroDivisionError
    assert sys.path == before


def test_of_several_entries_of_the_path_the_nearest_to_its_place_is_taken_off(monkeypatch):
    monkeypatch.setattr(sys, "path", ["here", "elsewhere", "here"])
    remove_from_path(3, "here")
    assert sys.path == ["here", "elsewhere"]
    remove_from_path(0, "nowhere")
    assert sys.path == ["here", "elsewhere"]
