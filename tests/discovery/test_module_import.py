"""A file is imported with its neighbours in reach, and what it raises is told with its line."""

import sys

import pytest

from gradcheck import find
from gradcheck.discovery.targets import list_target_contents
from tests.discovery.written_files import PAIR, WAITING, names, refused, write

pytestmark = pytest.mark.usefixtures("folder")


def test_a_file_may_import_its_neighbours_and_leaves_the_path_as_it_was():
    write("layers/neighbour.py", "factor = 2")
    write("layers/square.py", "from neighbour import factor\n" + PAIR)
    before = list(sys.path)
    assert names("layers/square.py") == ["square"]
    assert sys.path == before


def test_a_file_that_is_called_like_a_module_does_not_take_its_place():
    write("json.py", PAIR)
    import json

    assert names("json.py") == ["json"]
    assert sys.modules["json"] is json


@pytest.mark.parametrize("target", ["none.py", "none", "none.module", "none:attribute", "none/none.py"])
def test_what_does_not_exist_is_refused_by_name(target):
    refused(target, target.partition(":")[0], "no such file")


@pytest.mark.parametrize("target", ["raises.py", "raises", "package.raises", "package"])
def test_a_target_that_raises_is_refused_with_the_error_and_its_line(target):
    for folder in (".", "package"):
        write(f"{folder}/raises.py", "\n\nfactor = 1 / 0\n")
    refused(target, "raises", "while it is imported", "ZeroDivisionError: division by zero", "(line 3)")


def test_the_line_is_that_of_the_file_and_not_of_what_it_calls():
    write("square.py", "import json\n\njson.loads('{')\n")
    refused("square.py", "square.py: raises while it is imported: JSONDecodeError", "(line 3)")


def test_a_file_that_ends_the_process_is_refused():
    write("square.py", "raise SystemExit(3)\n")
    refused("square.py", "square.py", "SystemExit: 3", "(line 1)")


@pytest.mark.parametrize("target", ["broken.py", "broken"])
def test_a_file_that_cannot_be_parsed_is_refused_with_its_line(target):
    write("broken.py", "factor = 1\ndef forward(x:\n")
    refused(target, "broken", "SyntaxError", "(line 2)")


def test_a_missing_dependency_is_not_taken_for_a_missing_target():
    write("square.py", "import no_such_dependency\n")
    refused("square.py", "raises while it is imported", "No module named 'no_such_dependency'", "(line 1)")
    write("cube.py", "import no_such_dependency\n")
    refused("cube", "raises while it is imported", "No module named 'no_such_dependency'", "(line 1)")


def test_a_file_that_raised_is_forgotten():
    write("square.py", "factor = 1 / 0\n")
    refused("square.py", "(line 1)")
    write("square.py", PAIR)
    assert names("square") == ["square"]


def test_each_file_is_given_its_own_neighbour():
    for folder, factor in (("a", 2), ("b", 3)):
        write(f"{folder}/neighbour.py", f"factor = {factor}")
        write(f"{folder}/layer.py", "from neighbour import factor\n" + PAIR.replace("x * x", "factor * x"))
    assert [find(f"{folder}/layer.py")[0].forward(1)[0] for folder in "ab"] == [2, 3]


RELATIVE = "from .numbers import factor\n" + PAIR.replace("x * x", "factor * x").replace("2 * x * dy", "factor * dy")


def packages(*folders, layer=RELATIVE):
    """A package pk in each of these folders, whose factor is 2, 3, …"""
    for factor, folder in enumerate(folders, 2):
        write(f"{folder}/pk/__init__.py", "count = 0\n")
        write(f"{folder}/pk/numbers.py", f"factor = {factor}")
        write(f"{folder}/pk/lay.py", layer)


@pytest.fixture
def as_before():
    """Whether modules and their path are what they were."""
    path, modules = list(sys.path), {n: m for n, m in sys.modules.items() if not n.startswith("gradcheck")}
    return lambda: (sys.path, {n: sys.modules.get(n) for n in modules}) == (path, modules)


