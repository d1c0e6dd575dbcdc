"""The command vectors: golden vectors verified, made, and heard on somebody's op."""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

import gradcheck
from gradcheck.cli import vectors_run
from gradcheck.cli.commands import main
from gradcheck.declaration.shape import DeclarationError
from gradcheck.discovery.library import load_library_ops
from gradcheck.running.session import UsageError
from tests.running.test_tasks import Channel
from tests.vector_copies import FAULTS, LIBRARY, STORED, forget_copy, use_copy

NAMES = ("exp", "negate", "sin")
SOURCES = Path(gradcheck.__file__).parent

SOFTMAX = """
import numpy as np


def softmax_forward(x: "*S C"):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    y = e / e.sum(axis=-1, keepdims=True)
    return y, y


def softmax_backward(dy, y):
    return y * (dy - (dy * y).sum(axis=-1, keepdims=True))
"""
FILES = {
    "right": SOFTMAX,
    "wrong": SOFTMAX.replace("return y *", "return 1.000001 * y *"),
    "naive": SOFTMAX.replace(" - x.max(axis=-1, keepdims=True)", ""),
    "other": """
def softmax_forward(x: "N C", t: "N C"):
    return x * t, (x, t)


def softmax_backward(dy, cache):
    x, t = cache
    return dy * t, dy * x
""",
    "several": f"{SOFTMAX}\n\ndef gelu_forward(x):\n    return x, x\n\n\ndef gelu_backward(dy, x):\n    return dy\n",
    "strange": SOFTMAX.replace("softmax", "silu") + SOFTMAX.replace("softmax", "mish"),
    "elu": """
import numpy as np


def elu_forward(x: "*S"):
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0))), x


def elu_backward(dy, x):
    return dy * np.where(x > 0, 1, np.exp(np.minimum(x, 0)))
""",
}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder with files of ops, with nothing above it that sets anything."""
    work = tmp_path / "work"
    work.mkdir()
    (work / "pyproject.toml").write_text("")
    for name, source in FILES.items():
        (work / f"{name}.py").write_text(source)
    monkeypatch.chdir(work)
    monkeypatch.delenv("COLUMNS", raising=False)
    return work


def call(*args):
    """The command in this process."""
    return CliRunner().invoke(main, ["vectors", *map(str, args)])


def refused(done, *words):
    """Whether this was refused as bad usage, in one line that holds these words."""
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("gradcheck: ")
    assert done.stderr.count("\n") == 1
    assert [word for word in words if word not in done.stderr] == []


# the library


class SupervisorHere:
    """Runs tasks in this process, where the library and the folder of its vectors may be others.  most: how many tasks
    it runs before Ctrl-C is pressed."""

    most = 100

    def run_tasks(self, tasks, report_cases, report_end):
        ends = {}
        for task in tasks[: self.most]:
            forget_copy()
            report_cases(task, 0)
            ends[task] = task.run(Channel())
            report_end(task)
        return ends, len(tasks) > self.most


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A library of three ops, and a folder with their vectors."""
    pytest.importorskip("flint")
    use_library(monkeypatch, *(LIBRARY[name] for name in NAMES))
    yield use_copy(tmp_path, monkeypatch, NAMES)
    forget_copy()


def use_library(monkeypatch, *ops, supervisor=SupervisorHere):
    """Let the command see these ops alone."""

    @contextmanager
    def open_supervisor(jobs):
        yield supervisor()

    monkeypatch.setattr("gradcheck.running.supervisor.open_supervisor", open_supervisor)
    monkeypatch.setattr("gradcheck.discovery.library.load_library_ops", lambda: ops)


def read_all(folder):
    """The bytes of every file of a folder, and when it was written."""
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}


@pytest.mark.slow
def test_vectors_that_agree_exit_0_with_the_answer_and_a_table_of_digits(copy):
    before = read_all(copy)
    done = call()
    assert (done.exit_code, done.stderr) == (0, "")
    answer, _, headings, _, *rows = done.stdout.splitlines()
    assert answer == "3 ops, 33 golden vectors: all agree."
    assert headings.split("  ")[0] == "op"
    assert [row.split()[0] for row in rows[:6]] == ["exp", "exp", "negate", "negate", "sin", "sin"]
    assert "\nNotes\n  digits: " in done.stdout
    assert read_all(copy) == before


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_exits_1_with_op_and_place_until_it_is_mended(copy, fault):
    spoil, words = FAULTS[fault]
    spoil(copy / "sin.json")
    before = read_all(copy)
    done = call("--op", "sin")
    assert (done.exit_code, done.stdout.split(": ")[1].splitlines()[0]) == (1, "sin does not agree.")
    assert f"\nsin: {words}" in done.stdout
    assert "`gradcheck vectors --write --op sin` stores" in " ".join(done.stdout.split())
    assert read_all(copy) == before
    done = call("--op", "sin", "--write", "-q")
    assert (done.exit_code, done.stdout) == (0, "1 op, 11 golden vectors: all agree. Written: sin.\n")
    assert (copy / "sin.json").read_bytes() == (STORED / "sin.json").read_bytes()


