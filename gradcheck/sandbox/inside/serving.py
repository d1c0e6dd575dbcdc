"""A worker's answers: it reads lists of calls from its channel, and writes what each returned or raised.

What can be called are the handlers of the agent, functions from a value to a value (`inside.values`), and `run`.
"""

import errno
import os
import sys
from collections.abc import Callable
from types import ModuleType, TracebackType
from typing import Any

from gradcheck.sandbox.inside.frames import ChannelClosed, FrameCaps, read_frame, wait_forever, write_frame
from gradcheck.sandbox.inside.value_encoding import encode_value
from gradcheck.sandbox.inside.values import UnsendableValue

Handler = Callable[[Any], Any]

SUBMISSION = "submission/"
"""What the file names begin with under which an agent compiles files of a submission."""
LONGEST_MESSAGE = 4000
STATUS_RETURNED, STATUS_RAISED, STATUS_EXITED, STATUS_UNSENDABLE = "returned", "raised", "exited", "unsendable"


def serve(channel: int, handlers: dict[str, Handler], caps: FrameCaps) -> None:
    """Answer until the channel is closed."""
    available = {"run": run_text, **handlers}
    while True:
        try:
            request = read_frame(channel, caps, wait_forever)
        except ChannelClosed:
            return
        results = [perform_call(available, name, argument, caps) for name, argument in request["calls"]]
        flush_output()
        try:
            write_frame(channel, {"number": request["number"], "results": results}, caps, wait_forever)
        except UnsendableValue as problem:
            refused = [{"status": STATUS_UNSENDABLE, "message": f"all results together: {problem}"} for _ in results]
            write_frame(channel, {"number": request["number"], "results": refused}, caps, wait_forever)


def perform_call(handlers: dict[str, Handler], name: str, argument: Any, caps: FrameCaps) -> dict[str, Any]:
    """What one call returned or raised, as a value."""
    try:
        value = handlers[name](argument)
    except SystemExit as end:
        return {"status": STATUS_EXITED, "code": end.code if type(end.code) is int else 1}
    except BaseException as error:
        return {"status": STATUS_RAISED, **report_exception(error)}
    try:
        encode_value(value, caps.payload)
    except UnsendableValue as problem:
        return {"status": STATUS_UNSENDABLE, "message": str(problem)[:LONGEST_MESSAGE]}
    except BaseException as error:  # of an array or a text that the submission made to raise
        return {"status": STATUS_RAISED, **report_exception(error)}
    return {"status": STATUS_RETURNED, "value": value}


def report_exception(error: BaseException) -> dict[str, Any]:
    """Type, message and place of an exception."""
    try:
        message = str(error)[:LONGEST_MESSAGE]
    except Exception:
        message = "(its text cannot be had)"
    file, line = find_place(error.__traceback__)
    lacks_memory = isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM)
    name = "MemoryError" if lacks_memory else type(error).__name__
    return {"error": name[:LONGEST_MESSAGE], "message": message, "file": file, "line": line}


def find_place(traceback: TracebackType | None) -> tuple[str, int]:
    """The innermost file and line of the submission in a traceback; "" and 0 where none is."""
    place = "", 0
    while traceback is not None:
        name = traceback.tb_frame.f_code.co_filename
        if name.startswith(SUBMISSION):
            place = name[len(SUBMISSION) :][:LONGEST_MESSAGE], traceback.tb_lineno
        traceback = traceback.tb_next
    return place


def flush_output() -> None:
    """Send on what was printed, lest it is lost when the worker is ended."""
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        try:
            if stream is not None:
                stream.flush()
        except BaseException:
            continue


def run_text(argument: dict[str, Any]) -> Any:
    """Run a program of the parent, and then a function of it: text, function, argument."""
    module = ModuleType("program")
    exec(compile(argument["text"], "program", "exec"), module.__dict__)
    return module.__dict__[argument["function"]](argument["argument"])


def end_worker(code: int) -> None:
    """End without running what the submission registered to be run at the end."""
    os._exit(code)
