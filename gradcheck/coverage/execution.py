"""Execution: which instructions of the code under test run in a call.

Instructions, not lines: `if x: y` on one line, and `a if b else c`, have branches as well.  Python 3.12 and later tell
of them by sys.monitoring, which costs the other code nothing; before that, a trace function does, for the call alone.
"""

import dis
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from types import CodeType, FrameType
from typing import Any

MOST_INSTRUCTIONS = 1000
"""Instructions of one code that are told in one call; after that, lines are: loops repeat themselves."""
TOOL_NAME = "gradcheck"
TOOL_IDS = range(5, -1, -1)
"""The numbers that a tool may have in sys.monitoring; the low ones belong to debuggers and the like."""


@cache
def find_conditional_jumps(code: CodeType) -> frozenset[int]:
    """Find the offsets of the instructions after which one of two others runs; NOT_TAKEN stands between them."""
    names = ((i.offset, i.opname) for i in dis.get_instructions(code))
    return frozenset(at for at, name in names if ("JUMP" in name and "_IF_" in name) or name == "NOT_TAKEN")


@dataclass
class CodeRun:
    """What ran of one code.  offsets: of its instructions; branches: those of a conditional jump, and of what came
    after it; lines: those that were told once instructions no longer were; is_cut: whether that happened."""

    offsets: set[int] = field(default_factory=set)
    branches: set[tuple[int, int]] = field(default_factory=set)
    lines: set[int] = field(default_factory=set)
    is_cut: bool = False

    @property
    def amount(self) -> int:
        """How much of the code ran: it only grows."""
        return len(self.offsets) + len(self.branches) + len(self.lines)


class Execution:
    """What ran of some codes, over several calls.  is_complete: whether all of it did, so that nothing is
    recorded any more."""

    def __init__(self, codes: Iterable[CodeType]) -> None:
        self.runs = {code: CodeRun() for code in codes}
        self.is_complete = False

    @property
    def amount(self) -> int:
        """How much ran: it only grows."""
        return sum(run.amount for run in self.runs.values())

    @contextmanager
    def record(self) -> Iterator[None]:
        """Record what runs inside."""
        if self.is_complete:
            yield
            return
        recorder = (record_by_monitoring if hasattr(sys, "monitoring") else record_by_tracing)(self)
        with recorder:
            yield


class InstructionListener:
    """Takes the instructions of one code in one call, in the order in which they run."""

    def __init__(self, code: CodeType, run: CodeRun) -> None:
        self.jumps, self.run, self.last, self.left = find_conditional_jumps(code), run, -1, MOST_INSTRUCTIONS

    def take(self, offset: int) -> bool:
        """Take one instruction; returns whether more are wanted."""
        self.run.offsets.add(offset)
        if self.last in self.jumps:
            self.run.branches.add((self.last, offset))
        self.last = offset
        self.left -= 1
        if self.left == 0:
            self.run.is_cut = True
        return self.left > 0


@contextmanager
def record_by_tracing(execution: Execution) -> Iterator[None]:
    """Record by a trace function, in place of any other."""
    listeners = {code: InstructionListener(code, run) for code, run in execution.runs.items()}

    def trace_call(frame: FrameType, event: str, argument: Any) -> Any:
        listener = listeners.get(frame.f_code)
        if listener is None:
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = listener.left > 0, listener.left <= 0

        def trace_frame(frame: FrameType, event: str, argument: Any) -> Any:
            if event == "opcode" and not listener.take(frame.f_lasti):
                frame.f_trace_opcodes, frame.f_trace_lines = False, True
            elif event == "line":
                listener.run.lines.add(frame.f_lineno)
            return trace_frame

        return trace_frame

    before = sys.gettrace()
    sys.settrace(trace_call)
    try:
        yield
    finally:
        sys.settrace(before)


@contextmanager
def record_by_monitoring(execution: Execution) -> Iterator[None]:
    """Record by sys.monitoring; where every number of a tool is taken, nothing is known."""
    monitoring: Any = sys.monitoring  # type: ignore[attr-defined]  # since Python 3.12
    tool = next((number for number in TOOL_IDS if monitoring.get_tool(number) is None), None)
    if tool is None:
        yield
        return
    events, listeners = monitoring.events, {c: InstructionListener(c, r) for c, r in execution.runs.items()}

    def take_instruction(code: CodeType, offset: int) -> Any:
        if not listeners[code].take(offset):
            monitoring.set_local_events(tool, code, events.LINE)
        return None

    def take_line(code: CodeType, line: int) -> Any:
        listeners[code].run.lines.add(line)
        return monitoring.DISABLE

    monitoring.use_tool_id(tool, TOOL_NAME)
    try:
        monitoring.register_callback(tool, events.INSTRUCTION, take_instruction)
        monitoring.register_callback(tool, events.LINE, take_line)
        for code in execution.runs:
            monitoring.set_local_events(tool, code, events.INSTRUCTION)
        yield
    finally:
        for code in execution.runs:
            monitoring.set_local_events(tool, code, events.NO_EVENTS)
        monitoring.free_tool_id(tool)
