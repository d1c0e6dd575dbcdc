"""The test of one law of an op.  All tests of an op share one check, by the laws whose tests run in this session."""

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gradcheck.pytest_plugin import run_records
from gradcheck.pytest_plugin.one_op import check_op_in_session
from gradcheck.pytest_plugin.outcomes import fail_or_skip
from gradcheck.pytest_plugin.project import PROJECT_KEY
from gradcheck.pytest_plugin.usage_errors import list_usage_errors

if TYPE_CHECKING:
    from gradcheck.records.results import OpResult
    from gradcheck.running.located_op import LocatedOp


class OpNode(pytest.Collector):
    """An op, and the result of the one check of it."""

    def __init__(self, *, located: "LocatedOp", **given: Any) -> None:
        super().__init__(**given)
        self.located = located
        self.result: OpResult | None = None

    def collect(self) -> "list[LawItem]":
        """Collect a test for each law to check.  Raises CollectError where an added law cannot be used."""
        try:
            laws = self.config.stash[PROJECT_KEY].choices.resolve_laws()
        except list_usage_errors() as error:
            raise self.CollectError(f"gradcheck: {error}") from error
        return [LawItem.from_parent(self, name=law) for law in laws]

    def check_once(self, running: str) -> "OpResult":
        """Return the result of the op, which is checked when the first of its tests runs.  running: the law of that
        test."""
        if self.result is None:
            laws = [item.name for item in self.session.items if item.parent is self]
            self.result = check_op_in_session(
                self.config, self.config.stash[PROJECT_KEY].choices, self.located, laws, running
            )
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
        fail_or_skip(project, project.choices, own)

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        """Return file and line of the backward, where it has a source."""
        file, line = self.parent.located.op.location
        title = f"{self.parent.name}: {self.name}"
        return (Path(file), line - 1, title) if file else (self.path, None, title)
