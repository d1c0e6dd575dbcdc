"""What a worker says of a function that is asked for."""

from dataclasses import dataclass
from typing import Any

from gradcheck.audit.assignment import Variant
from gradcheck.audit.remote_session import RemoteSession, read_file
from gradcheck.records.audit import FunctionState

STATES = {
    "not found": FunctionState.NOT_FOUND,
    "unimplemented": FunctionState.UNFINISHED,
    "unloadable": FunctionState.UNLOADABLE,
    "python2": FunctionState.UNLOADABLE,
}
"""What becomes of a function that the agent did not find ready to be called."""
FOUND = "found"


@dataclass(frozen=True)
class FoundFunction:
    """A function in a submission.

    state: of the agent's `find`.  reason: in words, where it is not "found".  file, line: where it is written.  token:
    by which it is called, 0 for none.
    """

    name: str
    state: str = "not found"
    reason: str = ""
    file: str = ""
    line: int = 0
    token: int = 0

    @classmethod
    def read(cls, name: str, data: Any) -> "FoundFunction":
        """Read a record of the agent, which is the submission's word."""
        known = data if isinstance(data, dict) else {}
        state, reason = (str(known.get(key, "")) for key in ("state", "reason"))
        line, token = (n if type(n := known.get(key)) is int else 0 for key in ("line", "function"))
        return cls(name, state, reason, read_file(known), line, token)

    @property
    def is_ready(self) -> bool:
        """Whether it can be called."""
        return self.state == FOUND and self.token > 0

    @property
    def unrun_state(self) -> FunctionState:
        """What it is, where it cannot be called."""
        return STATES.get(self.state, FunctionState.UNLOADABLE)

    @property
    def unrun_reason(self) -> str:
        """Why it cannot be called, in words."""
        if self.state == "not found":
            return f"no {self.name} was found"
        return f"{self.name}: {self.reason}" if self.reason else f"{self.name} is as it was handed out"


def find_functions(session: RemoteSession, variant: Variant) -> tuple[FoundFunction, ...]:
    """Find the functions of a convention in the submission: the forward, and the backward where there is one."""
    names = [name for name in (variant.forward, variant.backward) if name]
    answer = session.request("find", names=names)
    known = answer if isinstance(answer, dict) else {}
    return tuple(FoundFunction.read(name, known.get(name)) for name in names)
