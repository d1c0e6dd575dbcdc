"""action.yml: GitHub's schema accepts it, and its steps run in a shell as GitHub runs them."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.ci_schemas import find_schema_errors

ROOT = Path(__file__).parents[2]
ACTION = YAML(typ="safe").load(ROOT / "action.yml")
STEPS = ACTION["runs"]["steps"]
WRONG = "def forward(x):\n    return x * x, x\n\n\ndef backward(dy, x):\n    return x * dy\n"


def evaluate(text, inputs):
    """A value of a step with its expressions replaced, as GitHub does."""
    known = {f"inputs.{name}": value for name, value in inputs.items()} | {"github.action_path": str(ROOT)}
    return re.sub(r"\$\{\{ (\S+) \}\}", lambda found: known[found[1]], text)


class Job:
    """A job of GitHub that runs the steps of the action which are scripts."""

    def __init__(self, folder, **inputs):
        self.folder, self.output, self.summary = folder, folder / "output", folder / "summary"
        self.output.touch()
        self.summary.touch()
        self.inputs = {name: one["default"] for name, one in ACTION["inputs"].items()}
        self.inputs |= {name.replace("_", "-"): value for name, value in inputs.items()}

    def run(self, name, python=sys.executable, **environment):
        """A step by its name, in a shell of the workspace."""
        (step,) = (step for step in STEPS if step.get("name") == name)
        script = self.folder / "script"
        script.write_text(step["run"])
        given = {
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(self.folder / "workspace"),
            "GITHUB_OUTPUT": str(self.output),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        }
        variables = {name: evaluate(value, self.inputs) for name, value in step["env"].items()}
        place = self.folder / "workspace" / evaluate(step["working-directory"], self.inputs)
        environment = {**os.environ, **given, **variables, **environment}
        assert step["shell"] == "python"
        return subprocess.run(
            [python, str(script)], cwd=place, env=environment, capture_output=True, text=True, check=False
        )

    def read_outputs(self):
        """What the steps gave to later ones."""
        return dict(line.split("=", 1) for line in self.output.read_text(encoding="utf-8").splitlines())


@pytest.fixture
def job(tmp_path):
    """Makes a job in whose workspace is a project with a wrong layer."""
    project = tmp_path / "workspace" / "my project"
    project.mkdir(parents=True)
    (project / "square.py").write_text(WRONG)
    (project / "double.py").write_text(WRONG.replace("x * x", "2 * x").replace("x * dy", "2 * dy"))
    (project / "pyproject.toml").write_text('[tool.gradcheck]\nops = ["square.py"]\nexamples = 8\n')
    return lambda **inputs: Job(tmp_path, working_directory="my project", **inputs)


@pytest.mark.slow
def test_the_schema_of_github_accepts_it():
    assert find_schema_errors("github-actions", ROOT / "action.yml") == ""


def test_no_input_stands_in_a_script():
    assert [step["name"] for step in STEPS if "${{" in step.get("run", "")] == []


def test_every_input_is_used_and_every_value_is_a_known_one():
    text = (ROOT / "action.yml").read_text()
    assert set(re.findall(r"\binputs\.([a-z-]+)", text)) == set(ACTION["inputs"])
    steps = {step["id"] for step in STEPS if "id" in step}
    assert set(re.findall(r"\bsteps\.([a-z-]+)\.", text)) == steps


def test_other_actions_are_github_s_own():
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert [name for name in used if not re.fullmatch(r"(actions|github)/[a-z/-]+@v\d+", name)] == []


@pytest.mark.slow
def test_a_wrong_layer_fails_with_annotations_a_summary_and_reports(job):
    done = (ran := job()).run("Check gradients")
    assert done.returncode == 1, done.stderr
    assert re.search(r"^::error .*square\.py.*line=6", done.stdout, re.MULTILINE)
    assert "1 of 1 op fails: square (gradient of x)." in done.stdout
    assert "square" in ran.summary.read_text()
    outputs = ran.read_outputs()
    assert (outputs.pop("answer"), outputs.pop("exit-code")) == ("1 of 1 op fails: square (gradient of x).", "1")
    assert outputs.keys() == {"html", "json", "sarif", "junit"}
    assert all(Path(file).stat().st_size for file in outputs.values())
    assert set(ACTION["outputs"]) == {"answer", "exit-code", *outputs}


@pytest.mark.slow
def test_targets_and_options_are_words_and_no_code(job):
    ran = job(targets="double.py\n", arguments="--examples 4 --law 'gradient'", strict="true", fail_on="imprecise")
    done = ran.run("Check gradients")
    assert done.returncode == 0, done.stdout + done.stderr
    assert ran.read_outputs()["answer"] == "1 op checked on 4 cases: it holds."
    hostile = job(targets="$(touch harmed); `touch harmed`", arguments="'; touch harmed'")
    assert hostile.run("Check gradients").returncode == 2
    assert not list(hostile.folder.rglob("harmed"))
    assert hostile.read_outputs()["answer"] == "gradcheck could not check anything; the log says why."


@pytest.mark.slow
def test_a_baseline_that_is_not_there_is_bad_usage(job):
    done = job(baseline="gone.json").run("Check gradients")
    assert (done.returncode, "gone.json" in done.stderr) == (2, True)


@pytest.mark.slow
@pytest.mark.skipif(not importlib.util.find_spec("hatchling"), reason="hatchling, which builds the package, is missing")
def test_the_action_installs_itself(job, tmp_path):
    venv.create(tmp_path / "env", with_pip=True)
    others = [path for path in sys.path if path.endswith("site-packages")]
    (site,) = (tmp_path / "env" / "lib").glob("python*/site-packages")
    (site / "others.pth").write_text("\n".join(others))
    python = str(tmp_path / "env" / "bin" / "python")
    offline = {"PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_IGNORE_INSTALLED": "1", "PYTHONPATH": ""}
    done = job().run("Install gradcheck", python, **offline)
    assert done.returncode == 0, done.stderr
    assert (site / "gradcheck" / "reference" / "softmax.json").is_file()
    shutil.rmtree(tmp_path / "env")
