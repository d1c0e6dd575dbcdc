"""gradcheck audit: what it writes and prints, the code it exits with, and what it refuses before anything is run."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from gradcheck.cli.commands import main
from gradcheck.records.audit import Audit
from tests.audit.class_files import RIGHT, SIGMOID, write_class_assignment, write_submissions
from tests.sandbox.test_opening import WITHOUT_LANDLOCK

GRADCHECK = [sys.executable, "-c", "from gradcheck.cli import main; main()"]
ENDLESS = RIGHT.replace("return dout * cache", "while True: pass\n    return dout * cache")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder with an assignment and a class of two, to work in."""
    monkeypatch.chdir(tmp_path)
    write_class_assignment(tmp_path)
    write_submissions(tmp_path / "class", anna=RIGHT, ben=SIGMOID)
    return tmp_path


def run(*args):
    """The command in this process."""
    return CliRunner().invoke(main, ["audit", *map(str, args)])


def start(*args):
    """The command in a process of its own."""
    return subprocess.Popen([*GRADCHECK, "audit", *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


REFUSED = {
    "no submissions": (["empty", "--assignment", "homework.toml"], "no submission was found"),
    "no such folder": (["clas", "--assignment", "homework.toml"], "clas: no such file or folder"),
    "nothing to read": (["homework.toml", "--assignment", "homework.toml"], "neither a folder"),
    "no folder": (["--assignment", "homework.toml"], "say where the submissions are"),
    "a name nearly right": (["class", "--assignment", "cs231n-a2"], "did you mean 'cs231n_a2'"),
    "no such file": (["class", "--assignment", "other.toml"], "other.toml: no such file; `gradcheck audit --new "),
    "neither": (["class"], "--assignment NAME or FILE.toml, or --solution FILE"),
    "both": (["class", "--assignment", "homework.toml", "--solution", "answers.py"], "one of them"),
    "a gradebook": (["class", "--assignment", "homework.toml", "--gradebook", "canvass"], "did you mean 'canvas'"),
    "an export": (
        ["class", "--assignment", "homework.toml", "--gradebook", "canvas", "--export", "none.csv"],
        "the export cannot be read",
    ),
    "an export of nothing": (["class", "--assignment", "homework.toml", "--export", "x.csv"], "--gradebook canvas"),
    "an export of others": (
        ["class", "--assignment", "homework.toml", "--unsafe", "--gradebook", "canvas", "--export", "others.csv"],
        "no row for the submission 'anna'",
    ),
    "an output": (["class", "--assignment", "homework.toml", "-o", "answers.py"], "answers.py is no folder"),
    "a solution": (["class", "--solution", "none.py"], "none.py"),
}


@pytest.mark.parametrize(("args", "told"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_audited_is_refused_in_one_line(folder, args, told):
    (folder / "empty").mkdir()
    (folder / "others.csv").write_text("Student,ID,Homework 1 (7)\nzoe,3,\n")
    done = run(*args)
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert told in done.stderr
    assert not (folder / "audit").exists()


@pytest.mark.slow
def test_a_wrong_solution_is_told_before_anybody_is_marked(folder):
    text = (folder / "answers.py").read_text()
    (folder / "answers.py").write_text(text.replace("return 2 * dout", "return dout"))
    for given in (["--assignment", "homework.toml"], ["--solution", "answers.py"]):
        done = run("class", *given, "--unsafe")
        assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        assert (
            "answers.py: a model answer is wrong, and nobody was marked by it: twice: gradient of x is" in done.stderr
        )
    assert not (folder / "audit").exists()


@pytest.mark.slow
def test_without_isolation_nothing_is_run_and_it_says_what_to_do(folder):
    code = WITHOUT_LANDLOCK + "from gradcheck.cli import main; main()"
    command = [sys.executable, "-c", code, "audit", "class", "--assignment", "homework.toml"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "confined is asked for" in done.stderr
    assert "To do:" in done.stderr
    assert not (folder / "audit").exists()


def test_the_assignments_are_listed():
    done = run("--list")
    assert done.exit_code == 0
    assert "cs231n_a2: CS231n assignment 2" in done.stdout


def test_a_template_is_written_once():
    assert (run("--new", "mine.toml").stdout, Path("mine.py").is_file()) == ("written: mine.toml\n", True)
    assert run("--new", "mine.toml").exit_code == 2


@pytest.mark.slow
def test_a_class_is_audited_whatever_its_marks(folder):
    options = ["--assignment", "homework.toml", "--examples", "4", "--unsafe", "--jobs", "1"]
    done = run("class", *options, "--gradebook", "junit")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("2 submissions, 6 functions: 4 right, 1 skipped, 1 not found.\n")
    assert {"class.html", "class.csv", "audit.json", "students"} <= {path.name for path in Path("audit").iterdir()}
    assert "anna,3,3,4,10,10," in Path("audit/class.csv").read_text()
    assert Path("audit/students/ben.html").is_file()
    audit = Path("audit/audit.json").read_bytes()
    assert Audit.from_json(audit.decode()).complete
    rows = Path("audit/results.jsonl").read_bytes()
    assert run("class", *options, "--resume").exit_code == 0
    assert (Path("audit/results.jsonl").read_bytes(), Path("audit/audit.json").read_bytes()) == (rows, audit)


@pytest.mark.slow
def test_an_interrupt_exits_130_and_leaves_the_class_as_far_as_it_came(folder):
    write_submissions(folder / "slow", anna=RIGHT, **{f"ben{i}": ENDLESS for i in range(5)})
    process = start("slow", "--assignment", "homework.toml", "--examples", "4", "--unsafe", "--jobs", "1")
    results = folder / "audit" / "results.jsonl"
    while process.poll() is None and not (results.exists() and results.read_text().endswith("\n")):
        os.sched_yield()
    process.send_signal(signal.SIGINT)
    told, _ = process.communicate()
    assert process.returncode == 130
    assert "INCOMPLETE" in told
    audit = Audit.from_json((folder / "audit" / "audit.json").read_text())
    assert (audit.complete, "anna" in {row.student for row in audit.submissions}) == (False, True)
    assert len(audit.submissions) < 6
    assert "INCOMPLETE" in (folder / "audit" / "class.html").read_text()


def test_a_cluster_that_is_not_there_is_told():
    config = pytest.importorskip("dask.config")
    with config.set({"distributed.comm.timeouts.connect": "1s"}):
        done = run("class", "--assignment", "homework.toml", "--unsafe", "--cluster", "tcp://127.0.0.1:9")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "no Dask scheduler answers at tcp://127.0.0.1:9" in done.stderr
