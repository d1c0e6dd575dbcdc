"""The image: hadolint has nothing to say, and where Docker runs it is built, and checks a project."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WRONG = "def forward(x):\n    return x * x, x\n\n\ndef backward(dy, x):\n    return dy\n"
HADOLINT = shutil.which("hadolint", path=Path(sys.executable).parent) or shutil.which("hadolint")


def run(*command):
    """A command, with its output."""
    return subprocess.run(command, capture_output=True, text=True, check=False)


def find_docker_problem():
    """Why no image can be built here, "" where one can."""
    if not shutil.which("docker"):
        return "there is no docker"
    return "" if run("docker", "info").returncode == 0 else "no daemon of Docker answers"


@pytest.mark.skipif(not HADOLINT, reason="hadolint is of the dev group")
def test_hadolint_finds_nothing_wrong():
    done = run(HADOLINT, str(ROOT / "Dockerfile"))
    assert (done.returncode, done.stdout) == (0, "")


def test_what_the_package_is_built_of_is_not_ignored():
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert not {"gradcheck", "reference", "pyproject.toml", "README.md", "LICENSE", "*"} & set(ignored)


@pytest.mark.slow
@pytest.mark.skipif(bool(problem := find_docker_problem()), reason=problem)
def test_the_image_checks_a_project_as_no_root(tmp_path):
    (tmp_path / "square.py").write_text(
        "def forward(x):\n    return x * x, x\n\n\ndef backward(dy, x):\n    return dy\n"
    )
    built = run("docker", "build", "--quiet", "--tag", "gradcheck-test", str(ROOT))
    assert built.returncode == 0, built.stderr
    start = ("docker", "run", "--rm", "--volume", f"{tmp_path}:/project:ro")
    done = run(*start, "gradcheck-test", "check", "square.py", "--examples", "8")
    assert (done.returncode, done.stdout.split("\n")[0]) == (1, "1 of 1 op fails: square (gradient of x).")
    assert run(*start, "--entrypoint", "id", "gradcheck-test", "-u").stdout.strip() == "1000"
