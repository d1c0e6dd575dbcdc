"""Each system for CI gets a file that its schema accepts, at the place where the system looks."""

import subprocess
from pathlib import PurePosixPath

import pytest
from ruamel.yaml import YAML

from gradcheck.project_setup.ci_files import (
    CI_SYSTEMS,
    choose_ci_place,
    compose_ci_file,
    find_ci_systems,
    list_requirements,
)
from tests.ci_schemas import find_schema_errors

SCHEMAS = {"github": "github-workflows", "gitlab": "gitlab-ci", "azure": "azure-pipelines"}
GIT_URL = '"gradcheck @ git+https://host.example/gradcheck.git@abc"'


def make_repository(folder, address=""):
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    if address:
        subprocess.run(["git", "-C", str(folder), "remote", "add", "origin", address], check=True)


def list_found(folder):
    return [system.name for system in find_ci_systems(folder)]


@pytest.mark.slow
@pytest.mark.parametrize("requirement", ["gradcheck==1.0", f"-r requirements.txt . {GIT_URL}"])
@pytest.mark.parametrize("key", CI_SYSTEMS)
def test_the_schema_accepts_the_file(tmp_path, key, requirement):
    file = tmp_path / "ci.yml"
    file.write_text(compose_ci_file(key, "3.13", requirement))
    assert requirement in str(YAML(typ="safe").load(file))
    assert find_schema_errors(SCHEMAS[key], file) == ""


@pytest.mark.slow
@pytest.mark.parametrize("key", CI_SYSTEMS)
def test_the_schema_refuses_what_is_no_such_file(tmp_path, key):
    (tmp_path / "ci.yml").write_text("jobs: 1\nstages: 1\n")
    assert find_schema_errors(SCHEMAS[key], tmp_path / "ci.yml") != ""


@pytest.mark.parametrize(("key", "sign"), [(key, sign) for key, one in CI_SYSTEMS.items() for sign in one.signs])
def test_a_system_is_found_by_its_files(tmp_path, key, sign):
    (tmp_path / sign).mkdir(parents=True)
    assert list_found(tmp_path) == [CI_SYSTEMS[key].name]


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("", "GitHub"),
        ("git@github.com:me/net.git", "GitHub"),
        ("https://gitlab.example/me/net.git", "GitLab"),
        ("https://me@dev.azure.com/me/net/_git/net", "Azure Pipelines"),
        ("/srv/net.git", "GitHub"),
    ],
)
def test_else_by_where_the_repository_is(tmp_path, address, name):
    make_repository(tmp_path, address)
    assert list_found(tmp_path) == [name]


def test_files_count_more_than_the_address(tmp_path):
    make_repository(tmp_path, "git@github.com:me/net.git")
    (tmp_path / ".gitlab-ci.yml").touch()
    assert list_found(tmp_path) == ["GitLab"]


def test_a_folder_that_is_no_repository_has_none(tmp_path):
    assert list_found(tmp_path) == []


def test_without_git_github_is_taken(tmp_path, monkeypatch):
    (tmp_path / ".git").mkdir()
    monkeypatch.setenv("PATH", "")
    assert list_found(tmp_path) == ["GitHub"]


@pytest.mark.parametrize("key", ["gitlab", "azure"])
def test_the_file_stands_beside_one_of_the_project(tmp_path, key):
    system = CI_SYSTEMS[key]
    assert choose_ci_place(system, tmp_path) == system.place
    (tmp_path / system.place).write_text("test: {script: [pytest]}\n")
    assert choose_ci_place(system, tmp_path) == system.place_beside
    assert str(system.place_beside) in system.advice
    (tmp_path / system.place).write_text(compose_ci_file(key, "3.13", "gradcheck"))
    assert choose_ci_place(system, tmp_path) == system.place


def test_workflows_of_github_stand_side_by_side(tmp_path):
    assert choose_ci_place(CI_SYSTEMS["github"], tmp_path) == PurePosixPath(".github/workflows/gradcheck.yml")


@pytest.mark.parametrize(
    ("file", "data", "listed"),
    [
        ("", {}, "gradcheck"),
        ("requirements.txt", {}, "-r requirements.txt gradcheck"),
        ("setup.py", {}, ". gradcheck"),
        ("setup.cfg", {}, "gradcheck"),
        ("", {"tool": {}}, "gradcheck"),
        ("", {"project": {}}, ". gradcheck"),
        ("requirements.txt", {"build-system": {}}, "-r requirements.txt . gradcheck"),
    ],
)
def test_what_the_project_needs_is_installed(tmp_path, file, data, listed):
    if file:
        (tmp_path / file).touch()
    assert list_requirements(tmp_path, data, "gradcheck") == listed
