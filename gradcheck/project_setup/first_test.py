"""A first test of one op, by the fixture."""

import json
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from gradcheck.project_setup.settings_table import get_table

TEST_TEMPLATE = '''\
"""Gradients that are checked with options of their own.

The ops of [tool.gradcheck] need no test here: `pytest`, without a path, runs each of their laws as a test.
"""

from pathlib import Path

from gradcheck import load

ROOT = Path(__file__).parents[{depth}]


def test_{word}(gradcheck):
    op = load(str(ROOT / {target}), {name})
    gradcheck(op, examples=25, seed=1)
'''


def choose_test_file(folder: Path, data: Mapping[str, Any]) -> PurePosixPath:
    """Choose the place of the test in a project: the first folder that pytest is told of, else tests or test, whichever
    is there.  data: of pyproject.toml."""
    options = get_table(dict(data), "tool", "pytest")
    told = options.get("testpaths") or get_table(options, "ini_options").get("testpaths") or []
    names = told.split() if isinstance(told, str) else told
    existing = (name for name in (*names, "tests", "test") if isinstance(name, str) and is_folder_in(folder, name))
    return PurePosixPath(next(existing, "tests"), "test_gradients.py")


def is_folder_in(folder: Path, name: str) -> bool:
    """Whether a name is that of a folder within another."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and (folder / path).is_dir()


def compose_test(file: PurePosixPath, target: str, name: str) -> str:
    """Compose the test of an op, to stand in `file`.  target: the file of the op; both are relative to the project."""
    word = re.sub(r"[^0-9a-z]+", "_", name.lower()).strip("_") or "gradient"
    target, name = (json.dumps(text, ensure_ascii=False) for text in (target, name))
    return TEST_TEMPLATE.format(depth=len(file.parts) - 1, word=word, target=target, name=name)
