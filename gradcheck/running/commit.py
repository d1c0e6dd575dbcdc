"""The commit that is checked, as git tells it, and the time of a run."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from gradcheck.records.history import Commit
from gradcheck.repository import ask_git


def find_commit(folder: Path) -> Commit:
    """Find the commit of a folder, with a "+" behind its name where files in git differ from it; an empty one where it
    is not in git.  In CI, where no branch is checked out, its branch is "HEAD"."""
    told = ask_git(folder, "show", "--no-patch", "--format=%H %ct", "HEAD").split()
    if len(told) != 2:
        return Commit()
    changed = "+" * bool(ask_git(folder, "status", "--porcelain", "--untracked-files=no"))
    branch = ask_git(folder, "rev-parse", "--abbrev-ref", "HEAD")
    return Commit(told[0] + changed, branch, format_time(int(told[1])))


def choose_time(commit: Commit, variables: Mapping[str, str] = os.environ) -> str:
    """Choose the time of a run: SOURCE_DATE_EPOCH, that of its commit, else now."""
    given = variables.get("SOURCE_DATE_EPOCH", "")
    if given.isdecimal():
        return format_time(int(given))
    return commit.time or format_time(int(datetime.now(UTC).timestamp()))


def format_time(seconds: int) -> str:
    """Write seconds since 1970 as a time in UTC: 2026-11-30T12:00:00Z."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
