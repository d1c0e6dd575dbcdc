"""The file by which a system for CI checks a project, and where it stands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path, PurePosixPath
from string import Template
from typing import Any

from gradcheck.repository import ask_git, is_repository


@dataclass(frozen=True)
class CISystem:
    """A system for CI.

    signs: paths by which a project shows that it uses the system.  host: a word in the address of a repository of it.
    place: of the file.  place_beside: of the file where there is one at `place`.  advice: what is then left to do.
    """

    name: str
    signs: tuple[str, ...]
    host: str
    place: PurePosixPath
    place_beside: PurePosixPath
    advice: str = ""


CI_SYSTEMS: Mapping[str, CISystem] = {
    "github": CISystem(
        "GitHub",
        (".github/workflows",),
        "github",
        PurePosixPath(".github/workflows/gradcheck.yml"),
        PurePosixPath(".github/workflows/gradcheck.yml"),
    ),
    "gitlab": CISystem(
        "GitLab",
        (".gitlab-ci.yml",),
        "gitlab",
        PurePosixPath(".gitlab-ci.yml"),
        PurePosixPath(".gitlab/gradcheck.yml"),
        "add to .gitlab-ci.yml: `include: .gitlab/gradcheck.yml`",
    ),
    "azure": CISystem(
        "Azure Pipelines",
        ("azure-pipelines.yml", ".azure-pipelines"),
        "azure",
        PurePosixPath("azure-pipelines.yml"),
        PurePosixPath(".azure-pipelines/gradcheck.yml"),
        "make a pipeline of .azure-pipelines/gradcheck.yml in Azure DevOps",
    ),
}
"""The systems for which there is a file, by the name by which one is chosen."""


def find_ci_systems(folder: Path) -> Iterator[CISystem]:
    """Find the systems that a project uses: by their files, else by where its repository is; of a repository that says
    nothing GitHub is taken, and of a folder in none no system."""
    shown = [system for system in CI_SYSTEMS.values() if any((folder / sign).exists() for sign in system.signs)]
    if shown or not is_repository(folder):
        yield from shown
        return
    addresses = ask_git(folder, "config", "--get-regexp", r"^remote\..*\.url$").lower()
    yield next((system for system in CI_SYSTEMS.values() if system.host in addresses), CI_SYSTEMS["github"])


def choose_ci_place(system: CISystem, folder: Path) -> PurePosixPath:
    """Choose the place of the file: beside that of the project where it has one that does not mention gradcheck."""
    own = folder / system.place
    if own.is_file() and b"gradcheck" not in own.read_bytes():
        return system.place_beside
    return system.place


def compose_ci_file(key: str, python: str, requirements: str) -> str:
    """Compose the file of a system.  python: the version that runs.  requirements: what pip installs."""
    template = files("gradcheck.project_setup").joinpath("templates", f"{key}.yml").read_text(encoding="utf-8")
    return Template(template).substitute(python=python, requirements=requirements)


def list_requirements(folder: Path, data: Mapping[str, Any], own: str) -> str:
    """List what pip has to install to check a project: what it needs, itself where it can be installed, and gradcheck.

    data: of pyproject.toml.  own: the requirement of gradcheck itself.
    """
    listed = "-r requirements.txt" if (folder / "requirements.txt").is_file() else ""
    is_installable = "project" in data or "build-system" in data or (folder / "setup.py").is_file()
    return " ".join(filter(None, (listed, "." if is_installable else "", own)))
