"""A process that has NumPy in memory and runs nobody's code: it forks a worker for each request.

Its parent sends, over a socket of packets, the worker's channel and the two ends of pipes for its output; it gets a
descriptor of the process (pidfd) and its number, and asks by that number how the process ended.
"""

import json
import os
import signal
import socket
import sys
from typing import Any, TextIO

from gradcheck.sandbox.inside.confinement import (
    FIRST_KEPT_DESCRIPTOR,
    NAMESPACES,
    ConfinementPlan,
    confine_process,
    describe_zygote,
    find_missing,
    prepare_zygote,
)
from gradcheck.sandbox.inside.frames import ChannelClosed, FrameCaps, wait_forever, write_frame
from gradcheck.sandbox.inside.kernel import PR_SET_PDEATHSIG, control_process
from gradcheck.sandbox.inside.namespaces import number_children_anew
from gradcheck.sandbox.inside.serving import Handler, end_worker, serve

LONGEST_PACKET = 1 << 16
CHANNEL = 3
"""The descriptor of a worker's channel."""
FAILED = 70
"""The exit code of a process that could not start, or met what it should not."""


def run_zygote(control: int, plan: ConfinementPlan, caps: FrameCaps, handlers: dict[str, Handler], parent: int) -> None:
    """Fork workers until the parent closes its end; in a worker, serve and end.  parent: the process whose end is that
    of this one, 0 where its thread may end before it; a parent that is gone closes the socket in any case."""
    connection = socket.socket(fileno=os.dup(control))  # a low number, which a worker closes
    os.close(control)
    missing = find_missing(plan.mechanisms)
    ruleset = -1
    if not missing:
        try:
            ruleset = prepare_zygote(plan)
        except OSError as problem:
            missing[NAMESPACES if NAMESPACES in plan.mechanisms else "landlock"] = str(problem)
    if parent:
        die_with(parent)
    reply(connection, {"missing": missing, **({} if missing else describe_zygote(plan))})
    if not missing and answer_requests(connection, plan):
        be_worker(plan, ruleset, caps, handlers)
    end_worker(0)


def answer_requests(connection: socket.socket, plan: ConfinementPlan) -> bool:
    """Answer the parent until it closes its end; true in a worker that was forked."""
    while True:
        packet, descriptors, _, _ = socket.recv_fds(connection, LONGEST_PACKET, 3)
        if not packet:
            return False
        request = json.loads(packet)
        if "ended" in request:
            reply(connection, await_end(request["ended"]))
        elif fork_worker(connection, plan, descriptors):
            connection.detach()
            return True
        for descriptor in descriptors:
            os.close(descriptor)


def reply(connection: socket.socket, answer: dict[str, Any], descriptors: tuple[int, ...] = ()) -> None:
    """Send one answer."""
    socket.send_fds(connection, [json.dumps(answer).encode()], list(descriptors))


def await_end(process: int) -> dict[str, Any]:
    """End what is left of a worker and its children; how it ended, its seconds of CPU, its most KiB of memory."""
    try:
        os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT)
        os.killpg(process, signal.SIGKILL)
    except ProcessLookupError:
        pass
    _, status, used = os.wait4(process, 0)
    code = os.waitstatus_to_exitcode(status)
    return {"code": code, "seconds": used.ru_utime + used.ru_stime, "memory": used.ru_maxrss}


def fork_worker(connection: socket.socket, plan: ConfinementPlan, descriptors: list[int]) -> bool:
    """Fork a worker and tell the parent; true in the worker.  With namespaces, a process stands between, since the
    number of a process within its own namespace is the first only for a child."""
    zygote = os.getpid()
    process = os.fork()
    if process:
        if NAMESPACES not in plan.mechanisms:
            announce(connection, process, process)
        return False
    die_with(zygote)
    os.setsid()
    if NAMESPACES in plan.mechanisms:
        number_children_anew()
        worker = os.fork()
        if worker:
            announce(connection, os.getpid(), worker)
            os.closerange(3, FIRST_KEPT_DESCRIPTOR)
            end_as(worker)
        control_process(PR_SET_PDEATHSIG, signal.SIGKILL)
    arrange_descriptors(descriptors)
    return True


def announce(connection: socket.socket, child: int, worker: int) -> None:
    """Tell the parent of a worker, and of the child whose end is the worker's."""
    descriptor = os.pidfd_open(worker)
    reply(connection, {"process": child}, (descriptor,))
    os.close(descriptor)


def die_with(parent: int) -> None:
    """Be killed when the parent ends; at once where it has."""
    control_process(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        end_worker(FAILED)


def end_as(worker: int) -> None:
    """Wait for a child and end as it did."""
    code = os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1])
    if code < 0:
        if -code not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    end_worker(code)


def arrange_descriptors(descriptors: list[int]) -> None:
    """Have the channel as CHANNEL, the pipes as output, and nothing else open but what is kept."""
    channel, out, err = descriptors
    os.dup2(out, 1)
    os.dup2(err, 2)
    if channel != CHANNEL:
        os.dup2(channel, CHANNEL, inheritable=False)
    os.closerange(CHANNEL + 1, FIRST_KEPT_DESCRIPTOR)
    sys.stdout = sys.__stdout__ = open_text(1)  # type: ignore[assignment, misc]
    sys.stderr = sys.__stderr__ = open_text(2)  # type: ignore[assignment, misc]


def open_text(descriptor: int) -> TextIO:
    """A stream of text that sends each line at once."""
    return open(descriptor, "w", 1, encoding="utf-8", errors="backslashreplace", closefd=False)


def be_worker(plan: ConfinementPlan, ruleset: int, caps: FrameCaps, handlers: dict[str, Handler]) -> None:
    """Confine this process, say so, and serve."""
    os.set_blocking(CHANNEL, False)
    try:
        confine_process(plan, ruleset)
        write_frame(CHANNEL, {"ready": True}, caps, wait_forever)
    except ChannelClosed:
        return
    except Exception as problem:
        write_frame(CHANNEL, {"ready": False, "problem": f"{type(problem).__name__}: {problem}"}, caps, wait_forever)
        end_worker(FAILED)
    serve(CHANNEL, handlers, caps)
