"""The ops of a project as tests: the pyproject.toml that names targets, a target, an op found there, and its laws."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gradcheck.pytest_plugin.items import OpNode
from gradcheck.pytest_plugin.project import PROJECT_KEY, Project, has_ops_from_hooks
from gradcheck.pytest_plugin.usage_errors import list_usage_errors
from gradcheck.running import settings

if TYPE_CHECKING:
    from gradcheck.running.located_op import LocatedOp

HOOKS_NODE_NAME = "hooks"
"""The name under which the ops of hooks are collected, as others are under their target."""


class OpsFile(pytest.File):
    """The pyproject.toml whose table names ops."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.found: dict[str, list[LocatedOp]] = {}

    def collect(self) -> Iterator["OpsCollector"]:
        """Collect a node for each target, and one for the ops of hooks."""
        for target in self.config.stash[PROJECT_KEY].targets:
            yield OpsOfTarget.from_parent(self, name=target)
        if has_ops_from_hooks(self.config):
            yield OpsOfHooks.from_parent(self, name=HOOKS_NODE_NAME)


class OpsCollector(pytest.Collector):
    """Some ops of a file; no two ops of the file share a name."""

    parent: OpsFile

    def collect(self) -> Iterator[OpNode]:
        """Collect a node for each op.  Raises CollectError where the ops cannot be used."""
        from gradcheck.running.session import require_distinct_names

        others = [located for name, found in self.parent.found.items() for located in found if name != self.name]
        try:
            found = self.find(self.config.stash[PROJECT_KEY])
            require_distinct_names([*others, *found])
        except list_usage_errors() as error:
            raise self.CollectError(f"gradcheck: {error}") from error
        self.parent.found[self.name] = found
        for located in found:
            yield OpNode.from_parent(self, name=located.op.name, located=located)

    def find(self, project: Project) -> "list[LocatedOp]":
        """Find the ops.  Raises an error of list_usage_errors where they cannot be used."""
        raise NotImplementedError


class OpsOfTarget(OpsCollector):
    """The ops of a target."""

    def find(self, project: Project) -> "list[LocatedOp]":
        """Find the ops of the target as the table names it; a path is relative to the folder of the table."""
        from gradcheck.running.session import collect_ops

        assert project.file is not None
        project.make_importable()
        path = list(sys.path)
        try:
            found = collect_ops([settings.relocate_target(self.name, project.file.parent, Path.cwd())], ())
        finally:
            sys.path[:] = [folder for folder in sys.path if folder or folder in path]
        return [replace(located, target=self.name) for located in found]


class OpsOfHooks(OpsCollector):
    """The ops that hooks add; only their tests can make them again."""

    def find(self, project: Project) -> "list[LocatedOp]":
        """Find the ops.  Raises UsageError where a hook returns anything else."""
        from gradcheck.declaration.op import Op
        from gradcheck.running.located_op import LocatedOp
        from gradcheck.running.session import UsageError

        project.make_importable()
        ops = [op for added in self.config.hook.pytest_gradcheck_ops(config=self.config) for op in added]
        if others := [op for op in ops if not isinstance(op, Op)]:
            raise UsageError(f"pytest_gradcheck_ops returns {others[0]!r}; return a list of Op")
        return [LocatedOp(op, self.nodeid) for op in ops]
