"""The ops of a project as tests: the pyproject.toml that names targets, a target, an op found there, and its laws."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gradcheck.pytest_plugin.host_check import check_in_host
from gradcheck.pytest_plugin.items import NotCheckedItem, OpNode
from gradcheck.pytest_plugin.project import PROJECT_KEY, has_ops_from_hooks
from gradcheck.pytest_plugin.usage_errors import list_usage_errors
from gradcheck.pytest_plugin.workers import check_in_worker, list_in_worker, read_broken_target
from gradcheck.running import settings

if TYPE_CHECKING:
    from gradcheck.declaration.op import Op
    from gradcheck.running.listed_op import ListedOp
    from gradcheck.running.session import Listing

HOOKS_NODE_NAME = "hooks"
"""The name under which the ops of hooks are collected, as others are under their target."""


class OpsFile(pytest.File):
    """The pyproject.toml whose table names ops."""

    def collect(self) -> Iterator[pytest.Collector]:
        """Collect a node for each target, all of them listed at once, and one for the ops of hooks."""
        project = self.config.stash[PROJECT_KEY]
        project.make_importable()
        listings = self.list_targets(project.targets)
        ops = [op for listing in listings.values() if not isinstance(listing, Exception) for op in listing.ops]
        for target, listing in listings.items():
            yield OpsOfTarget.from_parent(self, name=target, listing=listing, others=ops)
        if has_ops_from_hooks(self.config):
            yield OpsOfHooks.from_parent(self, name=HOOKS_NODE_NAME)

    def list_targets(self, targets: Sequence[str]) -> "dict[str, Listing | Exception]":
        """List the ops of each target as the table names it, or the reason why it cannot be used."""
        folder = self.path.parent
        sources = {target: settings.relocate_target(target, folder, Path.cwd()) for target in targets}
        listings = list_in_worker(self.config, list(sources.values()))

        def rename(target: str, listed: "ListedOp") -> "ListedOp":
            same = listed.target == sources[target]
            return replace(listed, target=target if same else settings.make_relative_path(folder, Path(listed.target)))

        return {
            target: listing
            if isinstance(listing := listings[source], Exception)
            else replace(
                listing,
                ops=tuple(rename(target, op) for op in listing.ops),
                broken=tuple((rename(target, op), end) for op, end in listing.broken),
            )
            for target, source in sources.items()
        }


class OpsOfTarget(pytest.Collector):
    """The ops of a target, which worker processes import and check."""

    def __init__(self, *, listing: "Listing | Exception", others: "Sequence[ListedOp]", **given: Any) -> None:
        super().__init__(**given)
        self.listing, self.others = listing, others

    def collect(self) -> Iterator[pytest.Collector | pytest.Item]:
        """Collect a node for each op, one for each file that could not be imported, and a test for what is no op.
        Raises CollectError where the target cannot be used."""
        from gradcheck.running.session import list_shared_names, name_op

        if isinstance(self.listing, Exception):
            raise self.CollectError(f"gradcheck: {self.listing}") from self.listing
        shared_here, shared = list_shared_names(self.listing.ops), list_shared_names(self.others)
        for listed in self.listing.ops:
            name, is_shared = name_op(listed, shared_here), listed.name in shared
            yield OpNode.from_parent(self, name=name, listed=listed, check=check_in_worker, is_shared=is_shared)
        for listed, end in self.listing.broken:
            check = read_broken_target(end)
            yield OpNode.from_parent(self, name=listed.target, listed=listed, check=check, is_broken=True)
        if self.listing.not_checked:
            yield NotCheckedItem.from_parent(self, name="not checked", parts=self.listing.not_checked)


class OpsOfHooks(pytest.Collector):
    """The ops that hooks add; only this process can make them again, so that they are checked in it."""

    def collect(self) -> Iterator[OpNode]:
        """Collect a node for each op.  Raises CollectError where a hook returns anything else."""
        from gradcheck.running.located_op import LocatedOp

        self.config.stash[PROJECT_KEY].make_importable()
        try:
            ops = self.list_ops()
        except list_usage_errors() as error:
            raise self.CollectError(f"gradcheck: {error}") from error
        for op in ops:
            located = LocatedOp(op, self.nodeid)
            yield OpNode.from_parent(self, name=op.name, listed=located.listed, check=check_in_host(located))

    def list_ops(self) -> "list[Op]":
        """List the ops.  Raises UsageError for what is none, and where two share a name."""
        from gradcheck.declaration.op import Op
        from gradcheck.running.session import UsageError, require_distinct_names

        ops = [op for added in self.config.hook.pytest_gradcheck_ops(config=self.config) for op in added]
        if others := [op for op in ops if not isinstance(op, Op)]:
            raise UsageError(f"pytest_gradcheck_ops returns {others[0]!r}; return a list of Op")
        require_distinct_names(op.name for op in ops)
        return ops
