"""The commit and the time of a run."""

import shutil
import subprocess

import pytest

from gradcheck.records.history import Commit
from gradcheck.running.commit import choose_time, find_commit, format_time

KNOWN = {"GIT_COMMITTER_DATE": "@1700000000 +0000", "GIT_CONFIG_GLOBAL": "/dev/null"}


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository with one commit on the branch trunk."""
    if not shutil.which("git"):
        pytest.skip("git is not installed")
    for name, value in KNOWN.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "layer.py").write_text("x = 1")
    author = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    for words in (("init", "-b", "trunk"), ("add", "layer.py"), (*author, "commit", "-m", "first")):
        subprocess.run(["git", "-C", tmp_path, *words], check=True, capture_output=True)
    return tmp_path


def test_a_commit_has_its_branch_and_its_time_and_a_mark_where_files_differ(repository):
    commit = find_commit(repository)
    assert (len(commit.name), commit.branch, commit.time) == (40, "trunk", "2023-11-14T22:13:20Z")
    (repository / "new.py").write_text("y = 2")
    assert find_commit(repository) == commit
    (repository / "layer.py").write_text("x = 2")
    assert find_commit(repository).name == f"{commit.name}+"


def test_where_there_is_no_commit_nothing_is_known(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert find_commit(tmp_path) == Commit()
    monkeypatch.setenv("PATH", "")
    assert find_commit(tmp_path) == Commit()


def test_the_time_is_the_one_that_is_given_else_that_of_the_commit_else_now():
    commit = Commit("abc", "main", "2023-11-14T22:13:20Z")
    assert choose_time(commit, {"SOURCE_DATE_EPOCH": "0"}) == "1970-01-01T00:00:00Z"
    assert choose_time(commit, {"SOURCE_DATE_EPOCH": "soon"}) == commit.time
    assert choose_time(Commit(), {}) > format_time(1_700_000_000)