@pytest.mark.slow
def test_write_mends_what_is_wrong_and_leaves_the_rest(copy):
    before = read_all(copy)
    FAULTS["a digit of an output"][0](copy / "exp.json")
    (copy / "sin.json").unlink()
    (copy / "README.md").write_text((copy / "README.md").read_text() + "one more line\n")
    done = call("--write", "-q")
    assert (done.exit_code, done.stdout) == (0, "3 ops, 33 golden vectors: all agree. Written: exp, sin.\n")
    after = read_all(copy)
    assert {name: text for name, (text, _) in after.items()} == {name: text for name, (text, _) in before.items()}
    assert after["negate.json"] == before["negate.json"]
    assert call("-q").exit_code == 0


@pytest.mark.slow
def test_write_all_stores_all_again(copy):
    before = read_all(copy)
    done = call("--write", "--all", "-q")
    assert (done.exit_code, done.stdout) == (0, "3 ops, 33 golden vectors: all agree. Written: exp, negate, sin.\n")
    after = read_all(copy)
    assert all(after[name][0] == text for name, (text, _) in before.items())
    assert [name for name in sorted(before) if after[name][1] != before[name][1]] == [f"{name}.json" for name in NAMES]


@pytest.mark.slow
def test_an_op_that_is_off_by_1e_12_exits_1(copy, monkeypatch):
    sin = LIBRARY["sin"]
    wrong = sin.implemented_by(sin.forward, lambda dy, cache: sin.backward(dy, cache) * (1 + 1e-12))
    use_library(monkeypatch, LIBRARY["exp"], wrong)
    done = call("-q", "--op", "sin")
    assert done.exit_code == 1
    answer, problem = done.stdout.splitlines()
    assert answer == "1 op, 11 golden vectors: sin does not agree."
    assert problem.startswith("sin: gradient of x is ")


@pytest.mark.slow
def test_ctrl_c_gives_what_was_found_and_130(copy, monkeypatch):
    class Interrupted(SupervisorHere):
        most = 1

    use_library(monkeypatch, *(LIBRARY[name] for name in NAMES), supervisor=Interrupted)
    (copy / "README.md").unlink()
    done = call("-q")
    told = "1 op, 11 golden vectors: all agree. The run is incomplete: 2 ops were not compared.\n"
    assert (done.exit_code, done.stdout) == (130, told)


@pytest.mark.slow
def test_the_report_goes_to_a_file_in_markdown(copy):
    done = call("--op", "sin", "--format", "markdown", "-o", "report.md")
    assert (done.exit_code, done.stdout) == (0, "")
    assert Path("report.md").read_text().startswith("# gradcheck\n\n**1 op, 11 golden vectors: all agree.**\n\n| op ")


# the table in the README


def test_a_table_that_is_not_that_of_the_vectors_is_told_and_written(copy):
    readme = copy / "README.md"
    right = readme.read_text()
    assert vectors_run.update_index(NAMES, write=False) == []
    readme.write_text(right.replace("| 11 |", "| 12 |", 1))
    (told,) = vectors_run.update_index(NAMES, write=False)
    assert told == f"{readme}: the table is not that of the vectors; `gradcheck vectors --write` writes it"
    assert vectors_run.update_index(NAMES, write=True) == []
    assert readme.read_text() == right


def test_a_readme_that_cannot_be_read_or_has_no_place_for_the_table_is_told(copy):
    readme = copy / "README.md"
    readme.write_text("words\n")
    assert vectors_run.update_index(NAMES, write=True)[0].startswith(f"{readme}: there is no line ")
    readme.unlink()
    assert vectors_run.update_index(NAMES, write=True) == [f"{readme}: cannot be read: No such file or directory"]


