"""The command check: its plan, its comparison with a baseline, and the code it exits with."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from gradcheck.checking.baseline import NotComparable
from gradcheck.cli.check_run import (
    CheckRequest,
    compare_with_baseline,
    determine_exit_code,
    plan_check,
    print_comparison,
    require_comparable,
    run_check,
)
from gradcheck.records.history_file import read_history
from gradcheck.records.measured_run import MeasuredRun
from gradcheck.records.results import OpResult, Run, Verdict
from gradcheck.records.status import Status
from gradcheck.running.session import UsageError
from tests.report.example_runs import APART, BLIND, CRASHED, GOOD, IMPRECISE, WRONG, make_run

REQUEST = CheckRequest(
    targets=(),
    ops=("sin",),
    laws=("contract",),
    skip=(),
    examples=3,
    largest=None,
    seed=0,
    jobs=1,
    arbitrate="first",
    timeout=None,
    reference=None,
    fail_on=None,
    strict=False,
    save=None,
    against=None,
    allow_missing=False,
    allow_new=False,
    form=None,
    output=(),
    quiet=False,
    verbose=False,
)


def test_a_plan_is_what_was_asked_for():
    plan = plan_check(replace(REQUEST, arbitrate="all", laws=("value", "contract")))
    assert (plan.laws, plan.examples, plan.arbitrate_all, plan.measure) == (("contract", "value"), 3, True, False)


def test_errors_are_measured_where_they_are_saved_or_compared(tmp_path):
    assert plan_check(replace(REQUEST, save=tmp_path / "run.json")).measure
    assert plan_check(replace(REQUEST, against=tmp_path / "run.json")).measure


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"laws": ("valu",)}, "there is no law 'valu'"),
        ({"skip": ("contract",)}, "no law is left"),
    ],
)
def test_what_cannot_be_checked_is_refused_beforehand(asked, words):
    with pytest.raises(UsageError, match=words):
        plan_check(replace(REQUEST, **asked))


def test_where_nothing_can_be_written_nothing_is_checked(tmp_path):
    with pytest.raises(UsageError, match="there is no folder"):
        run_check(replace(REQUEST, output=(tmp_path / "none" / "report.md",)))


def test_a_run_is_saved_and_reported(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run_check(replace(REQUEST, save=tmp_path / "run.json")) == 0
    assert capsys.readouterr().out.startswith("1 op checked on 3 cases: it holds.\n")
    assert [r.op for r in Run.from_json((tmp_path / "run.json").read_text()).results] == ["sin"]
    assert run_check(replace(REQUEST, output=(tmp_path / "report.txt",), quiet=True)) == 0
    assert (tmp_path / "report.txt").read_text() == "1 op checked on 3 cases: it holds.\n"


OPEN = OpResult("abs", "user", (Verdict("abs", "kinks", Status.INCONCLUSIVE, 0, reason="none"),), complete=True)


@pytest.mark.parametrize(
    ("results", "asked", "code"),
    [
        ([GOOD], {}, 0),
        ([GOOD, WRONG], {}, 1),
        ([CRASHED], {}, 1),
        ([IMPRECISE], {}, 0),
        ([IMPRECISE], {"fail_on": "imprecise"}, 1),
        ([BLIND], {}, 3),
        ([BLIND, WRONG], {}, 1),
        ([OPEN], {}, 0),
        ([OPEN], {"strict": True}, 3),
        ([GOOD], {"regressed": True}, 1),
    ],
)
def test_the_exit_code_says_what_became_of_it(results, asked, code):
    asked = {"fail_on": None, "strict": False, "regressed": False, **asked}
    assert determine_exit_code(make_run(*results), **asked) == code


def test_an_incomplete_run_is_unsure():
    run = make_run(GOOD, complete=False)
    assert determine_exit_code(run, None, False, False) == 3
    assert determine_exit_code(run, None, True, False) == 3


def measured(corpus, *names):
    """A run in which these ops were measured."""
    results = [replace(GOOD, op=name, corpus=corpus, measured=GOOD.verdicts[0].errors) for name in names]
    return make_run(*results)


def test_of_a_baseline_the_named_ops_are_compared():
    before = MeasuredRun.of_run(measured("one", "sin", "cos"))
    assert compare_with_baseline(REQUEST, before, measured("one", "sin")).missing == ()
    assert compare_with_baseline(replace(REQUEST, ops=()), before, measured("one", "sin")).missing == ("cos",)


def test_ops_of_another_corpus_are_not_comparable():
    before = MeasuredRun.of_run(measured("one", "sin"))
    require_comparable(None)
    require_comparable(compare_with_baseline(REQUEST, before, measured("one", "sin")))
    moved = compare_with_baseline(REQUEST, before, measured("two", "sin"))
    assert moved.rows == ()
    with pytest.raises(NotComparable, match="sin was measured on different cases"):
        require_comparable(moved)


def test_a_baseline_of_another_seed_is_refused_before_anything_is_checked(tmp_path):
    (tmp_path / "run.json").write_text(measured("one", "sin").to_json())
    with pytest.raises(NotComparable, match="made with seed 0, and this run with 7"):
        run_check(replace(REQUEST, against=tmp_path / "run.json", seed=7))


def test_a_report_in_html_shows_the_trends_up_to_this_run(tmp_path):
    history, page = tmp_path / "runs.jsonl", tmp_path / "report.html"
    for runs in (1, 2):
        assert run_check(replace(REQUEST, history=history, output=(page,), jobs=1)) == 0
        assert len(read_history(history).entries) == runs
        assert f'<h2 id="trends">Trends</h2>\n<p>{runs} run' in page.read_text()


def test_regressions_are_told_with_both_figures_on_stderr(capsys):
    print_comparison(APART)
    told = capsys.readouterr()
    assert told.out == ""
    assert "gradcheck: regression: sin: x, autodiff was 1.0e-16, is 1.0e-03\n" in told.err
    assert "gradcheck: regression: sin: y, autodiff was 1.0e-09, is no longer measured\n" in told.err
    assert "z, autodiff" in told.err


# as a user runs it: a process, its exit code, its output

SQUARE = """
def forward(x: "N D"):
    return x * x, x


