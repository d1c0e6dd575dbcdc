"""The test of one law of an op.  All tests of an op share one check, by the laws whose tests run in this session."""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gradcheck.pytest_plugin import run_records
from gradcheck.pytest_plugin.outcomes import decide_test, fail_or_skip_unchecked
from gradcheck.pytest_plugin.project import PROJECT_KEY
from gradcheck.pytest_plugin.usage_errors import list_usage_errors

if TYPE_CHECKING:
    from gradcheck.declaration.origin import NotChecked
    from gradcheck.records.results import OpResult
    from gradcheck.running.listed_op import ListedOp

CheckOp = Callable[[pytest.Config, "ListedOp", Sequence[str], str], "OpResult"]
"""Checks an op by these laws; the last argument is the law whose test runs."""


class OpNode(pytest.Collector):
    """An op, and the result of the one check of it.

    check: how it is checked.  is_shared: whether another op has its name.  is_broken: whether it stands for a file that
    could not be imported, so that there is one test.
    """

    def __init__(
        self, *, listed: "ListedOp", check: CheckOp, is_shared: bool = False, is_broken: bool = False, **given: Any
    ) -> None:
        super().__init__(**given)
        self.listed, self.check, self.is_shared, self.is_broken = listed, check, is_shared, is_broken
        self.result: OpResult | None = None

    def collect(self) -> "list[LawItem]":
        """Collect a test for each law to check.  Raises CollectError where an added law cannot be used."""
        try:
            laws = self.config.stash[PROJECT_KEY].choices.resolve_laws()
        except list_usage_errors() as error:
            raise self.CollectError(f"gradcheck: {error}") from error
        if self.is_broken:
            from gradcheck.running.crashed_op import choose_crash_law

            laws = (choose_crash_law(laws),)
        return [LawItem.from_parent(self, name=law) for law in laws]

    def check_once(self, running: str) -> "OpResult":
        """Return the result of the op, which is checked when the first of its tests runs.  running: the law of that
        test."""
        if self.result is None:
            laws = [item.name for item in self.session.items if item.parent is self]
            result = self.check(self.config, self.listed, laws, running)
            self.result = replace(result, shares_name=self.is_shared)
        return self.result


class LawItem(pytest.Item):
    """The test of one law."""

    parent: OpNode

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.add_marker("gradcheck")

    def runtest(self) -> None:
        """Check the op, unless another test of it did, and fail or skip by the verdict of this law."""
        project = self.config.stash[PROJECT_KEY]
        result = self.parent.check_once(self.name)
        own = replace(result, verdicts=tuple(verdict for verdict in result.verdicts if verdict.law == self.name))
        run_records.attach_record(self, project.choices, own)
        decide_test(self, project.choices, own)

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        """Return file and line of the backward, where it has a source."""
        listed, title = self.parent.listed, f"{self.parent.name}: {self.name}"
        return (Path(listed.file), listed.line - 1, title) if listed.file else (self.path, None, title)


class NotCheckedItem(pytest.Item):
    """The test that stands for what is no op in a target: skipped, and failed under strict."""

    def __init__(self, *, parts: "Sequence[NotChecked]", **given: Any) -> None:
        super().__init__(**given)
        self.parts = parts
        self.add_marker("gradcheck")

    def runtest(self) -> None:
        """Say what is not checked."""
        project = self.config.stash[PROJECT_KEY]
        run_records.attach_unchecked_parts(self, project.choices, self.parts)
        fail_or_skip_unchecked(project.choices, self.parts)

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        """Return the file that names the target."""
        return self.path, None, f"{self.parent.name if self.parent else ''}: not checked"
