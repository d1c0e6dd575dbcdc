"""System calls of Linux by name, for which Python has no function.

The numbers of x86_64 and aarch64 stand in one table, from asm/unistd_64.h and asm-generic/unistd.h.  Those of aarch64
were compared with the header, and not run.
"""

import ctypes
import os
from functools import cache
from typing import Any

SYSTEM_CALLS: dict[str, tuple[int | None, int | None]] = {
    "access": (21, None),
    "brk": (12, 214),
    "capset": (126, 91),
    "clock_getres": (229, 114),
    "clock_gettime": (228, 113),
    "clock_nanosleep": (230, 115),
    "clone": (56, 220),
    "clone3": (435, 435),
    "close": (3, 57),
    "close_range": (436, 436),
    "dup": (32, 23),
    "dup2": (33, None),
    "dup3": (292, 24),
    "exit": (60, 93),
    "exit_group": (231, 94),
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    "fcntl": (72, 25),
    "fstat": (5, 80),
    "futex": (202, 98),
    "getcpu": (309, 168),
    "getcwd": (79, 17),
    "getdents64": (217, 61),
    "getegid": (108, 177),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getpgid": (121, 155),
    "getpgrp": (111, None),
    "getpid": (39, 172),
    "getppid": (110, 173),
    "getrandom": (318, 278),
    "getrlimit": (97, 163),
    "getrusage": (98, 165),
    "getsid": (124, 156),
    "gettid": (186, 178),
    "gettimeofday": (96, 169),
    "getuid": (102, 174),
    "ioctl": (16, 29),
    "landlock_add_rule": (445, 445),
    "landlock_create_ruleset": (444, 444),
    "landlock_restrict_self": (446, 446),
    "lseek": (8, 62),
    "lstat": (6, None),
    "madvise": (28, 233),
    "membarrier": (324, 283),
    "mmap": (9, 222),
    "mount": (165, 40),
    "mprotect": (10, 226),
    "mremap": (25, 216),
    "munmap": (11, 215),
    "nanosleep": (35, 101),
    "newfstatat": (262, 79),
    "open": (2, None),
    "openat": (257, 56),
    "pivot_root": (155, 41),
    "poll": (7, None),
    "ppoll": (271, 73),
    "pread64": (17, 67),
    "prlimit64": (302, 261),
    "pselect6": (270, 72),
    "read": (0, 63),
    "readv": (19, 65),
    "restart_syscall": (219, 128),
    "rseq": (334, 293),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sched_getaffinity": (204, 123),
    "sched_yield": (24, 124),
    "seccomp": (317, 277),
    "select": (23, None),
    "set_robust_list": (273, 99),
    "set_tid_address": (218, 96),
    "setns": (308, 268),
    "sigaltstack": (131, 132),
    "stat": (4, None),
    "statx": (332, 291),
    "sysinfo": (99, 179),
    "tgkill": (234, 131),
    "time": (201, None),
    "times": (100, 153),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "write": (1, 64),
    "writev": (20, 66),
}
"""The number of each system call on x86_64 and aarch64, None where it has none."""

MACHINES = ("x86_64", "aarch64")

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_CAPBSET_DROP = 24
PR_SET_NO_NEW_PRIVS = 38
LAST_CAPABILITY = 63
CAPABILITY_VERSION_3 = 0x20080522


@cache
def load_libc() -> ctypes.CDLL:
    """The C library that is loaded."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    return libc


def read_machine() -> str:
    """The machine that this runs on, as uname names it.  OSError where its system calls are not known here."""
    machine = os.uname().machine
    if machine not in MACHINES:
        raise OSError(f"no table of system calls for {machine}")
    return machine


def number_of(name: str, machine: str) -> int | None:
    """The number of a system call, None where the machine has none of this name."""
    return SYSTEM_CALLS[name][MACHINES.index(machine)]


def call_kernel(name: str, *arguments: Any) -> int:
    """Make one system call: integers, bytes and ctypes objects as arguments.  OSError with what the kernel says."""
    number = number_of(name, read_machine())
    assert number is not None
    passed = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result: int = load_libc().syscall(ctypes.c_long(number), *passed)
    if result == -1:
        problem = ctypes.get_errno()
        raise OSError(problem, f"{name}: {os.strerror(problem)}")
    return result


def control_process(option: int, value: int) -> None:
    """prctl of one option.  OSError with what the kernel says."""
    rest = [ctypes.c_ulong(0)] * 3
    if load_libc().prctl(option, ctypes.c_ulong(value), *rest) == -1:
        problem = ctypes.get_errno()
        raise OSError(problem, f"prctl({option}): {os.strerror(problem)}")


def drop_capabilities() -> None:
    """Give up every capability, and that of ever having one again."""
    for capability in range(LAST_CAPABILITY + 1):
        try:
            control_process(PR_CAPBSET_DROP, capability)
        except OSError:  # EINVAL beyond the last one; EPERM for a user who has none to drop
            break
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    call_kernel("capset", ctypes.byref(header), ctypes.byref((ctypes.c_uint32 * 6)()))