def backward(dy, x):
    return FACTOR * dy * x
"""
WRONG_SQUARE, RIGHT_SQUARE = SQUARE.replace("FACTOR", "1"), SQUARE.replace("FACTOR", "2")
GRADCHECK = [sys.executable, "-c", "from gradcheck.cli import main; main()"]
LIMITED = (
    "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)); from gradcheck.cli import main; main()"
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder to work in, with nothing above it that sets anything."""
    (tmp_path / "pyproject.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(*args, program=GRADCHECK, **options):
    """The command line in a process of its own."""
    return subprocess.run([*program, *map(str, args)], capture_output=True, text=True, check=False, **options)


@pytest.mark.slow
def test_a_full_disk_loses_neither_the_report_nor_the_old_baseline(folder):
    pytest.importorskip("resource")
    Path("wa.py").write_text(WRONG_SQUARE)
    Path("run.json").write_text("an older, smaller baseline")
    done = call("check", "wa.py", "-q", "--examples", 5, "--save", "run.json", program=[sys.executable, "-c", LIMITED])
    assert done.returncode == 2
    assert done.stdout.startswith("1 of 1 op fails: wa (gradient of x).\nwa: gradient of x is ")
    assert done.stderr == "gradcheck: run.json: cannot be written: File too large\n"
    assert Path("run.json").read_text() == "an older, smaller baseline"
    assert sorted(path.name for path in folder.iterdir() if path.suffix in (".json", ".new")) == ["run.json"]


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 256 kB that is full."""
    disk = tmp_path / "disk"
    disk.mkdir()
    options = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)]
    if not shutil.which("mount") or subprocess.run(options, capture_output=True, check=False).returncode:
        pytest.skip("no disk can be mounted here")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def fill_up(path):
    """Write until the disk is full."""
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(b"0" * 4096):
            pass


@pytest.mark.slow
def test_on_a_disk_that_is_full_all_is_reported_and_nothing_lost(small_disk):
    (small_disk / "wa.py").write_text(WRONG_SQUARE)
    (small_disk / "run.json").write_text("an older, smaller baseline")
    fill_up(small_disk / "fill")
    options = ("-q", "--examples", 5, "--save", "run.json", "-o", "report.txt")
    done = call("check", "wa.py", *options, cwd=small_disk)
    assert done.returncode == 2
    assert done.stdout.startswith("1 of 1 op fails: wa (gradient of x).\n")
    assert (
        "report.txt: cannot be written: No space left on device; run.json: cannot be written: No space" in done.stderr
    )
    assert "the failing case of wa is not kept: " in done.stderr
    assert (small_disk / "run.json").read_text() == "an older, smaller baseline"
    assert not (small_disk / "report.txt").exists()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_a_report_that_cannot_be_written_is_printed_and_the_run_is_saved(folder):
    Path("wa.py").write_text(WRONG_SQUARE)
    done = call("check", "wa.py", "--examples", 5, "-o", "/dev/full", "--save", "run.json")
    assert (done.returncode, done.stderr) == (2, "gradcheck: /dev/full: cannot be written: No space left on device\n")
    assert done.stdout.startswith("1 of 1 op fails: wa (gradient of x).\n")
    assert Run.from_json(Path("run.json").read_text()).results[0].status == "failed"
    with open("/dev/full", "w") as full:
        command = [*GRADCHECK, "check", "wa.py", "--examples", "5", "--save", "again.json"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "gradcheck: stdout: cannot be written: No space left on device\n")
    assert Path("again.json").exists()


@pytest.mark.slow
def test_a_report_may_go_to_a_stream_and_through_a_link(folder):
    Path("square.py").write_text(RIGHT_SQUARE)
    Path("link.json").symlink_to("run.json")
    done = call("check", "square.py", "--examples", 5, "-o", "/dev/stdout", "--save", "link.json")
    assert (done.returncode, done.stdout.split("\n")[0]) == (0, "1 op checked on 5 cases: it holds.")
    assert Path("link.json").is_symlink()
    assert Run.from_json(Path("run.json").read_text()).complete


@pytest.mark.slow
def test_a_partial_run_is_saved_beside_a_whole_one_and_says_so(folder):
    for name in "ab":
        Path(f"{name}.py").write_text(RIGHT_SQUARE)
    options = ("a.py", "b.py", "--examples", 5, "--jobs", 1, "--save", "run.json")
    assert call("check", *options).returncode == 0
    whole = Path("run.json").read_bytes()
    done = call("check", "--op", "a", *options)
    assert (done.returncode, Path("run.json").read_bytes()) == (0, whole)
    assert done.stderr == (
        "gradcheck: run.json: the earlier run is kept, for this one is partial "
        "(only some ops were asked for; it lacks b); it is saved as run.partial.json\n"
    )
    assert [result.op for result in Run.from_json(Path("run.partial.json").read_text()).results] == ["a"]


@pytest.mark.slow
def test_a_printed_command_is_quoted(folder):
    Path("my layer's.py").write_text(WRONG_SQUARE)
    done = call("check", "my layer's.py", "--examples", 10)
    (command,) = re.findall("^  replay: gradcheck (.*)$", done.stdout, re.MULTILINE)
    assert call(*shlex.split(command)).returncode == 1


HOSTILE = """
def forward(x: "N D"):
    return x * 2, None


def backward(dy, cache):
    raise ValueError(MESSAGE)
"""
ESCAPES = r"\x1b[2J\x1b]0;pwned\x07 [x](javascript:alert(1)) ![](http://evil/x.png)\n# heading\n```\nfence\u202e"


@pytest.mark.slow
@pytest.mark.parametrize("form", ["text", "markdown"])
def test_what_an_exception_says_does_nothing_to_a_terminal_or_a_page(folder, form):
    Path("hostile.py").write_text(HOSTILE.replace("MESSAGE", f'"{ESCAPES}"'))
    done = call("check", "hostile.py", "--format", form, "--examples", 5)
    assert done.returncode == 1
    assert done.stdout.replace("\n", "").isprintable()
    assert not re.search(r"^\s*(# heading|```$|fence)", done.stdout.replace("\n```\n\nReplay", ""), re.MULTILINE)
    if form == "markdown":
        assert r"\[x\](javascript:alert(1)) \!\[\](http\://evil/x.png)" in done.stdout
    else:
        assert ESCAPES in done.stdout


@pytest.mark.slow
def test_an_exception_of_megabytes_makes_a_report_of_kilobytes(folder):
    Path("long.py").write_text(HOSTILE.replace("MESSAGE", '"A" * 5_000_000'))
    done = call("check", "long.py", "--examples", 5, "--save", "run.json")
    assert done.returncode == 1
    assert len(done.stdout) < 5000
    assert "AAA… (5,000,0" in done.stdout
    assert Path("run.json").stat().st_size < 50_000


ROWS_FIRST = """
def forward(x: "N D"):
    return (x * x).sum(1), x
def backward(dy, x):
    return 2 * dy[::-1, None] * x
"""
ROWS_KEPT = """
def forward(x: "N D"):
    return (x * x).sum(1, keepdims=True), x
def backward(dy, x):
    return 2 * dy * x
"""


@pytest.mark.slow
def test_a_right_op_whose_output_has_changed_is_not_accused_by_a_kept_case(folder):
    for source, code in ((ROWS_FIRST, 1), (ROWS_KEPT, 0), (ROWS_KEPT, 0)):
        Path("layer.py").write_text(source)
        assert call("check", "layer.py", "-q", "--examples", 25).returncode == code
    assert list(Path(".gradcheck").glob("*.json"))


@pytest.mark.slow
def test_a_tampered_kept_case_is_one_message_and_the_check_goes_on(folder):
    Path("wa.py").write_text(WRONG_SQUARE)
    assert call("check", "wa.py", "-q", "--examples", 5).returncode == 1
    (file,) = Path(".gradcheck").glob("*.json")
    whole = json.loads(file.read_text())
    Path("wa.py").write_text(RIGHT_SQUARE)
    for change, is_told in (
        ({"upstream": []}, False),
        ({"upstream": whole["case"]["upstream"] * 2}, False),
        ({"inputs": {"x": {"shape": [1], "dtype": "complex128", "values": [[1, 2]]}}}, True),
        ({"inputs": {"x": {"shape": [1, 1], "dtype": "float64", "values": ["0x1p99999"]}}}, True),
    ):
        file.write_text(json.dumps({**whole, "case": {**whole["case"], **change}}))
        done = call("check", "wa.py", "-q", "--examples", 5)
        assert (done.returncode, done.stdout) == (0, "1 op checked on 5 cases: it holds.\n")
        assert len(re.findall("^gradcheck: .*: cannot be read: .*; delete it$", done.stderr, re.MULTILINE)) == is_told
        assert done.stderr.count("\n") == is_told
        replayed = call("replay", file)
        assert (replayed.returncode, "internal error" in replayed.stderr) == (2 if is_told else 0, False)


@pytest.mark.slow
def test_a_table_fits_the_columns_and_a_pipe_has_no_colour(folder):
    Path("square.py").write_text(RIGHT_SQUARE)
    narrow = call("check", "square.py", "--examples", 5, env={**os.environ, "COLUMNS": "50"})
    table = narrow.stdout.split("\n\n")[1]
    assert max(map(len, table.split("\n"))) <= 50
    assert "(left out, for 50 columns: shapes" in table
    assert "\x1b" not in narrow.stdout