def test_where_a_file_is_broken_or_missing_the_table_is_not_told_of(copy):
    (copy / "README.md").write_text("words\n")
    (copy / "sin.json").write_text("{")
    assert vectors_run.update_index(NAMES, write=True) == []
    (copy / "sin.json").unlink()
    assert vectors_run.update_index(NAMES, write=True) == []


def test_a_file_of_no_op_is_to_be_deleted(copy):
    assert vectors_run.list_strays(NAMES) == []
    shutil.copyfile(copy / "sin.json", copy / "sine.json")
    assert vectors_run.list_strays(NAMES) == [f"{copy / 'sine.json'}: there is no op 'sine'; delete the file"]


# refused


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--all"], ["--all", "give --write as well"]),
        (["--format", "json"], ["no json of this report", "text or markdown"]),
        (["--format", "htm"], ["htm", "text, "]),
        (["--strict"], ["--strict is for the op of a FILE"]),
        (["--timeout", "3"], ["--timeout is for the op of a FILE"]),
        (["--fail-on", "warning"], ["--fail-on is for the op of a FILE"]),
        (["-v"], ["--verbose is for the op of a FILE"]),
        (["--op", "sinn"], ["no op 'sinn'", "did you mean 'sin'?"]),
        (["-o", "none/report.txt"], ["no folder none"]),
        (["right.py"], ["right.py is checked as one op of the library", "--op softmax"]),
        (["right.py", "--op", "softmax", "--op", "relu"], ["as one op"]),
        (["right.py", "--op", "softmx"], ["no op 'softmx'", "did you mean 'softmax'?"]),
        (["right.py", "--op", "softmax", "--write"], ["--write and --all are for", "leave FILE out"]),
        (["right.py", "--op", "softmax", "--all"], ["--write and --all are for", "leave FILE out"]),
        (["right.py", "--op", "elu("], ["elu(", "write the name of an op of the library"]),
        (["none.py", "--op", "softmax"], ["none.py", "no such file"]),
        (
            ["strange.py", "--op", "softmax"],
            ["'softmax'", "FILE:OP, of strange.py:silu, strange.py:mish"],
        ),
        (["elu.py", "--op", "elu(beta=1)"], ["elu has no setting 'beta'; its settings are alpha"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_done_is_refused_in_one_line(args, words):
    refused(call(*args), *words)


@pytest.mark.slow
def test_without_python_flint_the_library_is_refused_with_what_to_install(monkeypatch):
    monkeypatch.setattr(vectors_run, "find_spec", lambda name: None)
    refused(call("--op", "sin"), "python-flint", "pip install 'gradcheck[vectors]'")
    assert call("right.py", "--op", "softmax", "-q").exit_code == 0


def test_where_vectors_cannot_be_stored_nothing_is_made(tmp_path, monkeypatch):
    pytest.importorskip("flint")
    monkeypatch.setattr("gradcheck.records.golden_vectors.PACKAGE", tmp_path / "none")
    refused(call("--op", "sin", "--write"), "README.md: cannot be written: there is no folder")


def test_a_request_for_a_file_hears_the_laws_on_values_and_gradients_alone():
    options = {"jobs": 1, "timeout": None, "fail_on": None, "strict": False, "form": "text", "output": ()}
    options |= {"quiet": False, "verbose": False}
    request = vectors_run.request_check_on_vectors("a.py", ("elu(alpha=1.0)",), False, options)
    assert (request.laws, request.examples, request.same_as) == (("value", "gradient"), 0, "elu(alpha=1.0)")
    with pytest.raises(DeclarationError):
        vectors_run.request_check_on_vectors("a.py", ("1 +",), False, options)
    with pytest.raises(UsageError):
        vectors_run.request_check_on_vectors("a.py", (), False, options)


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ({"internal_error": "TypeError: x"}, "sin: internal error: TypeError: x; a fault of gradcheck"),
        ({"error": "sin.json: cannot be written: why"}, "sin: sin.json: cannot be written: why"),
        ({"stopped": "stopped after 9 seconds"}, "sin: stopped after 9 seconds"),
    ],
)
def test_a_task_without_an_answer_is_a_problem_of_its_op(end, words):
    (problem,) = vectors_run.read_answer("sin", end).problems
    assert problem.startswith(words)


# the op of a file


