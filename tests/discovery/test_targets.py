"""Ops are found in files, folders and modules, and whatever stands in the way is told with its remedy."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gradcheck import DeclarationError, TargetError, find, load
from gradcheck.discovery.targets import UncheckedWarning, find_ops_with_context

PAIR = """
import numpy as np

def NAMEforward(x):
    return x * x, x

def NAMEbackward(dy, x):
    return 2 * x * dy
"""
REFERENCE = """
def NAMEreference(x):
    return x ** 2
"""
DECLARED = """
from gradcheck import Array, Op
square = Op("square", forward, backward, inputs={"x": Array("*S")})
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """An empty folder to work in; what is imported from it is forgotten afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def write(path, content, name=""):
    """A file, its folders made, with pairs of this name."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(content.replace("NAME", name))


def names(target):
    return [op.name for op in find(target)]


def refused(target, *words):
    """Whether the target is refused with a message that holds these words."""
    with pytest.raises(TargetError) as raised:
        find(target)
    assert [word for word in words if word not in str(raised.value)] == []
    assert "\n" not in str(raised.value)


def test_a_plain_pair_is_named_after_its_file():
    write("layers/square.py", PAIR)
    assert names("layers/square.py") == ["square"]


def test_named_pairs_are_named_after_their_functions():
    write("layers.py", PAIR + PAIR.replace("NAME", "cube_"), "square_")
    assert names("layers.py") == ["square", "cube"]


def test_a_plain_pair_and_named_ones_live_in_one_file():
    write("square.py", PAIR.replace("NAME", "cube_") + PAIR)
    assert sorted(names("square.py")) == ["cube", "square"]


def test_a_reference_beside_its_pair_is_picked_up_and_no_other():
    write("layers.py", PAIR + REFERENCE + PAIR.replace("NAME", "cube_"), "square_")
    square, cube = find("layers.py")
    assert square.reference(3) == 9
    assert (square.origin.reference_is_forward, cube.origin.reference_is_forward) == (False, True)


def test_a_plain_reference_is_picked_up():
    write("square.py", PAIR + REFERENCE)
    assert find("square.py")[0].reference(3) == 9


def test_an_op_and_its_own_functions_are_one():
    write("square.py", PAIR + DECLARED)
    (op,) = find("square.py")
    assert not op.origin.shapes_inferred


def test_an_op_under_two_names_is_one():
    write("square.py", PAIR + DECLARED + "again = square\n")
    assert names("square.py") == ["square"]


def test_functions_imported_from_elsewhere_are_not_found_again():
    write("square.py", PAIR)
    write("user.py", "from square import forward, backward\n" + PAIR.replace("NAME", "own_"))
    assert names("user.py") == ["own"]


def test_a_file_may_import_its_neighbours_and_leaves_the_path_as_it_was():
    write("layers/neighbour.py", "factor = 2")
    write("layers/square.py", "from neighbour import factor\n" + PAIR)
    before = list(sys.path)
    assert names("layers/square.py") == ["square"]
    assert sys.path == before


def test_a_file_that_is_called_like_a_module_does_not_take_its_place():
    write("json.py", PAIR)
    import json  # noqa: PLC0415

    assert names("json.py") == ["json"]
    assert sys.modules["json"] is json


def test_a_folder_gives_the_ops_of_its_files_in_order_but_not_of_private_ones():
    for name in ("b", "a", "_private"):
        write(f"layers/{name}.py", PAIR)
    write("layers/notes.txt", "")
    write("layers/helper.py", "factor = 2")
    assert names("layers") == ["a", "b"]


def test_a_module_is_found_by_its_name():
    write("package/__init__.py", "")
    write("package/square.py", PAIR)
    assert names("package.square") == ["square"]


def test_an_attribute_of_a_module_is_one_op():
    write("layers.py", PAIR + DECLARED.replace('"square"', '"declared"') + PAIR.replace("NAME", "cube_"))
    assert names("layers:square") == ["declared"]
    assert names("layers:declared") == ["declared"]
    assert names("layers:cube") == ["cube"]


