"""The hook, run by pre-commit itself on a project with a wrong layer."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

pre_commit = pytest.importorskip("pre_commit", reason="pre-commit is of the dev group")

ROOT = Path(__file__).parents[2]
MANIFEST = ROOT / ".pre-commit-hooks.yaml"
LAYER = "def forward(x):\n    return x * x, x\n\n\ndef backward(dy, x):\n    return 2 * x * dy\n"
NO_INDEX = r"No matching distribution|Could not find a version|Connection|Temporary failure in name resolution"


def run(*command, **environment):
    """A command in this folder, with its output."""
    given = {name: value for name, value in os.environ.items() if name != "PYTHONPATH" and "GIT_" not in name}
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env={**given, **environment}, stdin=subprocess.DEVNULL
    )


def test_pre_commit_accepts_the_manifest():
    done = run(sys.executable, "-m", "pre_commit", "validate-manifest", str(MANIFEST))
    assert done.returncode == 0, done.stdout


def test_it_runs_before_a_push_once_and_on_all_files():
    (hook,) = YAML(typ="safe").load(MANIFEST)
    assert (hook["id"], hook["stages"]) == ("gradcheck", ["pre-push"])
    assert (hook["pass_filenames"], hook["require_serial"]) == (False, True)


@pytest.mark.slow
@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="pre-commit installs from a git repository")
def test_it_fails_for_a_wrong_layer_and_passes_for_a_right_one(tmp_path, monkeypatch):
    project = tmp_path / "project"
    project.mkdir()
    monkeypatch.chdir(project)
    Path("pyproject.toml").write_text('[tool.gradcheck]\nops = ["square.py"]\nexamples = 8\n')
    run("git", "clone", "--quiet", str(ROOT), str(tmp_path / "gradcheck"))
    run("git", "init", "--quiet")
    command = ("try-repo", str(tmp_path / "gradcheck"), "gradcheck", "--hook-stage", "pre-push", "--all-files")
    for layer, code, words in (
        (LAYER.replace("2 * ", ""), 1, "1 of 1 op fails: square (gradient of x)."),
        (LAYER, 0, "Passed"),
    ):
        Path("square.py").write_text(layer)
        run("git", "add", "-A")
        done = run(sys.executable, "-m", "pre_commit", *command, PRE_COMMIT_HOME=str(tmp_path / "home"))
        if "pip" in done.stdout and (said := re.search(NO_INDEX, done.stdout)):
            pytest.skip(f"the hook cannot be installed here: {said[0]}")
        assert (done.returncode, words in done.stdout) == (code, True), done.stdout + done.stderr
