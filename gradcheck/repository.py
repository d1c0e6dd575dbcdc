"""The git repository that a folder is in, and what git says of it."""

import subprocess
from pathlib import Path

GIT_SECONDS = 60


def is_repository(folder: Path) -> bool:
    """Whether a folder is the root of a repository."""
    return (folder / ".git").exists()


def find_repository(folder: Path) -> Path | None:
    """Find the root of the repository that a folder is in, None where it is in none."""
    return next((parent for parent in (folder, *folder.parents) if is_repository(parent)), None)


def ask_git(folder: Path, *words: str) -> str:
    """Return what git answers in a folder, "" where there is none or it refuses."""
    command = ["git", "-C", str(folder), *words]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", check=False, timeout=GIT_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
