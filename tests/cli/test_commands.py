"""The command line: what each command prints, where, and the code it exits with."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from gradcheck import __version__
from gradcheck.cli.commands import main
from gradcheck.discovery.library import load_library_ops
from gradcheck.records import failing_cases
from gradcheck.records.results import OpResult, Run, Verdict
from tests.test_imports import without_coverage

needs_sigalrm = pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="the system has no SIGALRM")

HEAD = """
import os, signal
import numpy as np
from gradcheck import Array, Op
"""
SQUARE = f"""{HEAD}
square = Op("square", lambda x: (x * x, x), lambda dy, x: 2 * x * dy, lambda x: x * x, inputs={{"x": Array("*S")}})
"""
AFFINE = f"""{HEAD}
print("printed while imported")

def forward(x, w, b):
    print("printed by forward")
    return x @ w + b, (x, w)

def backward(dy, cache):
    x, w = cache
    return dy @ w.T, x.T @ dy, 0.5 * dy.sum(axis=0)

def reference(x, w, b):
    return x @ w + b

affine = Op("affine", forward, backward, reference, inputs={{"x": Array("N D"), "w": Array("D M"), "b": Array("M")}})
"""
BLIND = f"""{HEAD}
def forward(x):
    return x * np.nan, x

blind = Op("blind", forward, lambda dy, x: dy * np.nan, inputs={{"x": Array("*S")}})
"""
STOPPING = f"""{HEAD}
calls = 0

def forward(x):
    global calls
    calls += 1
    if calls > MOST:
        STOP
    return x * x, x