def test_load_gives_one_op_of_a_target_or_of_the_library():
    write("layers.py", PAIR + PAIR.replace("NAME", "cube_"), "square_")
    assert load("layers.py", "cube").name == "cube"
    assert load("", "sin").name == "sin"
    with pytest.raises(TargetError, match=r"layers.py has no op 'root'; it has cube, square"):
        load("layers.py", "root")
    with pytest.raises(TargetError, match=r"the library has no op 'sinn'; it has .*sin"):
        load("", "sinn")


# what stands in the way


@pytest.mark.parametrize("target", ["none.py", "none", "none.module", "none:attribute", "none/none.py"])
def test_what_does_not_exist_is_refused_by_name(target):
    refused(target, target.partition(":")[0], "no such file")


@pytest.mark.parametrize("target", ["", ":", ".", "..none", "a file:", "layers.py:cube"])
def test_odd_targets_are_target_errors(target):
    with pytest.raises(TargetError) as raised:
        find(target)
    assert "\n" not in str(raised.value)


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


# packages, and imports that wait


RELATIVE = "from .numbers import factor\n" + PAIR.replace("x * x", "factor * x").replace("2 * x * dy", "factor * dy")
WAITING = PAIR.replace("return x * x", "import neighbour\n    return neighbour.factor * x").replace("2 * x", "2")


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
    import pk.lay  # noqa: PLC0415

    assert find("a/pk/lay.py")[0].forward is pk.lay.forward
    assert sys.modules["pk.lay"] is pk.lay


def test_another_package_of_the_name_that_is_loaded_stays_so(monkeypatch):
    packages("a", "b")
    monkeypatch.syspath_prepend("a")
    import pk.lay  # noqa: PLC0415

    assert find("b/pk/lay.py")[0].forward(1)[0] == 3
    assert (sys.modules["pk.lay"], pk.lay.factor) == (pk.lay, 2)


def test_a_file_of_a_package_that_raises_is_refused_with_its_line():
    packages("a", layer="\nfactor = 1 / 0\n")
    refused("a/pk/lay.py", "a/pk/lay.py: raises while it is imported: ZeroDivisionError", "(line 2)")


def test_a_function_may_import_its_neighbour_while_its_op_runs(as_before):
    for folder, factor in (("a", 2), ("b", 3)):
        write(f"{folder}/neighbour.py", f"factor = {factor}")
        write(f"{folder}/layer.py", WAITING)
    found = [find_ops_with_context(f"{folder}/layer.py") for folder in "ab"]
    assert as_before()
    for factor, (ops, home) in enumerate(found, 2):
        with home():
            assert ops[0].forward(1)[0] == factor
    assert as_before()
    assert "neighbour" not in sys.modules


def test_a_function_of_a_package_may_import_its_neighbour_while_its_op_runs(as_before):
    waiting = PAIR.replace("return x * x", "from .numbers import factor\n    return factor * x")
    packages("a", "b", layer=waiting)
    found = [find_ops_with_context(f"{folder}/pk") for folder in "ab"]
    for factor, (ops, home) in enumerate(found, 2):
        with home():
            (op,) = [op for op in ops if op.name == "lay"]
            assert op.forward(1)[0] == factor
    assert as_before()


def test_what_a_file_loads_from_an_environment_below_its_folder_stays_loaded(monkeypatch):
    write("venv/library.py", "")
    write("square.py", "import library\n" + PAIR)
    monkeypatch.syspath_prepend("venv")
    find("square.py")
    assert "library" in sys.modules


@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_imports_that_wait_find_their_neighbour_on_the_command_line(jobs):
    for folder, factor in (("a", 2), ("b", 3)):
        write(f"{folder}/neighbour.py", f"factor = {factor}")
        write(f"{folder}/{folder}_layer.py", WAITING.replace("2", str(factor)))
    command = [sys.executable, "-c", "from gradcheck.cli import main; main()", "check", "--jobs", jobs]
    files = ["a/a_layer.py", "b/b_layer.py", "--examples", "4"]
    done = subprocess.run([*command, *files], capture_output=True, text=True, check=False)
    assert (done.stderr, done.returncode) == ("", 0)
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "2 ops checked on 8 cases: all hold.")


