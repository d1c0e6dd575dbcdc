"""seccomp: the kernel refuses every system call of a process that is not on a list, for good.

A filter is a program of classic BPF that reads `struct seccomp_data`: number, machine, instruction pointer, six
arguments.  Source: https://docs.kernel.org/userspace-api/seccomp_filter.html, include/uapi/linux/{seccomp,audit}.h.
"""

import ctypes
import errno
import struct
from dataclasses import dataclass

from gradcheck.sandbox.inside.kernel import call_kernel, number_of

LOAD_WORD, JUMP_IF_EQUAL, JUMP_IF_AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
NUMBER_AT, MACHINE_AT, ARGUMENTS_AT = 0, 4, 16
ALLOW, KILL_PROCESS, REFUSE = 0x7FFF0000, 0x80000000, 0x00050000
"""What is done with a call; REFUSE + n makes it fail with errno n."""
AUDIT_MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
X32_BIT = 0x40000000
"""Calls of the x32 interface of x86_64 have this bit; no other call is as high."""
SET_MODE_FILTER, GET_ACTION_AVAIL = 1, 2
ALL_THREADS = 1


@dataclass(frozen=True)
class CallRule:
    """What is done with a system call whose arguments have these values.

    words: (argument, its low word); pointers that have to be null are listed in `null`.
    """

    name: str
    action: int = ALLOW
    words: tuple[tuple[int, int], ...] = ()
    null: tuple[int, ...] = ()


ALWAYS_ALLOWED = (
    *("access", "brk", "clock_getres", "clock_gettime", "clock_nanosleep", "close", "close_range", "dup", "dup2"),
    *("dup3", "exit", "exit_group", "faccessat", "faccessat2", "fstat", "futex", "getcpu", "getcwd", "getdents64"),
    *("getegid", "geteuid", "getgid", "getpgid", "getpgrp", "getpid", "getppid", "getrandom", "getrlimit"),
    *("getrusage", "getsid", "gettid", "gettimeofday", "getuid", "lseek", "lstat", "madvise", "membarrier", "mmap"),
    *("mprotect", "mremap", "munmap", "nanosleep", "newfstatat", "open", "openat", "poll", "ppoll", "pread64"),
    *("pselect6", "read", "readv", "restart_syscall", "rseq", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn"),
    *("sched_getaffinity", "sched_yield", "select", "set_robust_list", "set_tid_address", "sigaltstack", "stat"),
    *("statx", "sysinfo", "time", "times", "write", "writev"),
)
"""Calls of a program that computes, reads what it may, and writes to what is open."""

FCNTL_COMMANDS = (0, 1, 2, 3, 4, 1030)
"""F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC."""
IOCTL_REQUESTS = (0x5401, 0x5450, 0x5451)
"""TCGETS, by which a terminal is recognised, FIONCLEX, FIOCLEX."""
SIGABRT = 6


def list_worker_rules(process: int) -> list[CallRule]:
    """What the process of this number may do: compute, and abort itself.  Everything else fails with EPERM."""
    return [
        *(CallRule(name) for name in ALWAYS_ALLOWED),
        *(CallRule("fcntl", words=((1, command),)) for command in FCNTL_COMMANDS),
        *(CallRule("ioctl", words=((1, request),)) for request in IOCTL_REQUESTS),
        CallRule("prlimit64", words=((0, 0),), null=(2,)),  # to ask, not to set
        CallRule("tgkill", words=((0, process), (2, SIGABRT))),
        CallRule("clone3", REFUSE + errno.ENOSYS),  # glibc then calls clone, which is refused
    ]


def compile_filter(rules: list[CallRule], machine: str, otherwise: int = REFUSE + errno.EPERM) -> bytes:
    """The program that does what the first rule says that fits, and `otherwise` where none does; a call of another
    machine's interface ends the process."""
    program = [
        instruction(LOAD_WORD, MACHINE_AT),
        instruction(JUMP_IF_EQUAL, AUDIT_MACHINES[machine], 1, 0),
        instruction(RETURN, KILL_PROCESS),
        instruction(LOAD_WORD, NUMBER_AT),
        instruction(JUMP_IF_AT_LEAST, X32_BIT, 0, 1),
        instruction(RETURN, KILL_PROCESS),
    ]
    for rule in rules:
        number = number_of(rule.name, machine)
        if number is not None:
            program += compile_rule(rule, number)
    return b"".join([*program, instruction(RETURN, otherwise)])


def compile_rule(rule: CallRule, number: int) -> list[bytes]:
    """The instructions of one rule; behind them the number of the call is loaded again where an argument was."""
    compared = [(ARGUMENTS_AT + 8 * i, value) for i, value in rule.words]
    compared += [(ARGUMENTS_AT + 8 * i + half, 0) for i in rule.null for half in (0, 4)]
    end = 2 * len(compared) + 1
    block = [instruction(JUMP_IF_EQUAL, number, 0, end + bool(compared))]
    for i, (offset, value) in enumerate(compared):
        block += [instruction(LOAD_WORD, offset), instruction(JUMP_IF_EQUAL, value, 0, end - 2 * (i + 1))]
    block.append(instruction(RETURN, rule.action))
    return [*block, instruction(LOAD_WORD, NUMBER_AT)] if compared else block


def instruction(code: int, constant: int, if_true: int = 0, if_false: int = 0) -> bytes:
    """struct sock_filter"""
    return struct.pack("=HBBI", code, if_true, if_false, constant)


class FilterProgram(ctypes.Structure):
    """struct sock_fprog"""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def install_filter(program: bytes) -> None:
    """Let a filter hold for all threads of this process, for good; new privileges have to be given up before."""
    given = FilterProgram(len(program) // 8, program)
    call_kernel("seccomp", SET_MODE_FILTER, ALL_THREADS, ctypes.byref(given))


def check_seccomp() -> None:
    """OSError where the kernel has no filters."""
    call_kernel("seccomp", GET_ACTION_AVAIL, 0, ctypes.byref(ctypes.c_uint32(KILL_PROCESS)))
