"""The schedule of tests under xdist: those of one op go to one worker, which checks it once; all others one by one."""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling


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