@pytest.mark.parametrize("target", ["a/pk/lay.py", "a/pk/lay.py:lay", "a/pk", "a/../a/pk/lay.py"])
def test_a_file_of_a_package_is_imported_as_such(target, as_before):
    packages("a")
    (op,) = find(target)
    assert (op.name, op.forward(1)[0], op.backward.__module__) == ("lay", 2, "pk.lay")
    assert as_before()
    assert "pk" not in sys.modules


def test_a_package_in_a_package_is_imported_from_the_first_folder_that_is_none():
    packages("a", layer=RELATIVE.replace(".numbers", "..numbers"))
    write("a/pk/deep/__init__.py", "")
    write("a/pk/deep/lay.py", RELATIVE.replace(".numbers", "..numbers"))
    assert find("a/pk/deep/lay.py")[0].backward.__module__ == "pk.deep.lay"


def test_the_file_that_makes_a_package_is_a_target():
    write("a/pk/__init__.py", "from pk.numbers import factor\n" + PAIR)
    write("a/pk/numbers.py", "factor = 2")
    (op,) = find("a/pk/__init__.py")
    assert (op.name, op.backward.__module__) == ("pk", "pk")


def test_packages_of_one_name_are_not_mixed_up(as_before):
    packages("a", "b")
    ops = [find(f"{folder}/pk/lay.py")[0] for folder in "ab"]
    assert [op.forward(1)[0] for op in ops] == [2, 3]
    assert as_before()


def test_a_package_that_is_loaded_is_used_as_it_is(monkeypatch):
    packages("a")
    monkeypatch.syspath_prepend("a")
    import pk.lay

    assert find("a/pk/lay.py")[0].forward is pk.lay.forward
    assert sys.modules["pk.lay"] is pk.lay


def test_another_package_of_the_name_that_is_loaded_stays_so(monkeypatch):
    packages("a", "b")
    monkeypatch.syspath_prepend("a")
    import pk.lay

    assert find("b/pk/lay.py")[0].forward(1)[0] == 3
    assert (sys.modules["pk.lay"], pk.lay.factor) == (pk.lay, 2)


def test_a_file_of_a_package_that_raises_is_refused_with_its_line():
    packages("a", layer="\nfactor = 1 / 0\n")
    refused("a/pk/lay.py", "a/pk/lay.py: raises while it is imported: ZeroDivisionError", "(line 2)")


def test_a_function_may_import_its_neighbour_while_its_op_runs(as_before):
    for folder, factor in (("a", 2), ("b", 3)):
        write(f"{folder}/neighbour.py", f"factor = {factor}")
        write(f"{folder}/layer.py", WAITING)
    found = [list_target_contents(f"{folder}/layer.py") for folder in "ab"]
    assert as_before()
    for factor, contents in enumerate(found, 2):
        with contents.make_context():
            assert contents.ops[0].make().forward(1)[0] == factor
    assert as_before()
    assert "neighbour" not in sys.modules


def test_a_function_of_a_package_may_import_its_neighbour_while_its_op_runs(as_before):
    waiting = PAIR.replace("return x * x", "from .numbers import factor\n    return factor * x")
    packages("a", "b", layer=waiting)
    found = [list_target_contents(f"{folder}/pk/lay.py") for folder in "ab"]
    for factor, contents in enumerate(found, 2):
        with contents.make_context():
            (lay,) = contents.ops
            assert lay.make().forward(1)[0] == factor
    assert as_before()


def test_what_a_file_loads_from_an_environment_below_its_folder_stays_loaded(monkeypatch):
    write("venv/library.py", "")
    write("square.py", "import library\n" + PAIR)
    monkeypatch.syspath_prepend("venv")
    find("square.py")
    assert "library" in sys.modules
