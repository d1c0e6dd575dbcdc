"""A process gives up, for good, what it does not need to compute: the order in which the mechanisms are used."""

import gc
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradcheck.sandbox.inside.kernel import (
    PR_SET_DUMPABLE,
    PR_SET_NO_NEW_PRIVS,
    control_process,
    drop_capabilities,
    read_machine,
)
from gradcheck.sandbox.inside.landlock import make_ruleset, read_landlock_version, restrict_to_ruleset
from gradcheck.sandbox.inside.namespaces import enter_namespaces
from gradcheck.sandbox.inside.seccomp import check_seccomp, compile_filter, install_filter, list_worker_rules

NAMESPACES, LANDLOCK, SECCOMP, RLIMITS = "namespaces", "landlock", "seccomp", "rlimits"
INSTALLED_PACKAGES = ("site-packages", "dist-packages")
"""Folders within the standard library that are no part of it."""
NOBODY = 65534
FIRST_KEPT_DESCRIPTOR = 100
"""Descriptors that outlive the start of a worker are numbered from here on."""


@dataclass(frozen=True)
class ConfinementPlan:
    """What a worker is to be confined by.

    mechanisms: of NAMESPACES, LANDLOCK, SECCOMP, RLIMITS.  limits: of a resource of rlimit, by name: RLIMIT_CPU, soft
    and hard.  paths: what stays readable; those in the standard library without INSTALLED_PACKAGES.
    """

    mechanisms: frozenset[str]
    limits: dict[str, tuple[int, int]]
    paths: list[str]


def list_readable(paths: list[str]) -> list[str]:
    """The files and folders in these paths but the folders of installed packages."""
    found = []
    for path in paths:
        inside = sorted(os.listdir(path))
        whole = not any(name in INSTALLED_PACKAGES for name in inside)
        found += [path] if whole else [f"{path}/{name}" for name in inside if name not in INSTALLED_PACKAGES]
    return [path for path in found if os.path.exists(path)]  # a link may lead nowhere


def find_missing(mechanisms: frozenset[str]) -> dict[str, str]:
    """The mechanisms that this kernel has not, with what it says; those of namespaces only entering them shows."""
    checks = {LANDLOCK: read_landlock_version, SECCOMP: check_both_machines}
    missing = {}
    for name, check in checks.items():
        if name in mechanisms:
            try:
                check()
            except OSError as problem:
                missing[name] = str(problem)
    return missing


def check_both_machines() -> None:
    """OSError where there are no filters, or the numbers of system calls are unknown."""
    read_machine()
    check_seccomp()


def is_open_to_all(paths: list[str]) -> bool:
    """Whether every user may read these folders."""
    folders = {folder for path in paths for folder in (Path(path), *Path(path).parents)}
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in folders) and all(
        Path(path).stat().st_mode & stat.S_IROTH for path in paths
    )


def become_nobody(paths: list[str]) -> None:
    """Give up being root where nobody may read what a worker reads, too; a home folder often is root's alone."""
    if os.geteuid() == 0 and is_open_to_all(paths):
        try:
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
        except OSError:  # root of a container without these capabilities
            return
        control_process(PR_SET_DUMPABLE, 1)  # else /proc/self belongs to root, and no namespace can be set up


def prepare_zygote(plan: ConfinementPlan) -> int:
    """Do what is done once for all workers; the descriptor of Landlock's rules, -1 without them.  OSError where a
    mechanism fails."""
    ruleset = -1
    if plan.mechanisms:
        become_nobody(plan.paths)
    if NAMESPACES in plan.mechanisms:
        hidden = [f"{path}/{name}" for path in plan.paths for name in INSTALLED_PACKAGES]
        enter_namespaces(plan.paths, [path for path in hidden if os.path.isdir(path)])
    if LANDLOCK in plan.mechanisms:
        ruleset = keep_descriptor(make_ruleset(list_readable(plan.paths)))
    if SECCOMP in plan.mechanisms:
        hide_host_name()
    if plan.mechanisms:
        control_process(PR_SET_DUMPABLE, 0)  # a process of the same user cannot trace it
    gc.collect()
    gc.freeze()
    return ruleset


def hide_host_name() -> None:
    """Let os.uname, which the filter refuses and numpy.testing calls, tell the machine and no name of it."""
    told = os.uname_result(("Linux", "sandbox", "", "", os.uname().machine))
    os.uname = lambda: told


def keep_descriptor(descriptor: int) -> int:
    """The same under a number that the start of a worker leaves alone."""
    import fcntl

    kept: int = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, FIRST_KEPT_DESCRIPTOR)
    os.close(descriptor)
    return kept


def confine_process(plan: ConfinementPlan, ruleset: int) -> None:
    """Confine this process for good.  OSError where a mechanism fails: then it must not go on."""
    if plan.mechanisms:
        drop_capabilities()
        control_process(PR_SET_NO_NEW_PRIVS, 1)
    if RLIMITS in plan.mechanisms:
        for name, limit in plan.limits.items():
            lower_limit(name, limit)
    if LANDLOCK in plan.mechanisms:
        restrict_to_ruleset(ruleset)
        os.close(ruleset)
    if SECCOMP in plan.mechanisms:
        install_filter(compile_filter(list_worker_rules(os.getpid()), read_machine()))


def lower_limit(name: str, limit: tuple[int, int]) -> None:
    """Set a limit of resources, where it is not lower already."""
    import resource

    kind = getattr(resource, name)
    _, before = resource.getrlimit(kind)
    soft, hard = (most if before == resource.RLIM_INFINITY else min(most, before) for most in limit)
    resource.setrlimit(kind, (soft, hard))


def describe_zygote(plan: ConfinementPlan) -> dict[str, Any]:
    """What is in force: version of Landlock, user."""
    version = read_landlock_version() if LANDLOCK in plan.mechanisms else 0
    return {"landlock_version": version, "user": os.geteuid()}