stopping = Op("stopping", forward, lambda dy, x: 2 * x * dy, lambda x: x * x, inputs={{"x": Array("*S")}})
"""
INTERRUPT = STOPPING.replace("MOST", "200").replace("STOP\n", "os.kill(os.getpid(), signal.SIGINT)\n")
OVERDUE = STOPPING.replace("MOST", "120").replace("STOP\n", "signal.raise_signal(signal.SIGALRM)\n")
"""An op whose time is up in the middle of its check, whatever its limit."""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """An empty folder to work in, with nothing above it that sets anything."""
    (tmp_path / "pyproject.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    for name in ("square", "affine", "blind", "interrupt", "overdue"):
        (tmp_path / f"{name}.py").write_text(globals()[name.upper()])
    return tmp_path


def call(*args):
    """The command line in this process."""
    return CliRunner().invoke(main, [str(a) for a in args])


def check(*args):
    """`gradcheck check` on a few cases."""
    return call("check", "--examples", 8, *args)


def refused(done, *words):
    """Whether this was refused as bad usage, in one line that holds these words; another may say what is imported."""
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("gradcheck: ")
    assert len([line for line in done.stderr.splitlines() if not line.endswith(".py is imported")]) == 1
    assert [word for word in words if word not in done.stderr] == []


# check: what it says and how it exits


def test_ops_that_hold_exit_0_with_the_answer_first():
    done = check("square.py")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith("1 op checked on 8 cases: it holds.\n")


def test_the_second_line_says_what_was_looked_at():
    line = check("square.py").stdout.splitlines()[1]
    assert re.fullmatch(r"Searched: axes 1 to \d+, \|x\| \S+ to \S+, 100 % of lines reached\.", line)


def test_of_each_op_it_is_said_on_request(tmp_path):
    assert check("square.py", "-v", "--save", "run.json").stdout.count("axes 1 to") == 2
    assert "\n  square: axes 1 to" in call("report", "run.json", "-v").stdout


def test_a_branch_that_no_case_ran_is_named_and_fails_under_strict(tmp_path):
    code = "def forward(x):\n    return x * x, x\n\n\ndef backward(dy, x):\n"
    (tmp_path / "rare.py").write_text(f"{code}    if x.size > 10**9: dy = 0 * dy\n    return 2 * x * dy\n")
    done = check("rare.py")
    said = "backward, line 6 (`if x.size > 10**9` was never true)"
    assert done.exit_code == 0
    assert f"it holds; not checked: {said}." in done.stdout.splitlines()[0]
    assert check("rare.py", "--strict").exit_code == 3
    assert said.replace(" (", ": ").rstrip(")") in check("rare.py", "--format", "markdown").stdout.replace("\\", "")
    assert json.loads(check("rare.py", "--format", "json").stdout)["results"][0]["not_checked"]


def test_the_elements_of_a_case_are_bounded():
    assert "axes 1 to 4," in check("square.py", "--largest", 4, "--examples", 60).stdout
    refused(check("square.py", "--largest", 0), "0 is not in the range")


@pytest.mark.slow
def test_a_wrong_gradient_exits_1_and_is_shown():
    done = check("affine.py", "square.py")
    assert done.exit_code == 1
    assert done.stdout.startswith("1 of 2 ops fails: affine (gradient of b")
    assert 'op = load("affine.py", "affine")' in done.stdout


@pytest.mark.slow
def test_the_counterexample_can_be_pasted():
    done = check("affine.py", "--law", "gradient", "--format", "markdown")
    code = done.stdout.split("```python\n")[1].split("```")[0]
    names = {}
    exec(code, names)
    assert np.any(names["db"] != names["dy"].sum(axis=0))


@pytest.mark.slow
def test_the_library_is_checked_where_there_is_no_target():
    done = check("--op", "sin", "--op", "add", "--law", "contract")
    assert (done.exit_code, done.stdout.split(":")[0]) == (0, "2 ops checked on 16 cases")


@pytest.mark.slow
def test_what_user_code_prints_never_reaches_the_data(capfd):
    done = check("affine.py", "--format", "json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["targets"] == ["affine.py"]
    printed = capfd.readouterr().err
    assert "printed while imported" in printed
    assert "printed by forward" in printed


@pytest.mark.slow
def test_json_is_the_same_byte_for_byte():
    first = check("affine.py", "--format", "json").stdout
    assert check("affine.py", "--format", "json").stdout == first
    assert check("affine.py", "--format", "json", "--seed", 1).stdout != first


@pytest.mark.slow
def test_quiet_is_the_answer_and_a_line_for_each_finding():
    done = check("affine.py", "-q", "--law", "gradient")
    answer, claim, end = done.stdout.split("\n")
    assert (answer, end) == ("1 of 1 op fails: affine (gradient of b).", "")
    assert claim.startswith("affine: gradient of b is ")


def test_output_goes_to_files_in_the_formats_of_their_suffixes():
    done = check("square.py", "-o", "report.md", "-o", "run.jsonl")
    assert (done.exit_code, done.stdout) == (0, "")
    assert Path("report.md").read_text().startswith("# gradcheck\n")
    assert Path("run.jsonl").read_text().startswith('{"record":"run",')


def test_a_format_that_is_given_is_that_of_the_one_file():
    done = check("square.py", "-o", "report.txt", "--format", "markdown")
    assert (done.exit_code, done.stdout) == (0, "")
    assert Path("report.txt").read_text().startswith("# gradcheck\n")


def test_the_schema_of_a_run_is_printed():
    done = call("report", "--schema")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["title"] == json.loads(Run((), 0, 1).to_json())["schema"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("status", "plain", "fail_on", "strict"),
    [
        ("passed", 0, 0, 0),
        ("inapplicable", 0, 0, 0),
        ("imprecise", 0, 1, 0),
        ("disputed", 0, 0, 3),
        ("inconclusive", 0, 0, 3),
        ("failed", 1, 1, 1),
        ("crashed", 1, 1, 1),
    ],
)
def test_each_status_has_its_code(monkeypatch, status, plain, fail_on, strict):
    said = OpResult("square", "user", (Verdict("square", "gradient", status, 8),), 8, 3)
    monkeypatch.setattr(
        "gradcheck.running.session.Session.check_each", lambda self, plan, found, step: ({found[0]: said}, False)
    )
    assert check("square.py").exit_code == plain
    assert check("square.py", "--fail-on", "imprecise").exit_code == fail_on
    assert check("square.py", "--strict").exit_code == strict


def test_a_gradient_that_could_not_be_examined_exits_3():
    done = check("blind.py", "--law", "gradient")
    assert (done.exit_code, done.stdout.split("\n")[0]) == (
        3,
        "1 op checked on 8 cases: none fails; inconclusive: blind (gradient).",
    )


@pytest.mark.slow
def test_a_failure_goes_before_a_blind_spot():
    assert check("blind.py", "affine.py", "--law", "gradient").exit_code == 1


def test_a_law_that_was_not_asked_is_no_blind_spot():
    assert check("blind.py", "--law", "contract").exit_code == 0


@pytest.mark.slow
def test_failing_cases_are_saved_and_tried_first():
    check("affine.py", "--law", "gradient")
    (file,) = failing_cases.FAILING_CASES_FOLDER.glob("*.json")
    case = failing_cases.load_case(file)
    once = f"(0.5 if np.array_equal(x, {case.inputs['x'].tolist()}) else 1.0) * "
    Path("affine.py").write_text(AFFINE.replace("0.5 * ", once))
    assert check("affine.py", "--law", "gradient").exit_code == 1
    file.unlink()
    assert check("affine.py", "--law", "gradient").exit_code == 0


@pytest.mark.slow
def test_a_case_saved_under_another_declaration_is_not_tried():
    check("affine.py", "--law", "gradient")
    Path("affine.py").write_text(SQUARE.replace("square", "affine"))
    assert check("affine.py").exit_code == 0


@pytest.mark.slow
def test_a_broken_failing_case_is_told_on_stderr(capfd):
    failing_cases.FAILING_CASES_FOLDER.mkdir()
    (failing_cases.FAILING_CASES_FOLDER / "square-gradient-x-00000000.json").write_text("{")
    done = check("square.py")
    assert done.exit_code == 0
    assert "square-gradient-x-00000000.json: cannot be read: this is not JSON" in capfd.readouterr().err


@pytest.mark.slow
def test_a_folder_that_cannot_be_written_is_told_on_stderr(capfd):
    failing_cases.FAILING_CASES_FOLDER.write_text("")
    done = check("affine.py", "--law", "gradient")
    assert done.exit_code == 1
    assert "gradcheck: the failing case of affine is not kept" in capfd.readouterr().err


# check: stopped before the end


@pytest.mark.slow
@needs_sigalrm
def test_an_op_that_takes_too_long_is_inconclusive():
    options = ["--jobs", 1, "--timeout", 1000, "--law", "contract", "--format", "json"]
    done = call("check", "overdue.py", "square.py", *options)
    run = Run.from_json(done.stdout)
    overdue, square = run.results
    assert (run.complete, overdue.complete, square.complete) == (False, False, True)
    assert (overdue.verdict("contract").status, square.status) == ("inconclusive", "passed")
    assert overdue.verdict("contract").reason == "stopped after 1000 seconds"
    assert 0 < overdue.cases < 100
    assert done.exit_code == 3
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


@pytest.mark.slow
@needs_sigalrm
def test_an_incomplete_run_exits_3():
    done = call("check", "overdue.py", "--timeout", 1000, "--law", "contract")
    assert done.exit_code == 3
    assert "The run is incomplete." in done.stdout


@pytest.mark.slow
def test_ctrl_c_keeps_what_was_found():
    environment = {**os.environ, "NO_COLOR": "1", "FORCE_COLOR": "1"}
    command = [sys.executable, "-c", "from gradcheck.cli import main; main()", "check", "affine.py", "interrupt.py"]
    options = ["--law", "gradient", "--jobs", "1", "--save", "run.json", "square.py"]
    done = subprocess.run([*command, *options], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 130
    assert done.stdout.startswith("1 of 2 ops fails: affine (gradient of b); inconclusive: stopping (gradient).")
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    run = Run.from_json(Path("run.json").read_text())
    assert (run.complete, [r.op for r in run.results]) == (False, ["affine", "stopping"])
    assert 0 < run.results[1].cases < 100


# check: baselines


def test_a_run_is_saved_with_its_errors_on_the_pinned_corpus():
    assert check("square.py", "--save", "run.json").exit_code == 0
    run = Run.from_json(Path("run.json").read_text())
    assert run.results[0].corpus
    assert set(map(str, run.results[0].measured)) == {
        "x, autodiff",
        "x, autodiff elementwise",
        "all, complex step",
        "all, differences",
    }


@pytest.mark.slow
def test_the_same_code_against_its_own_baseline_holds():
    check("square.py", "--save", "run.json")
    assert check("square.py", "--against", "run.json").exit_code == 0


def regressed():
    """A baseline, and the same op with a gradient that is worse than it but not wrong."""
    check("square.py", "--law", "contract", "--save", "before.json")
    Path("square.py").write_text(SQUARE.replace("2 * x * dy", "2.0001 * x * dy"))


@pytest.mark.slow
def test_a_regression_exits_1_and_is_shown():
    regressed()
    done = check("square.py", "--law", "contract", "--against", "before.json", "--save", "after.json")
    assert done.exit_code == 1
    assert "Regressions\n" in done.stdout
    done = call("compare", "before.json", "after.json")
    assert done.exit_code == 1
    assert done.stdout.startswith("4 errors compared: 4 regressed, none improved.\n")
    assert "square  x, autodiff" in done.stdout


@pytest.mark.slow
def test_a_regression_beside_json_is_told_on_stderr():
    regressed()
    done = check("square.py", "--law", "contract", "--against", "before.json", "--format", "json")
    assert done.exit_code == 1
    assert Run.from_json(done.stdout).results[0].status == "passed"
    assert "gradcheck: regression: square: x, autodiff was " in done.stderr


@pytest.mark.slow
def test_the_ops_that_are_named_are_compared_alone():
    check("square.py", "blind.py", "--law", "contract", "--save", "run.json")
    assert check("square.py", "--law", "contract", "--op", "square", "--against", "run.json").exit_code == 0
    done = check("square.py", "--law", "contract", "--against", "run.json")
    assert (done.exit_code, "in the baseline, but missing: blind" in done.stdout) == (1, True)


@pytest.mark.slow
def test_an_error_that_is_no_longer_measured_exits_1_and_is_told():
    check("square.py", "--law", "contract", "--save", "after.json")
    Path("before.json").write_text(Path("after.json").read_text().replace("x, autodiff", "x, oracle"))
    done = check("square.py", "--law", "contract", "--against", "before.json", "--format", "json")
    assert done.exit_code == 1
    assert "gradcheck: regression: square: x, oracle was " in done.stderr
    assert ", is no longer measured\n" in done.stderr
    assert "gradcheck: square: measured now, and not in the baseline: x, autodiff; " in done.stderr
    done = call("compare", "before.json", "after.json")
    assert done.exit_code == 1
    assert "; 2 no longer measured; 2 not measured before.\n" in done.stdout


@pytest.mark.slow
def test_an_error_that_is_new_exits_0_and_is_told():
    check("square.py", "--law", "contract", "--save", "before.json")
    saved = json.loads(Path("before.json").read_text())
    del saved["results"][0]["measured"]["x, autodiff"]
    Path("before.json").write_text(json.dumps(saved))
    done = check("square.py", "--law", "contract", "--against", "before.json")
    assert done.exit_code == 0
    assert "square: measured now, and not in the baseline: x, autodiff\n" in done.stdout


@pytest.mark.slow
def test_ops_that_are_missing_or_new_exit_1_unless_both_are_allowed_and_are_told():
    check("square.py", "blind.py", "--law", "contract", "--save", "before.json")
    done = check("square.py", "affine.py", "--law", "contract", "--save", "after.json", "--against", "before.json")
    said = [done.stdout]
    for allowed, code in (([], 1), (["missing"], 1), (["new"], 1), (["missing", "new"], 0)):
        compared = call("compare", "before.json", "after.json", *(f"--allow-{change}" for change in allowed))
        assert compared.exit_code == code
        answer = "4 errors compared: none regressed, none improved; 1 op no more; 1 op new.\n"
        assert compared.stdout.startswith(answer)
        said.append(compared.stdout)
    assert done.exit_code == 1
    assert all("in the baseline, but missing: blind (" in text for text in said)
    assert all("new, not in the baseline: affine (" in text for text in said)


@pytest.mark.slow
def test_settings_allow_ops_to_be_missing_and_new():
    check("square.py", "--law", "contract", "--save", "before.json")
    Path("pyproject.toml").write_text("[tool.gradcheck]\nallow-missing = true\nallow-new = true\n")
    assert check("blind.py", "--law", "contract", "--against", "before.json").exit_code == 0


@pytest.mark.slow
def test_another_environment_is_told_in_every_format():
    check("square.py", "--law", "contract", "--save", "before.json")
    saved = json.loads(Path("before.json").read_text())
    saved["environment"]["numpy"] = "1.0"
    Path("before.json").write_text(json.dumps(saved))
    said = f"the baseline was measured with numpy 1.0, now {np.__version__}"
    done = check("square.py", "--law", "contract", "--against", "before.json")
    assert (done.exit_code, said in done.stdout) == (0, True)
    done = check("square.py", "--law", "contract", "--against", "before.json", "--format", "json")
    assert (done.exit_code, done.stderr) == (0, f"gradcheck: {said}\n")


@pytest.mark.slow
@pytest.mark.parametrize("error", ["nan", 1e300, -1e-16])
def test_an_edited_baseline_is_refused_before_anything_is_checked(error):
    check("square.py", "--law", "contract", "--save", "before.json")
    saved = json.loads(Path("before.json").read_text())
    saved["results"][0]["measured"]["x, autodiff"] = error
    Path("before.json").write_text(json.dumps(saved))
    refused(check("square.py", "--against", "before.json"), "before.json: x, autodiff of square is ", "save a new")
    refused(call("compare", "before.json", "before.json"), "before.json: x, autodiff of square is ")


SOFTPLUS = f"""{HEAD}
def sigmoid(x):
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, e) / (1 + e)

