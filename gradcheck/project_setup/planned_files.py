"""The files that a set-up writes into a project, and those that it finds there and leaves."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from gradcheck.project_setup.ci_files import (
    CI_SYSTEMS,
    CISystem,
    choose_ci_place,
    compose_ci_file,
    find_ci_systems,
    list_requirements,
)
from gradcheck.project_setup.example_layer import EXAMPLE_FILE, EXAMPLE_LAYER, EXAMPLE_OP
from gradcheck.project_setup.first_test import choose_test_file, compose_test
from gradcheck.project_setup.settings_table import (
    add_settings_table,
    compose_settings_table,
    get_table,
    read_pyproject,
)
from gradcheck.repository import find_repository
from gradcheck.running.session import UsageError
from gradcheck.running.settings import is_list_of_strings

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
"""The version of Python that runs here, which the project is known to work with."""


@dataclass(frozen=True)
class PlannedFile:
    """A file of a project.

    place: relative to the project.  text: all that it is to hold.  shown: the part of it that is new.  kept: why it is
    left as it is, "" where it is written.  advice: what its reader has to do then.
    """

    place: PurePosixPath
    text: str = ""
    shown: str = ""
    kept: str = ""
    advice: str = ""


def find_project(folder: Path) -> Path:
    """Find the project that a folder is in: within its repository the nearest folder with a pyproject.toml, else the
    folder itself."""
    folder = folder.resolve()
    root = find_repository(folder) or folder
    within = (parent for parent in (folder, *folder.parents) if parent.is_relative_to(root))
    return next((parent for parent in within if (parent / "pyproject.toml").is_file()), folder)


def plan_files(
    project: Path, ops: Mapping[str, Sequence[str]], ci: str | None, requirement: str
) -> Iterator[PlannedFile]:
    """Plan the files of a project.

    ops: the names of the ops of each file, none for the example.  ci: the key of a system, "none", or None for those
    that the project uses.  requirement: of gradcheck, as pip takes it.  Raises SettingsError for a pyproject.toml that
    cannot be read or added to, and UsageError for a system for CI that reads no file of this project.
    """
    text, data = read_pyproject(project / "pyproject.toml")
    if not ops:
        ops = {EXAMPLE_FILE: [EXAMPLE_OP]}
        yield plan_new_file(project, PurePosixPath(EXAMPLE_FILE), EXAMPLE_LAYER)
    yield plan_settings(project, text, data, list(ops))
    test = choose_test_file(project, data)
    target, names = next(iter(ops.items()))
    yield plan_new_file(project, test, compose_test(test, target, names[0]))
    for key, system in choose_ci_systems(project, ci).items():
        requirements = list_requirements(project, data, requirement)
        place = choose_ci_place(system, project)
        advice = system.advice if place == system.place_beside else ""
        yield plan_new_file(project, place, compose_ci_file(key, PYTHON, requirements), advice)


def plan_settings(project: Path, text: str, data: dict[str, Any], targets: Sequence[str]) -> PlannedFile:
    """Plan the table [tool.gradcheck].  Raises SettingsError."""
    place = PurePosixPath("pyproject.toml")
    if "gradcheck" not in get_table(data, "tool"):
        added = compose_settings_table(targets)
        return PlannedFile(place, add_settings_table(text, targets, project / place), added)
    listed = get_table(data, "tool", "gradcheck").get("ops", [])
    missing = [target for target in targets if not is_listed(PurePosixPath(target), listed)]
    advice = f"add to its ops: {', '.join(missing)}" if missing else ""
    return PlannedFile(place, kept="has a table [tool.gradcheck]", advice=advice)


def is_listed(file: PurePosixPath, listed: Any) -> bool:
    """Whether a list of targets names a file: itself, its folder, or its module."""
    module = ".".join(file.with_suffix("").parts).removesuffix(".__init__").removeprefix("src.")
    named = {target.partition(":")[0].rstrip("/") for target in listed} if is_list_of_strings(listed) else set()
    return bool(named & {file.as_posix(), file.parent.as_posix(), module})


def plan_new_file(project: Path, place: PurePosixPath, text: str, advice: str = "") -> PlannedFile:
    """Plan a file that is written where there is none."""
    if os.path.lexists(project / place):
        return PlannedFile(place, kept="exists")
    return PlannedFile(place, text, text, advice=advice)


def choose_ci_systems(project: Path, ci: str | None) -> dict[str, CISystem]:
    """Choose the systems for CI, by their keys: that of this key, none for "none", for None those that are found, none
    below the root of a repository.  Raises UsageError for a system that does not read what stands there."""
    root = find_repository(project) or project
    if ci and ci in CI_SYSTEMS and root != project:
        raise UsageError(f"--ci: {CI_SYSTEMS[ci].name} reads the files of {root} alone; run gradcheck init {root}")
    found = list(find_ci_systems(project)) if ci is None and root == project else []
    return {key: system for key, system in CI_SYSTEMS.items() if key == ci or system in found}
