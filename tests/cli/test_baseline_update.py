"""The commands baseline update and baseline show: what is written, what stays, and what is told."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from gradcheck.cli.commands import main
from gradcheck.records.baseline_file import read_baseline_text

SQUARE = """
def forward(x: "N D"):
    return x * x, x


def backward(dy, x):
    return FACTOR * dy * x
"""
SETTINGS = """[tool.gradcheck]
ops = ["square.py", "double.py"]
laws = ["contract"]
examples = 5
jobs = 1
against = "baseline.toml"
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A project of two ops, whose settings name a baseline that is not there."""
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text(SETTINGS)
    write("square.py", "2")
    write("double.py", "2")
    return tmp_path


def write(file, factor):
    """An op whose gradient is right where the factor is 2."""
    Path(file).write_text(SQUARE.replace("FACTOR", factor))


def call(*args):
    return CliRunner().invoke(main, list(map(str, args)))


def update(*args):
    return call("baseline", "update", *args)


def read(file="baseline.toml"):
    """The lines of each op in a baseline."""
    head, *ops = Path(file).read_text().split("\n[ops.")
    return head, {op.partition("]")[0]: op for op in ops}


@pytest.mark.slow
def test_a_baseline_is_made_and_the_next_check_holds_by_it():
    missing = call("check")
    assert (missing.exit_code, "gradcheck baseline update" in missing.stderr) == (2, True)
    done = update()
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == ("2 ops checked on 10 cases: all hold.\nwritten to baseline.toml: 8 errors of 2 ops\n")
    assert [*read()[1]] == ["double", "square"]
    text = Path("baseline.toml").read_text()
    assert update().exit_code == 0
    assert Path("baseline.toml").read_text() == text
    assert call("check").stdout.startswith("2 ops checked on 10 cases: all hold. Beside the baseline: 2 same.\n")


@pytest.mark.slow
def test_one_op_is_renewed_and_the_lines_of_the_others_stay_byte_for_byte():
    update()
    head, before = read()
    write("square.py", "2.0001")
    write("double.py", "2.0001")
    done = update("--only", "square")
    assert (done.exit_code, done.stdout.splitlines()[1]) == (0, "Beside the baseline: 1 regressed.")
    assert done.stdout.endswith("\nwritten to baseline.toml: 4 errors of 1 op\n")
    assert (read()[0], read()[1]["double"]) == (head, before["double"])
    assert '"x, autodiff" = 5.00e-05\n' in read()[1]["square"]


@pytest.mark.slow
def test_an_op_that_is_renewed_with_other_versions_says_so_itself():
    update()
    text = Path("baseline.toml").read_text()
    Path("baseline.toml").write_text(text.replace('gradcheck = "', 'gradcheck = "0.0.'))
    update("--only", "square")
    assert '\nenvironment = { gradcheck = "' in read()[1]["square"]
    assert "environment" not in read()[1]["double"]
    assert "the baseline was measured with gradcheck 0.0." in call("check").stdout
    assert "was measured with" not in call("check", "--op", "square").stdout
    update()
    assert Path("baseline.toml").read_text() == text


@pytest.mark.slow
def test_an_op_that_fails_keeps_its_lines_and_is_told():
    update()
    before = Path("baseline.toml").read_text()
    Path("pyproject.toml").write_text(SETTINGS.replace('"contract"', '"gradient"'))
    write("square.py", "3")
    done = update()
    assert (done.exit_code, done.stderr) == (1, "gradcheck: square is not written, since it fails\n")
    assert done.stdout.startswith("1 of 2 ops fails: square (gradient of x).\n")
    assert "Beside the baseline: 1 failing, 1 same.\n" in done.stdout
    assert Path("baseline.toml").read_text() == before


@pytest.mark.slow
def test_ops_that_are_not_checked_stay_unless_they_are_dropped():
    update()
    done = update("baseline.toml", "square.py")
    assert "  gone: double (in the baseline alone; its lines stay)\n" in done.stdout
    assert [*read()[1]] == ["double", "square"]
    done = update("baseline.toml", "square.py", "--drop")
    assert "  gone: double (in the baseline alone; dropped)\n" in done.stdout
    assert [*read()[1]] == ["square"]
    assert "  new: double (not in the baseline; written)\n" in update().stdout


@pytest.mark.slow
def test_what_is_not_examined_to_the_end_changes_nothing():
    update()
    before = Path("baseline.toml").read_text()
    sleeping = SQUARE.replace("    return x * x", "    import time\n    time.sleep(1)\n    return x * x")
    Path("square.py").write_text(sleeping.replace("FACTOR", "2"))
    done = update("--timeout", "0.5")
    assert (done.exit_code, Path("baseline.toml").read_text()) == (3, before)
    assert "baseline.toml stays as it was: not all was examined to the end\n" in done.stderr


@pytest.mark.slow
def test_errors_are_taken_from_a_saved_run():
    assert call("check", "--save", "run.json").exit_code == 0
    update()
    done = update("other.toml", "--from", "run.json")
    assert (done.exit_code, done.stdout) == (0, "written to other.toml: 8 errors of 2 ops\n")
    assert Path("other.toml").read_bytes() == Path("baseline.toml").read_bytes()
    update("other.toml", "--from", "run.json", "--only", "square")
    assert Path("other.toml").read_bytes() == Path("baseline.toml").read_bytes()
    text = Path("run.json").read_text()
    Path("run.json").write_text(text.replace('"complete": true', '"complete": false'))
    done = update("other.toml", "--from", "run.json")
    assert (done.exit_code, "run.json: this run is not complete" in done.stderr) == (2, True)


@pytest.mark.slow
def test_another_seed_needs_a_whole_renewal():
    update()
    for args in (["--only", "square"], ["baseline.toml", "square.py"]):
        done = update(*args, "--seed", 3)
        assert (done.exit_code, "made with seed 0, and this run with 3" in done.stderr) == (2, True)
    assert update("--seed", 3).exit_code == 0
    assert read_baseline_text(Path("baseline.toml").read_text()).seed == 3


@pytest.mark.slow
@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["check", "--seed", 3], "the baseline was made with seed 0, and this run with 3"),
        (["check", "other.py", "--allow-new", "--allow-missing"], "the baseline was made on another set of ops"),
        (["check", "square.py"], "square was measured on different cases: its declaration"),
    ],
    ids=["seed", "op set", "corpus"],
)
@pytest.mark.parametrize("baseline", ["baseline.toml", "run.json"])
def test_a_baseline_of_another_seed_op_set_or_corpus_is_not_comparable_and_exits_2(baseline, args, words):
    call("check", "square.py", "--save", "run.json")
    update("baseline.toml", "square.py")
    shutil.copy("square.py", "other.py")
    if args[-1] == "square.py":
        Path("square.py").write_text(SQUARE.replace("FACTOR", "2").replace("N D", "N"))
    done = call(*args, "--against", baseline)
    assert (done.exit_code, f"gradcheck: not comparable: {words}" in done.stderr) == (2, True)


def test_a_file_that_is_no_baseline_is_not_overwritten():
    for name, text, words in (
        ("square.py", None, "square.py: this is no baseline, or it is truncated"),
        ("run.json", "{}", "run.json: this is the name of a saved run"),
    ):
        if text:
            Path(name).write_text(text)
        before = Path(name).read_text()
        done = update(name)
        assert (done.exit_code, words in done.stderr, Path(name).read_text()) == (2, True, before)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--only", "square", "--drop"], "--only some of it; leave one of them out"),
        (["--from", "run.json", "--seed", "3"], "checks nothing; leave out seed"),
        (["none/baseline.toml"], "there is no folder none"),
        (["--only", "sqare"], "there is no op 'sqare'; did you mean 'square'?"),
    ],
)
def test_what_cannot_be_done_is_one_line(args, words):
    done = update(*args)
    assert (done.exit_code, done.stdout, words in done.stderr) == (2, "", True)
    assert not Path("baseline.toml").exists()


def test_without_a_file_and_settings_it_is_asked_for():
    Path("pyproject.toml").write_text("")
    done = update()
    assert (done.exit_code, "which baseline?  Name its file, or set against" in done.stderr) == (2, True)


BASELINE = """schema = "gradcheck-baseline/1"
seed = 0

[environment]
numpy = "2.4.6"

[ops.sin]
cases = "c0ffee"
"x, autodiff" = 1.00e-16
"""


def test_a_baseline_is_shown_as_a_table():
    Path("baseline.toml").write_text(BASELINE)
    done = call("baseline", "show")
    assert (done.exit_code, done.stdout) == (
        0,
        "1 error of 1 op; seed 0; numpy 2.4.6\n\n"
        "op    gradient and witness    error\n"
        "----  ----------------------  --------\n"
        "sin   x, autodiff             1.00e-16\n",
    )
    assert "| sin  | x, autodiff            | 1.00e-16 |" in call("baseline", "show", "--format", "markdown").stdout
    done = call("baseline", "show", "--op", "cos")
    assert (done.exit_code, "there is no op 'cos'" in done.stderr) == (2, True)


def test_an_edited_baseline_is_refused():
    Path("baseline.toml").write_text(BASELINE.replace("1.00e-16", "nan"))
    for command in (
        ("check",),
        ("baseline", "show"),
        ("baseline", "update"),
        ("compare", *["baseline.toml"] * 2),
    ):
        done = call(*command)
        assert (done.exit_code, "x, autodiff of sin is nan, which no measurement gives" in done.stderr) == (2, True)
