"""Side by side in the workers of xdist: the same outcome, an op to one worker, and one that dies takes none along."""

import pytest

from gradcheck.records.results import Run

pytestmark = pytest.mark.slow

SOME = ("--gradcheck-only", "contract", "--gradcheck-only", "value", "--gradcheck-only", "gradient")
DEADLY = """
import ctypes
from pathlib import Path
from gradcheck import Array, Op

def forward(x):
    with Path("deaths").open("a") as file:
        file.write("x")
    ctypes.CDLL(None)._exit(3)

deadly = Op("deadly", forward, lambda dy, x: 2 * x * dy, lambda x: x * x, inputs={"x": Array("*S")})
"""
CHEAP = ("--gradcheck-only", "contract", "--gradcheck-only", "purity")
"""Laws that need no JAX, which takes each worker seconds to load."""


def test_what_was_found_does_not_depend_on_the_number_of_workers(project):
    project.spawn(*SOME, "-n", "2", "--gradcheck-save", "two.json")
    project.run(*SOME, "--gradcheck-save", "one.json")
    assert (project.path / "two.json").read_text() == (project.path / "one.json").read_text()


def test_all_laws_of_an_op_run_in_one_worker_under_their_own_names(project):
    project.tests("def test_one():\n    pass\n\ndef test_two():\n    pass\n")
    result = project.spawn(*CHEAP, "-n", "2", "-v")
    result.assert_outcomes(passed=6)
    ran = [line.split() for line in result.outlines if line.startswith("[gw") and "mynet.layers::" in line]
    workers = {op: {words[0] for words in ran if f"::{op}::" in words[-1]} for op in ("affine", "square")}
    assert [len(some) for some in workers.values()] == [1, 1]
    result.stdout.fnmatch_lines("*PASSED pyproject.toml::mynet.layers::square::purity*")


@pytest.mark.parametrize("dist", ["loadfile", "worksteal"])
def test_other_ways_to_hand_out_tests_are_left_alone(project, dist):
    project.spawn(*CHEAP, "-n", "2", "--dist", dist).assert_outcomes(passed=4)


def test_an_op_that_ends_its_process_is_crashed_and_tried_once(project):
    project.module("deadly", DEADLY)
    project.table('ops = ["mynet.deadly", "mynet.layers:square"]')
    result = project.spawn(*SOME, "-n", "2", "-rs", "--gradcheck-save", "run.json")
    result.assert_outcomes(passed=3, failed=1, skipped=2)
    assert (project.path / "deaths").read_text() in ("x", "xx")  # once more in a new worker
    result.stdout.fnmatch_lines(
        [
            "1 of 2 ops fails: deadly (crashed). The run is incomplete.",
            "SKIPPED*inconclusive: the code under test crashed",
        ]
    )
    deadly, square = Run.from_json((project.path / "run.json").read_text()).results
    assert [(v.law, v.status) for v in deadly.verdicts] == [
        ("contract", "inconclusive"),
        ("value", "inconclusive"),
        ("gradient", "crashed"),
    ]
    assert square.status == "passed"


def test_a_test_that_ends_its_process_is_told_too(project):
    project.table()
    deadly = "Op('deadly', lambda x: __import__('ctypes').CDLL(None)._exit(3), backward, inputs={'x': Array('N')})"
    project.tests(f"def test_deadly(gradcheck):\n    gradcheck({deadly})\n\ndef test_plain():\n    pass\n")
    result = project.spawn("-n", "1")
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines("1 of 1 op fails: deadly in tests/test_own.py::test_deadly (crashed). *")


def test_a_missing_op_fails_the_session_there_too(project):
    project.run("--gradcheck-save", "run.json", "--gradcheck-only", "gradient")
    project.table('ops = ["mynet.layers:square"]')
    result = project.spawn("-n", "2", "--gradcheck-against", "run.json", "--gradcheck-only", "gradient")
    result.assert_outcomes(passed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_a_wrong_marker_is_an_error_there_too(project):
    project.tests("@pytest.mark.gradcheck(exmples=3)\ndef test_one(gradcheck):\n    pass\n")
    result = project.spawn("-n", "2")
    result.stdout.fnmatch_lines("*pytest.mark.gradcheck: there is no argument 'exmples'*")


RENAMED = {
    "_split_scope": "del LoadScopeScheduling._split_scope",
    "assigned_work": """
def start(self, *args, begin=LoadScopeScheduling.__init__):
    begin(self, *args)
    self.assigned_units = self.__dict__.pop("assigned_work")

LoadScopeScheduling.__init__ = start
""",
}
"""What a release of xdist does that calls an inside otherwise."""


@pytest.mark.parametrize("name", RENAMED)
def test_where_xdist_schedules_otherwise_it_hands_out_the_tests_in_its_own_way_and_that_is_told(project, name):
    project.file("conftest.py", f"from xdist.scheduler import LoadScopeScheduling\n{RENAMED[name]}")
    result = project.spawn(*CHEAP, "-n", "2")
    result.assert_outcomes(passed=4)
    told = f"PrivateInterfaceWarning: pytest-xdist 3* has no xdist.scheduler.LoadScopeScheduling.{name} as expected*"
    result.stderr.fnmatch_lines(f"*{told}")


def test_where_xdist_schedules_as_expected_nothing_is_told(project):
    result = project.spawn(*CHEAP, "-n", "2")
    result.assert_outcomes(passed=4)
    assert "PrivateInterfaceWarning" not in result.stdout.str() + result.stderr.str()
