"""A tree of files of a process's own: what was named, and no more."""

import os
import subprocess
import sys

import pytest

from gradcheck.sandbox.inside.namespaces import enter_namespaces, is_below


def test_a_path_is_below_a_folder_and_not_below_its_namesake():
    assert is_below("/a/b/c", "/a/b")
    assert is_below("/a/b", "/a/b/") is False
    assert not is_below("/a/bc", "/a/b")


def list_what_is_left(folder):
    """Print what a process sees that entered namespaces with one folder, without the folder `hidden` in it."""
    uid = os.geteuid()
    try:
        enter_namespaces([folder], [f"{folder}/hidden"])
    except OSError as problem:
        print("none:", problem)
        return
    print(sorted(os.listdir(folder)), os.listdir(f"{folder}/hidden"), os.path.exists("/etc"), os.geteuid() == uid)
    for path in ("/new", f"{folder}/new", f"{folder}/hidden/new"):
        try:
            open(path, "w").close()
        except OSError as problem:
            print(problem.strerror)


@pytest.mark.slow
def test_a_process_sees_what_it_was_given_and_cannot_write(tmp_path):
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "solution.py").write_text("")
    (tmp_path / "a.py").write_text("")
    code = "import sys; from tests.sandbox.inside.test_namespaces import list_what_is_left as f; f(sys.argv[1])"
    done = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True)
    if done.stdout.startswith("none:"):
        pytest.skip(done.stdout)
    first, *refusals = done.stdout.splitlines()
    assert first == "['a.py', 'hidden'] [] False True"
    assert refusals == ["Read-only file system"] * 3
