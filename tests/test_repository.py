"""The repository of a folder, and what git answers there."""

import shutil
import subprocess

import pytest

from gradcheck.repository import ask_git, find_repository, is_repository


def test_a_folder_in_a_repository_finds_its_root(tmp_path):
    (tmp_path / "top" / ".git").mkdir(parents=True)
    inner = tmp_path / "top" / "a" / "b"
    inner.mkdir(parents=True)
    assert is_repository(tmp_path / "top")
    assert find_repository(inner) == find_repository(tmp_path / "top") == tmp_path / "top"


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_git_answers_and_what_it_refuses_is_no_answer(tmp_path):
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    assert ask_git(tmp_path, "rev-parse", "--show-toplevel") == str(tmp_path.resolve())
    assert ask_git(tmp_path, "show", "HEAD") == ""


def test_without_git_there_is_no_answer(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert ask_git(tmp_path, "--version") == ""
