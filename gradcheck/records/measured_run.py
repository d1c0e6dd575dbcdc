"""What is compared of a run: the errors of its ops on their pinned cases, and what these depend on."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from gradcheck.records.evidence import Errors
from gradcheck.records.results import Run, is_test_id
from gradcheck.records.status import FAILING_STATUSES

NO_CONCERN = ("hypothesis",)
"""Versions of a run on which no error depends: the pinned cases are drawn without them."""


@dataclass(frozen=True)
class MeasuredOp:
    """The errors of one op.  label: its name, unique in a run.  corpus: the digest of its pinned cases, "" where it was
    not measured on them.  environment: the versions that its errors were measured with.  fails: whether it fails a law,
    which a baseline does not know."""

    label: str
    corpus: str
    errors: Errors
    environment: Mapping[str, str] = field(default_factory=dict)
    fails: bool = False

    def is_called(self, names: Collection[str]) -> bool:
        """Whether one of the names is its own, with or without its target."""
        own = {self.label} if is_test_id(self.label) else {self.label, self.label.rpartition(":")[2]}
        return bool(own & {*names})


@dataclass(frozen=True)
class MeasuredRun:
    """The errors of the ops of a run, by label.  environment: the versions that most of its ops were measured with."""

    ops: Mapping[str, MeasuredOp]
    seed: int
    environment: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_run(cls, run: Run) -> "MeasuredRun":
        """Return what is compared of a run."""
        environment = {name: version for name, version in run.environment.items() if name not in NO_CONCERN}
        ops = (
            MeasuredOp(r.label, r.corpus, r.measured, environment, r.status in FAILING_STATUSES) for r in run.results
        )
        return cls({op.label: op for op in ops}, run.seed, environment)

    def select(self, names: Collection[str]) -> "MeasuredRun":
        """Return the named ops alone, all where none is named."""
        return replace(self, ops={k: op for k, op in self.ops.items() if op.is_called(names)}) if names else self

    def find_unsound_error(self, largest: float) -> str:
        """Find an error that no measurement gives, since somebody edited it; "" where there is none.  largest: of a
        finite one."""
        for op in self.ops.values():
            for key, error in op.errors.items():
                if not (0 <= error <= largest or error == math.inf):
                    return f"{key} of {op.label} is {error}"
        return ""