def softplus_forward(x: "N D"):
    return np.logaddexp(0, x), x

def softplus_backward(dy, x):
    return dy * sigmoid(x)
"""


@pytest.mark.slow
@pytest.mark.parametrize("law", ["contract", "gradient"])
def test_a_gradient_that_loses_its_digits_in_the_tails_is_a_regression(law):
    Path("soft.py").write_text(SOFTPLUS)
    options = ("soft.py", "--law", law, "--examples", 25)
    assert call("check", *options, "--save", "before.json").exit_code == 0
    assert call("check", *options, "--against", "before.json").exit_code == 0
    Path("soft.py").write_text(SOFTPLUS.replace("dy * sigmoid(x)", "dy * (1 - 1 / (1 + np.exp(x)))"))
    done = call("check", *options, "--against", "before.json")
    assert done.exit_code == 1
    assert "x, autodiff elementwise" in done.stdout.split("Regressions")[1]


# check: refused


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["check", "--op", "sinn"], ["no op 'sinn'", "did you mean 'sin'?"]),
        (["check", "--law", "gradeint"], ["no law 'gradeint'", "did you mean 'gradient'?", "contract"]),
        (["check", "none.py"], ["none.py"]),
        (["check", "no_such_module"], ["no_such_module"]),
        (["check", "--jobs", "0"], ["--jobs"]),
        (["check", "--format", "rst"], ["rst", "text", "markdown", "json"]),
        (["check", "-o", "report.rst"], ["report.rst", ".txt (text), .md (markdown)"]),
        (["report", "run.json", "-o", "report.rst"], ["run.json", "No such file"]),
        (["check", "--examples", "0"], ["--examples"]),
        (["check", "--timeout", "0"], ["--timeout"]),
        (["check", "--fail-on", "everything"], ["everything", "imprecise"]),
        (["check", "-o", "none/report.txt"], ["none/report.txt", "no folder none"]),
        (["check", "--save", "."], [".: cannot be written: it is a folder"]),
        (["check", "--against", "none.json"], ["none.json", "No such file"]),
        (["check", "--against", "square.py"], ["square.py: this is not JSON"]),
        (["report", "none.json"], ["none.json", "No such file"]),
        (["replay", "none.json"], ["none.json", "No such file"]),
        (["compare", "pyproject.toml", "none.json"], ["pyproject.toml: this is not JSON"]),
        (["chek"], ["chek"]),
    ],
    ids=" ".join,
)
def test_what_cannot_be_done_is_refused_in_one_line(args, words):
    refused(call(*args), *words)


def test_a_broken_declaration_is_refused():
    Path("square.py").write_text(SQUARE.replace('Array("*S")', 'Array("N-")'))
    refused(check("square.py"), "N-")


def test_ops_of_one_name_are_named_with_their_targets():
    Path("again.py").write_text(SQUARE)
    done = check("square.py", "again.py", "--law", "contract")
    assert done.exit_code == 0
    assert [line.split()[0] for line in done.stdout.splitlines()[5:7]] == ["square.py:square", "again.py:square"]


def test_a_target_given_twice_is_checked_once():
    assert check("square.py", "square.py", "--law", "contract").exit_code == 0


def test_a_target_that_raises_is_refused_and_debug_shows_where():
    Path("raises.py").write_text("1 / 0\n")
    refused(check("raises.py"), "raises.py", "ZeroDivisionError")
    done = check("raises.py", "--debug")
    assert done.exit_code == 2
    assert "Traceback" in done.stderr


def test_a_fault_of_our_own_is_told_as_one(monkeypatch):
    monkeypatch.setattr("gradcheck.running.session.Session.check_ops", lambda *args, **said: {}["lost"])
    refused(check("square.py"), "internal error: KeyError: 'lost'", "--debug")
    assert "Traceback" in check("square.py", "--debug").stderr


# settings


def configured(*lines, folder="."):
    """A pyproject.toml with these lines in its table."""
    Path(folder, "pyproject.toml").write_text("\n".join(["[tool.gradcheck]", *lines]))


def test_settings_are_the_defaults_and_options_override_them():
    configured('ops = ["affine.py"]', "examples = 9", "seed = 4", "jobs = 1", 'laws = ["contract"]')
    run = Run.from_json(call("check", "--format", "json").stdout)
    assert (run.targets, run.examples, run.seed) == (("affine.py",), 9, 4)
    assert [v.law for v in run.results[0].verdicts] == ["contract"]
    run = Run.from_json(call("check", "square.py", "--examples", 8, "--law", "purity", "--format", "json").stdout)
    assert (run.targets, run.examples, run.seed) == (("square.py",), 8, 4)
    assert [v.law for v in run.results[0].verdicts] == ["purity"]


def test_settings_of_a_folder_above_count_and_name_files_from_there(monkeypatch):
    configured('ops = ["square.py"]', "strict = true", 'fail-on = "imprecise"', "timeout = 60.5")
    Path("below").mkdir()
    monkeypatch.chdir("below")
    done = check("--law", "contract", "--format", "json")
    assert (done.exit_code, Run.from_json(done.stdout).targets) == (0, ("../square.py",))


def laws_of(done):
    """The laws that were asked."""
    return [v.law for v in Run.from_json(done.stdout).results[0].verdicts]


def test_a_profile_stands_for_a_number_of_examples():
    configured('ops = ["square.py"]', 'laws = ["contract"]', 'profile = "quick"')
    assert Run.from_json(call("check", "--format", "json").stdout).examples == 25
    assert Run.from_json(call("check", "--format", "json", "--examples", 8).stdout).examples == 8
    configured('ops = ["square.py"]', 'laws = ["contract"]', 'profile = "thorough"', "examples = 9")
    assert Run.from_json(call("check", "--format", "json").stdout).examples == 9


def test_laws_are_skipped_unless_an_option_asks_them():
    configured('ops = ["square.py"]', 'laws = ["contract", "value", "purity"]', 'skip = ["value"]')
    assert laws_of(check("--format", "json")) == ["contract", "purity"]
    assert laws_of(check("--format", "json", "--law", "value")) == ["value"]


@pytest.mark.slow
def test_the_settings_name_a_baseline_from_their_own_folder(monkeypatch):
    regressed()
    Path("below").mkdir()
    configured('ops = ["square.py"]', 'laws = ["contract"]', 'against = "before.json"')
    monkeypatch.chdir("below")
    assert check().exit_code == 1


@pytest.mark.slow
def test_who_saves_a_run_does_not_ask_for_the_baseline_of_the_settings():
    configured('ops = ["square.py"]', 'laws = ["contract"]', 'against = "run.json"')
    refused(check(), "run.json", "No such file")
    assert check("--save", "run.json").exit_code == 0
    assert check().exit_code == 0


def test_all_cases_can_be_arbitrated_and_what_xla_compiles_is_kept():
    configured('ops = ["square.py"]')
    assert check("--arbitrate", "all", "--examples", "4").exit_code == 0
    assert Path(".gradcheck/xla").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("there_are", "lines", "options", "jobs"),
    [
        (2, [], [], [2]),
        (2, ["jobs = 3"], [], [3]),
        (2, ["jobs = 3"], ["--jobs", 2], [2]),
        (1, [], [], [1]),
        (2, [], ["--jobs", 1], [1]),
    ],
    ids=["the cores", "the settings", "the option", "one core", "one job"],
)
def test_the_number_of_processes_is_that_of(monkeypatch, there_are, lines, options, jobs):
    asked = []
    monkeypatch.setattr("gradcheck.running.supervisor.count_cores", lambda: there_are)
    monkeypatch.setattr(
        "gradcheck.running.session.Session.check_each",
        lambda self, plan, found, step: (asked.append(self.supervisor.jobs), ({}, True))[1],
    )
    configured('ops = ["square.py", "affine.py", "blind.py"]', *lines)
    check("--law", "contract", *options)
    assert asked == jobs


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("exmples = 3", ["'exmples'", "did you mean 'examples'?"]),
        ("zzz = 3", ["'zzz'", "the keys are ops, examples"]),
        ('examples = "many"', ["'examples'", "a whole number above zero"]),
        ("examples = true", ["'examples'", "a whole number above zero"]),
        ("examples = 0", ["'examples'"]),
        ("seed = -1", ["'seed'"]),
        ('ops = "square.py"', ["'ops'", "a list of targets"]),
        ("jobs = 0", ["'jobs'", "a whole number above zero"]),
        ("jobs = 1.5", ["'jobs'"]),
        ("timeout = 0", ["'timeout'"]),
        ('fail-on = "all"', ["'fail-on'"]),
        ("strict = 1", ["'strict'", "true or false"]),
        ("laws = [1]", ["'laws'"]),
        ("laws = [", ["cannot be read"]),
        ('skip = "value"', ["'skip'", "a list of names of laws"]),
        ('profile = "slow"', ["'profile'", "one of quick, default, thorough"]),
        ("against = 1", ["'against'", "the path of a saved run"]),
    ],
)
def test_settings_that_cannot_be_used_are_refused(line, words):
    configured(line)
    refused(call("check"), "pyproject.toml", *words)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('skip = ["gradeint"]', ["no law 'gradeint'", "did you mean 'gradient'?"]),
        ('laws = ["value"]\nskip = ["value"]', ["no law is left to check"]),
    ],
)
def test_laws_that_cannot_be_asked_are_refused(line, words):
    configured('ops = ["square.py"]', line)
    refused(call("check"), *words)


def test_other_commands_do_not_read_the_settings():
    configured("exmples = 3")
    assert call("laws").exit_code == 0


# replay, report, lists


@pytest.mark.slow
def test_replay_shows_a_case_in_detail_and_exits_1_while_it_fails():
    check("affine.py", "--law", "gradient")
    (file,) = failing_cases.FAILING_CASES_FOLDER.glob("*.json")
    done = call("replay", file)
    assert done.exit_code == 1
    assert done.stdout.startswith("affine: does not hold on the case that was kept for gradient of b (failed).\n")
    for part in (
        "\n  x: ",
        "\n  upstream: ",
        "\n  gradient of b: ",
        "\nlinearity",
        "witnesses: autodiff",
        "ready to paste",
    ):
        assert part in done.stdout


@pytest.mark.slow
def test_replay_exits_0_when_the_case_holds_now():
    check("affine.py", "--law", "gradient")
    (file,) = failing_cases.FAILING_CASES_FOLDER.glob("*.json")
    Path("mended.py").write_text(AFFINE.replace("0.5 * ", ""))
    done = call("replay", file, "mended.py")
    assert (done.exit_code, done.stdout.split(" on")[0]) == (0, "affine: holds now")


@pytest.mark.slow
def test_replay_refuses_a_truncated_case():
    check("affine.py", "--law", "gradient")
    (file,) = failing_cases.FAILING_CASES_FOLDER.glob("*.json")
    file.write_text(file.read_text()[:200])
    refused(call("replay", file), str(file), "truncated")


@pytest.mark.slow
def test_replay_refuses_a_case_of_another_declaration():
    check("affine.py", "--law", "gradient")
    (file,) = failing_cases.FAILING_CASES_FOLDER.glob("*.json")
    Path("other.py").write_text(SQUARE.replace('"square"', '"affine"'))
    refused(call("replay", file, "other.py"), "takes x, and the case has x, w, b")
    refused(call("replay", file, "square.py"), "no op 'affine'")


@pytest.mark.slow
@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_report_renders_a_saved_run_as_check_did(form):
    shown = check("affine.py", "--law", "gradient", "--save", "run.json", "--format", form).stdout
    done = call("report", "run.json", "--format", form)
    assert (done.exit_code, done.stdout) == (0, shown)


def test_ops_lists_the_library():
    done = call("ops")
    assert done.exit_code == 0
    assert len(done.stdout.strip().split("\n")) == len(load_library_ops()) + 2
    assert "lstm_step" in done.stdout


def test_ops_lists_exceptions_with_their_reasons():
    done = call("ops", "--exceptions")
    assert done.exit_code == 0
    for op in load_library_ops():
        for law, reason in op.exceptions.items():
            assert any({op.name, law} <= set(line.split()) and reason in line for line in done.stdout.split("\n"))
    if not any(op.exceptions for op in load_library_ops()):
        assert done.stdout == "no exceptions\n"


def test_laws_says_what_each_states_and_why():
    done = call("laws")
    assert done.exit_code == 0
    assert done.stdout.startswith("contract\n  Backward returns one gradient per input")
    assert done.stdout.count("  Why: ") == 11


def test_the_version_and_the_help():
    assert call("--version").stdout == f"gradcheck {__version__}\n"
    assert "Exit codes: 0" in call("--help").stdout
    assert "--against" in call("check", "--help").stdout
    bare = call()
    assert (bare.exit_code, bare.stdout) == (2, "")
    assert "Usage: " in bare.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("args", "absent"),
    [
        (["--help"], {"jax", "numpy", "hypothesis", "multiprocessing", "rich", "tabulate"}),
        (["--version"], {"jax", "numpy", "hypothesis", "multiprocessing", "rich", "tabulate"}),
        (["check", "--help"], {"jax", "numpy", "hypothesis", "multiprocessing", "rich", "tabulate"}),
        (["laws"], {"jax", "hypothesis", "multiprocessing", "rich"}),
        (["ops"], {"jax", "hypothesis", "multiprocessing", "rich"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_command_loads_no_more_than_it_needs(args, absent):
    code = f"""
import atexit, sys
atexit.register(lambda: print(*sys.modules, file=sys.stderr))
from gradcheck.cli import main
main({args})"""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=without_coverage(), capture_output=True, text=True, check=True)
    assert {name.partition(".")[0] for name in done.stderr.split()} & absent == set()
