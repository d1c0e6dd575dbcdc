"""Landlock's rules in a process of their own: what is below a path can be read, and nothing else."""

import subprocess
import sys
from pathlib import Path

import pytest

from gradcheck.sandbox.inside.kernel import PR_SET_NO_NEW_PRIVS, control_process
from gradcheck.sandbox.inside.landlock import make_ruleset, read_landlock_version, restrict_to_ruleset


def try_paths(allowed, *tried):
    """What a process whose rules allow some paths can read, in order."""
    control_process(PR_SET_NO_NEW_PRIVS, 1)
    restrict_to_ruleset(make_ruleset([allowed]))
    for path in tried:
        try:
            print(Path(path).read_text())
        except PermissionError:
            print("refused")
    try:
        open(f"{allowed}/new", "w").close()
    except PermissionError:
        print("refused")


@pytest.mark.slow
def test_what_is_below_a_path_is_read_and_nothing_is_written(tmp_path):
    try:
        version = read_landlock_version()
    except OSError as problem:
        pytest.skip(str(problem))
    assert version >= 1
    (tmp_path / "open").mkdir()
    (tmp_path / "open" / "a").write_text("inside")
    (tmp_path / "b").write_text("outside")
    (tmp_path / "open" / "link").symlink_to(tmp_path / "b")
    code = "import sys; from tests.sandbox.inside.test_landlock import try_paths; try_paths(*sys.argv[1:])"
    paths = [tmp_path / "open", tmp_path / "open" / "a", tmp_path / "b", tmp_path / "open" / "link"]
    done = subprocess.run([sys.executable, "-c", code, *paths], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["inside", "refused", "refused", "refused"]