def test_a_target_with_nothing_inside_is_told_what_to_write():
    remedy = "write an Op(…), or a pair NAME_forward and NAME_backward"
    write("layers/empty.py", "factor = 2")
    refused("layers/empty.py", "layers/empty.py: no ops found", remedy)
    refused("layers", "layers: no ops in the 1 Python files", remedy)
    refused("layers.empty", "layers.empty: no ops found", remedy)


@pytest.mark.parametrize(("there", "missing"), [("forward", "backward"), ("backward", "forward")])
@pytest.mark.parametrize("name", ["", "square_"])
def test_half_of_a_pair_is_told_the_other_half(name, there, missing):
    write("layers.py", f"def {name}{there}(x):\n    return x, x\n")
    refused("layers.py", "layers.py", f"{name}{there} has no {name}{missing} beside it", "write one, or rename it")


def test_an_attribute_that_does_not_exist_is_refused():
    write("layers.py", PAIR)
    refused("layers:cube", "layers:cube", "layers has no op 'cube'")


def test_shapes_that_do_not_fit_are_told_how_to_annotate():
    write("layers.py", PAIR.replace("return x * x, x", "raise ValueError('never')"), "square_")
    refused("layers.py", "square: forward(x) runs on none of the shapes tried", 'def forward(x: "N D", …)', "Op(…")


def test_an_annotation_that_cannot_be_read_is_refused():
    write("layers.py", PAIR.replace("(x):", '(x: "N D+"):'), "square_")
    refused("layers.py", "square", "'N D+'", "an axis is a name")


def test_a_broken_declaration_keeps_its_own_message():
    write("square.py", PAIR + DECLARED.replace("*S", "N-"))
    with pytest.raises((DeclarationError, TargetError), match="N-"):
        find("square.py")


@pytest.mark.slow
def test_no_target_is_run_where_it_was_not_asked_for():
    write("trap.py", "open('sprung', 'w').close()\n")
    write("square.py", PAIR)
    find("square.py")
    command = [
        sys.executable,
        "-c",
        "from gradcheck.cli import main; main()",
        "check",
        "square.py",
        "--law",
        "contract",
    ]
    subprocess.run(command, env={**os.environ}, capture_output=True, check=True)
    assert not Path("sprung").exists()


# classes

GATE = """
class Square:
    def forward(self, x: "*S"):
        self.x = x
        return x * x
    def backward(self, dy):
        return 2 * self.x * dy
"""
SIZED = """
class Sized:
    def __init__(self, n, m):
        pass
    def forward(self, x: "*S"):
        return x
    def backward(self, dy):
        return dy
"""


def test_a_class_with_both_methods_is_found():
    write("gates.py", GATE)
    (op,) = find("gates.py")
    assert (op.name, list(op.inputs), op.location[1]) == ("Square", ["x"], 6)


def test_a_class_is_found_by_its_name_and_so_is_what_it_inherits():
    write("gates.py", GATE + "class Again(Square):\n    pass\n")
    assert names("gates.py:Again") == ["Again"]


def test_a_class_for_others_to_inherit_from_and_a_private_one_are_left_out():
    base = "class Layer:\n    def forward(self, x): raise NotImplementedError\n    def backward(self, dy): pass\n"
    write("gates.py", base + GATE.replace("Square", "_Square"))
    refused("gates.py", "no ops found")


def test_a_class_that_cannot_be_made_is_told_and_the_others_are_found():
    write("gates.py", GATE + SIZED)
    with pytest.warns(UncheckedWarning, match=r"Sized is not checked: its constructor takes n, m; declare it, as in"):
        assert names("gates.py") == ["Square"]


def test_a_class_that_is_asked_for_and_cannot_be_made_is_refused():
    write("gates.py", "class Two:\n    def forward(self, x: 'N', w): pass\n    def backward(self, dy): pass\n")
    refused("gates.py:Two", "Two: the shape of w is missing")


@pytest.mark.slow
def test_what_is_not_checked_is_told_once_on_stderr():
    write("gates.py", GATE + SIZED)
    done = subprocess.run(
        [sys.executable, "-c", "from gradcheck.cli import main; main()", "check", "gates.py", "--examples", "4"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.count("Sized is not checked")) == (0, 1)
    assert done.stderr.startswith("gradcheck: ")
