"""Ops are found in files, folders and modules, and whatever stands in the way is told with its remedy."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gradcheck import TargetError, find, load
from tests.discovery.written_files import DECLARED, GATE, PAIR, SIZED, WAITING, names, refused, write

pytestmark = pytest.mark.usefixtures("folder")


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


@pytest.mark.parametrize("target", ["", ":", ".", "..none", "a file:", "layers.py:cube"])
def test_odd_targets_are_target_errors(target):
    with pytest.raises(TargetError) as raised:
        find(target)
    assert "\n" not in str(raised.value)


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


def test_an_attribute_that_does_not_exist_is_refused():
    write("layers.py", PAIR)
    refused("layers:cube", "layers:cube", "layers has no op 'cube'")


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


def test_a_class_is_found_by_its_name_and_so_is_what_it_inherits():
    write("gates.py", GATE + "class Again(Square):\n    pass\n")
    assert names("gates.py:Again") == ["Again"]


def test_a_class_that_is_asked_for_and_cannot_be_made_is_refused():
    write("gates.py", "class Two:\n    def forward(self, x: 'N', w): pass\n    def backward(self, dy): pass\n")
    refused("gates.py:Two", "Two: the shape of w is missing")


@pytest.mark.slow
def test_a_class_of_which_no_op_can_be_made_is_told_in_the_report():
    write("gates.py", GATE + SIZED)
    done = subprocess.run(
        [sys.executable, "-c", "from gradcheck.cli import main; main()", "check", "gates.py", "--examples", "4"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (3, "")
    assert "inconclusive: Sized" in done.stdout.splitlines()[0]
    assert "its constructor takes n, m; declare it, as in" in " ".join(done.stdout.split())
