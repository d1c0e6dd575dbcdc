"""The schedule of tests under xdist: those of one op go to one worker, which checks it once; all others one by one."""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from gradcheck.private_interfaces import XDIST_ASSIGNED_WORK, XDIST_SPLIT_SCOPE, find_private_interface


class OpScheduling(LoadScopeScheduling):  # type: ignore[misc] # xdist has no types
    """A scope for each op, and one for each other test."""

    def __init__(self, config: pytest.Config, log: Any, prefix: str) -> None:
        super().__init__(config, log)
        self.prefix = prefix

    def _split_scope(self, nodeid: str) -> str:
        """Return the node id of the op, or that of any other test."""
        return super()._split_scope(nodeid) if nodeid.startswith(self.prefix) else nodeid

    def remove_node(self, node: Any) -> str | None:
        """Give the tests of a crashed worker to the others, except for that which crashed it and would do so again."""
        waiting = [
            (unit, test) for unit in self.assigned_work[node].values() for test, done in unit.items() if not done
        ]
        if not waiting:
            return super().remove_node(node)
        unit, crashed = waiting[0]
        unit[crashed] = True
        super().remove_node(node)
        return crashed


def make_op_scheduling(config: pytest.Config, log: Any, prefix: str) -> OpScheduling | None:
    """The scheduling for node ids of ops that begin with a prefix; None where xdist's insides are other than expected,
    which is told: xdist then hands out the tests in its own way."""
    if find_private_interface(XDIST_SPLIT_SCOPE) is None:
        return None
    made = OpScheduling(config, log, prefix)
    return None if find_private_interface(XDIST_ASSIGNED_WORK, made) is None else made
