"""What stays readable, whom it is open to, and limits that are only lowered."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from gradcheck.sandbox.inside.confinement import (
    ConfinementPlan,
    confine_process,
    find_missing,
    is_open_to_all,
    list_readable,
)


def test_installed_packages_are_no_part_of_the_standard_library(tmp_path):
    library, package = tmp_path / "lib", tmp_path / "numpy"
    for folder in ("json", "site-packages", "dist-packages"):
        (library / folder).mkdir(parents=True)
    (library / "ast.py").write_text("")
    (library / "nowhere").symlink_to("/no/such/file")
    package.mkdir()
    found = list_readable([str(library), str(package)])
    assert found == [f"{library}/ast.py", f"{library}/json", str(package)]


def test_a_folder_is_open_to_all_where_all_above_it_are(open_folder):
    if not is_open_to_all([str(open_folder)]):
        pytest.skip("the folder of temporary files is not open to all")
    upper, lower = open_folder / "upper", open_folder / "upper" / "lower"
    lower.mkdir(parents=True)
    for mode, is_open in ((0o755, True), (0o711, True), (0o750, False)):
        upper.chmod(mode)
        lower.chmod(0o755)
        assert is_open_to_all([str(lower)]) is is_open
    upper.chmod(0o711)
    assert not is_open_to_all([str(upper)])


def test_nothing_is_missing_of_nothing():
    assert find_missing(frozenset()) == {}


def print_limits(soft, hard):
    plan = ConfinementPlan(frozenset({"rlimits"}), {"RLIMIT_NOFILE": (int(soft), int(hard))}, [])
    confine_process(plan, -1)
    print(*resource.getrlimit(resource.RLIMIT_NOFILE))
    print(Path("/proc/self/status").read_text())


@pytest.mark.slow
def test_a_limit_is_lowered_and_never_raised_and_capabilities_are_gone():
    code = "import sys; from tests.sandbox.inside.test_confinement import print_limits; print_limits(*sys.argv[1:])"
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for asked, expected in (("50", "50 50"), (str(hard + 1), f"{hard} {hard}")):
        done = subprocess.run([sys.executable, "-c", code, asked, asked], capture_output=True, text=True, check=True)
        limits, *status = done.stdout.splitlines()
        facts = dict(line.split(":", 1) for line in status if ":" in line)
        assert limits == expected
        assert facts["NoNewPrivs"].strip() == "1"
        assert {int(facts[name], 16) for name in ("CapPrm", "CapEff", "CapInh")} == {0}
