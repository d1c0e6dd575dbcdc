"""Landlock: a process gives up every access to files but reading below some paths.  Linux 5.13 and newer.

Source of the numbers: include/uapi/linux/landlock.h; https://docs.kernel.org/userspace-api/landlock.html.
"""

import ctypes
import os
import stat

from gradcheck.sandbox.inside.kernel import call_kernel

CREATE_RULESET_VERSION = 1
RULE_PATH_BENEATH = 1
READ_FILE, READ_DIR = 1 << 2, 1 << 3
FILE_RIGHTS = ((1, 13), (2, 14), (3, 15), (5, 16))
"""From which version of the interface there are how many rights on files."""
NETWORK_VERSION, ALL_TCP = 4, 0b11
"""The version that can refuse TCP, and its two rights."""
SCOPE_VERSION, ALL_SCOPES = 6, 0b11
"""The version that keeps abstract sockets and signals within the process, and its two scopes."""


class RulesetAttributes(ctypes.Structure):
    """struct landlock_ruleset_attr"""

    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class PathAttributes(ctypes.Structure):
    """struct landlock_path_beneath_attr"""

    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("rights", ctypes.c_uint64), ("descriptor", ctypes.c_int32))


def read_landlock_version() -> int:
    """The version of the interface that the kernel has.  OSError where it has none, or where it is switched off."""
    return call_kernel("landlock_create_ruleset", None, 0, CREATE_RULESET_VERSION)


def make_ruleset(paths: list[str]) -> int:
    """A descriptor of rules that refuse all but reading at and below these paths."""
    version = read_landlock_version()
    rights = max(count for first, count in FILE_RIGHTS if first <= version)
    attributes = RulesetAttributes((1 << rights) - 1)
    size = 8
    if version >= NETWORK_VERSION:
        attributes.network, size = ALL_TCP, 16
    if version >= SCOPE_VERSION:
        attributes.scopes, size = ALL_SCOPES, 24
    ruleset = call_kernel("landlock_create_ruleset", ctypes.byref(attributes), size, 0)
    for path in paths:
        allow_reading(ruleset, path)
    return ruleset


def allow_reading(ruleset: int, path: str) -> None:
    """Allow reading at and below a path."""
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        rule = PathAttributes(READ_FILE | (READ_DIR if is_folder else 0), descriptor)
        call_kernel("landlock_add_rule", ruleset, RULE_PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(descriptor)


def restrict_to_ruleset(ruleset: int) -> None:
    """Let the rules hold for this process, for good; new privileges have to be given up before."""
    call_kernel("landlock_restrict_self", ruleset, 0)
