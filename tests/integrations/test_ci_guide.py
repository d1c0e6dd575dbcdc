"""docs/ci.md: the files are what gradcheck init writes, schemas accept all of them, and their commands run."""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from gradcheck import __version__
from gradcheck.project_setup.ci_files import CI_SYSTEMS, compose_ci_file
from gradcheck.running import settings
from tests.ci_schemas import find_schema_errors

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"^```(.+)\n((?:(?!```).*\n)*)```$", GUIDE, re.MULTILINE))
WRONG = "def forward(x):\n    return x * x, x\n\n\ndef backward(dy, x):\n    return dy\n"


def read_yaml(name):
    return YAML(typ="safe").load(BLOCKS[f"yaml {name}"])


def list_commands(key):
    """What a file runs in a shell."""
    data = read_yaml(key)
    steps = {"github": lambda: data["jobs"]["gradcheck"]["steps"], "azure": lambda: data["steps"]}
    if key == "gitlab":
        return data["gradcheck"]["script"]
    return [step.get("run") or step["script"] for step in steps[key]() if {"run", "script"} & step.keys()]


@pytest.mark.parametrize("key", CI_SYSTEMS)
def test_the_file_is_what_init_writes(key):
    assert BLOCKS[f"yaml {key}"] == compose_ci_file(key, "3.13", f". gradcheck=={__version__}")


@pytest.mark.slow
@pytest.mark.parametrize("key", CI_SYSTEMS)
def test_its_commands_run(key, tmp_path):
    install, check = list_commands(key)
    assert shlex.split(install)[:4] == ["python", "-m", "pip", "install"]
    (tmp_path / "square.py").write_text(WRONG)
    (tmp_path / "pyproject.toml").write_text('[tool.gradcheck]\nops = ["square.py"]\nexamples = 8\n')
    (tmp_path / "gradcheck").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m gradcheck "$@"\n')
    (tmp_path / "gradcheck").chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "GITHUB_ACTIONS": "true" if key == "github" else "",
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
    }
    done = subprocess.run(
        ["bash", "-e", "-c", check], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, "square" in done.stdout) == (1, True), done.stdout + done.stderr
    assert [name for name in re.findall(r"-o (\S+)", check) if not (tmp_path / name).stat().st_size] == []


@pytest.mark.slow
def test_the_schemas_accept_what_is_written_by_hand(tmp_path):
    jobs = {"on": "push", "jobs": {"check": {"runs-on": "ubuntu-latest", "steps": read_yaml("github-step")}}}
    YAML().dump(jobs, tmp_path / "workflow.yml")
    assert find_schema_errors("github-workflows", tmp_path / "workflow.yml") == ""


def test_the_inputs_and_outputs_of_the_action_exist():
    action = YAML(typ="safe").load(ROOT / "action.yml")
    step, told = read_yaml("github-step")
    assert set(step["with"]) <= set(action["inputs"])
    assert told["env"]["ANSWER"] == "${{{{ steps.{}.outputs.answer }}}}".format(step["id"])
    assert "answer" in action["outputs"]


def test_the_hook_is_the_one_of_the_manifest():
    (hook,) = read_yaml("pre-commit")["repos"][0]["hooks"]
    assert hook["id"] == YAML(typ="safe").load(ROOT / ".pre-commit-hooks.yaml")[0]["id"]


def test_the_settings_are_accepted(tmp_path):
    (tmp_path / "pyproject.toml").write_text(BLOCKS["toml"])
    table = tomllib.loads(BLOCKS["toml"])["tool"]["gradcheck"]
    assert settings.read_defaults(tmp_path) == {
        "targets": table["ops"],
        "examples": table["examples"],
        "fail_on": table["fail-on"],
    }


def test_the_files_linked_exist():
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", GUIDE)
    assert [link for link in links if link != "gradcheck.svg" and not (ROOT / "docs" / link).exists()] == []