@pytest.mark.parametrize(
    ("args", "code", "answer"),
    [
        (["right.py"], 0, "1 op checked on 11 cases: it holds."),
        (["wrong.py"], 1, "1 of 1 op fails: softmax (gradient of x)."),
        (["naive.py"], 0, "1 op checked on 11 cases: it holds, with warnings: softmax (value of y)."),
        (["naive.py", "--strict"], 1, "1 op checked on 11 cases: it holds, with warnings: softmax (value of y)."),
        (["several.py"], 0, "1 op checked on 11 cases: it holds."),
        (["several.py:gelu"], 1, "1 of 1 op fails: gelu (value of y)."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
@pytest.mark.slow
def test_a_file_is_checked_on_the_vectors(args, code, answer):
    done = call(*args, "--op", "softmax", "-q")
    assert (done.exit_code, done.stdout.splitlines()[0]) == (code, answer)


@pytest.mark.slow
def test_a_finding_says_what_its_vector_probes():
    done = call("naive.py", "--op", "softmax")
    assert "overflow-beyond" in done.stdout
    assert "The formula as written overflows in float64" in " ".join(done.stdout.split())
    assert "witnesses: golden vectors 1\n" in done.stdout


@pytest.mark.parametrize(
    ("file", "op", "reason"),
    [
        ("other.py", "softmax", "softmax of the library takes x, and softmax takes x, t; take the same"),
        ("elu.py", "elu", "elu has no setting alpha; name the value that it has: elu(alpha=…)"),
        ("elu.py", "elu(alpha=3.0)", "they have another alpha, such as 1.0"),
    ],
)
def test_where_no_vector_fits_that_is_told_with_what_to_write(file, op, reason):
    done = call(file, "--op", op, "-q")
    assert done.exit_code == 3
    assert "nothing was examined" in done.stdout
    assert reason in done.stdout


@pytest.mark.slow
def test_a_setting_that_the_op_has_fixed_is_named():
    done = call("elu.py", "--op", "elu(alpha=1.0)")
    assert done.exit_code == 0
    assert "golden vectors of elu left out: they have another alpha" in " ".join(done.stdout.split())


# as a user runs it: a process, and a copy of the package

GRADCHECK = [sys.executable, "-c", "from gradcheck.cli import main; main()", "vectors"]


@pytest.mark.slow
def test_workers_mend_the_vectors_of_the_package_that_they_are_of(tmp_path):
    pytest.importorskip("flint")
    copy = tmp_path / "package"
    shutil.copytree(SOURCES, copy / "gradcheck", ignore=shutil.ignore_patterns("__pycache__", "reference"))
    shutil.copytree(STORED, copy / "reference")
    FAULTS["an input"][0](copy / "reference" / "sin.json")
    (copy / "reference" / "exp.json").unlink()
    for options, code, answer in (
        ([], 1, "2 ops, 11 golden vectors: exp, sin do not agree."),
        (["--write"], 0, "2 ops, 22 golden vectors: all agree. Written: exp, sin."),
    ):
        command = [*GRADCHECK, "--op", "sin", "--op", "exp", "-q", "--jobs", "1", *options]
        environment = {**os.environ, "PYTHONPATH": str(copy)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout.splitlines()[0], done.stderr) == (code, answer, "")
    for name in ("sin.json", "exp.json"):
        assert (copy / "reference" / name).read_bytes() == (STORED / name).read_bytes()


def press_ctrl_c_after(words):
    """Run the command before a terminal, on the whole library, and press Ctrl-C once these words are seen.  Returns
    what was seen, what was printed, and the exit code."""
    ours, theirs = os.openpty()
    environment = {**os.environ, "TERM": "xterm"}
    command = [*GRADCHECK, "--jobs", "1"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=theirs, text=True)
    os.close(theirs)
    seen = b""
    try:
        while words.encode() not in seen and (part := os.read(ours, 4096)):
            seen += part
        process.send_signal(signal.SIGINT)
        printed, _ = process.communicate()
    finally:
        process.kill()
        os.close(ours)
    return seen.decode(), printed, process.returncode


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "openpty"), reason="the system has no terminals")
def test_who_watches_sees_progress_and_ctrl_c_keeps_what_was_found(monkeypatch):
    pytest.importorskip("flint")
    monkeypatch.delenv("CI", raising=False)
    names = [op.name for op in load_library_ops()]
    seen, printed, code = press_ctrl_c_after(f"2/{len(names)}")
    assert code == 130
    assert f"0/{len(names)}" in seen
    assert names[0] in seen
    assert "golden vectors: all agree. The run is incomplete: " in printed.splitlines()[0]
    assert f"\n{names[0]} " in printed
