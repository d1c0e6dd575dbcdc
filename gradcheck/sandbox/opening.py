"""Opening a sandbox: the strongest isolation that works here, proved, or a refusal that says what is missing."""

import sys

from gradcheck.sandbox.canary import is_computing, run_canary
from gradcheck.sandbox.inside.confinement import LANDLOCK, NAMESPACES, SECCOMP
from gradcheck.sandbox.isolation_record import (
    ALL_MECHANISMS,
    Isolation,
    IsolationLevel,
    decide_level,
    find_container,
)
from gradcheck.sandbox.launch_text import read_inside
from gradcheck.sandbox.limits import Limits
from gradcheck.sandbox.worker_process import SandboxWorker
from gradcheck.sandbox.zygote_process import SandboxGone, Zygote

GIVEN_UP_FIRST = (NAMESPACES, SECCOMP, LANDLOCK)
"""The order in which mechanisms are left out where no worker computes with them, for a reason that does not show.
Limits never are: they are the user's."""

REMEDIES = {
    NAMESPACES: "let unprivileged users have namespaces (sysctl kernel.apparmor_restrict_unprivileged_userns=0 on "
    "Ubuntu), or ask for no more than the level confined",
    LANDLOCK: "use Linux 5.13 or newer with Landlock switched on (lsm= on the kernel's command line)",
    SECCOMP: "use a kernel with CONFIG_SECCOMP_FILTER on x86_64 or aarch64",
}
ELSEWHERE = (
    "submissions are kept apart by Landlock and seccomp, which only Linux has; this is {system}. Run gradcheck in a "
    "Linux virtual machine, or in a container in one"
)


class IsolationMissing(RuntimeError):
    """What is here keeps submissions less apart than was asked for; the message says what is missing and what to do."""


class Sandbox:
    """Starts confined workers.  `isolation` says what was proved of them."""

    def __init__(self, zygote: Zygote, isolation: Isolation) -> None:
        self.zygote = zygote
        self.isolation = isolation

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def start_worker(self) -> SandboxWorker:
        """A fresh worker.  OSError where it could not be confined, SandboxGone where the sandbox is closed."""
        return self.zygote.start_worker()

    def close(self) -> None:
        """End all workers."""
        self.zygote.close()


def open_sandbox(
    minimum: IsolationLevel | str = IsolationLevel.CONFINED,
    *,
    unsafe: bool = False,
    limits: Limits | None = None,
    agent: str | None = None,
    packages: tuple[str, ...] = ("numpy",),
    mechanisms: frozenset[str] = ALL_MECHANISMS,
) -> Sandbox:
    """Start the zygote and prove what a worker of it cannot do.

    minimum: the least level.  unsafe: go on below it, which the record says.  agent: the text of a module with a table
    HANDLERS, a minimal one if None.  packages: what a submission may import beside the standard library.  mechanisms:
    those to try.  IsolationMissing below the minimum; on systems other than Linux always.
    """
    if not sys.platform.startswith("linux"):
        raise IsolationMissing(ELSEWHERE.format(system=sys.platform))
    least, given = IsolationLevel(minimum), limits or Limits()
    text = read_inside("minimal_agent") if agent is None else agent
    zygote, missing = start_strongest(text, packages, mechanisms, given)
    try:
        isolation = prove_isolation(zygote, missing, least)
    except BaseException:
        zygote.close()
        raise
    if isolation.level.rank < least.rank and not unsafe:
        zygote.close()
        raise IsolationMissing(describe_missing(isolation, least))
    return Sandbox(zygote, isolation)


def start_strongest(
    agent: str, packages: tuple[str, ...], mechanisms: frozenset[str], limits: Limits
) -> tuple[Zygote, dict[str, str]]:
    """A zygote whose workers compute, with as many of the mechanisms as work here; and why the others do not."""
    missing: dict[str, str] = dict.fromkeys(sorted(ALL_MECHANISMS - mechanisms), "not asked for")
    while True:
        zygote = Zygote(agent, packages, mechanisms, limits)
        found = zygote.facts["missing"] or try_worker(zygote)
        if not found:
            return zygote, missing
        zygote.close()
        if not found.keys() & mechanisms:
            raise SandboxGone(f"no worker computes here: {'; '.join(found.values())}")
        missing |= found
        mechanisms -= found.keys()


def try_worker(zygote: Zygote) -> dict[str, str]:
    """Nothing where a worker starts and computes; else the mechanism to leave out, and the problem."""
    try:
        with zygote.start_worker() as worker:
            if is_computing(worker):
                return {}
            problem = f"NumPy does not compute: {worker.ended.message if worker.ended else 'wrong numbers'}"
    except OSError as failure:
        problem = str(failure)
    return {next((name for name in GIVEN_UP_FIRST if name in zygote.mechanisms), ""): problem}


def prove_isolation(zygote: Zygote, missing: dict[str, str], least: IsolationLevel) -> Isolation:
    """The record of what a worker proved."""
    with zygote.start_worker() as worker:
        canary = run_canary(worker)
    level = decide_level(zygote.mechanisms, canary)
    return Isolation(
        level=level,
        mechanisms=tuple(sorted(zygote.mechanisms)),
        landlock_version=zygote.facts["landlock_version"],
        canary=canary,
        missing=missing,
        limits=zygote.limits,
        outer=find_container(),
        unsafe=level.rank < least.rank,
    )


def describe_missing(isolation: Isolation, least: IsolationLevel) -> str:
    """What is missing for a level, and what to do."""
    reasons = [f"{name}: {reason}" for name, reason in isolation.missing.items()]
    remedies = [REMEDIES[name] for name in isolation.missing if name in REMEDIES]
    leaks = f"; a worker could still do this: {', '.join(isolation.leaks)}" if isolation.leaks else ""
    return (
        f"submissions would be kept apart at level {isolation.level}, and {least} is asked for ({'; '.join(reasons)})"
        f"{leaks}. To do: {'; or '.join(remedies) or 'see docs/sandbox.md'}"
    )
