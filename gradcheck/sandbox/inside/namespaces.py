"""Namespaces: a process sees a tree of files, processes, a network of its own.

Where unprivileged users may not have them (Docker's default profile; Ubuntu 24.04), entering them raises OSError, and
the process is of no further use.
"""

import ctypes
import os

from gradcheck.sandbox.inside.kernel import call_kernel, load_libc

NEW_FILES, NEW_UTS, NEW_IPC = 0x00020000, 0x04000000, 0x08000000
NEW_USER, NEW_PROCESSES, NEW_NETWORK = 0x10000000, 0x20000000, 0x40000000
NAMESPACE_NAMES = ("user", "mount", "pid", "net", "ipc", "uts")
MOUNT_READ_ONLY, NO_SUID, NO_DEVICES, NO_EXEC, REMOUNT, BIND, RECURSIVE, PRIVATE = 1, 2, 4, 8, 32, 4096, 16384, 1 << 18
KEPT_FLAGS = {2: NO_SUID, 4: NO_DEVICES, 8: NO_EXEC, 1024: 1024, 2048: 2048, 4096: 1 << 21}
"""What a mount may not lose when it is bound: flags of statvfs and of mount (nosuid, nodev, noexec, *atime)."""
DETACH = 2
NEW_ROOT = "/tmp"
HOST_NAME = b"sandbox"


def enter_namespaces(paths: list[str], hidden: list[str]) -> None:
    """Move this process, which has one thread, to namespaces of its own, where of all files there are those at and
    below `paths`, read-only, without those in the folders `hidden`; its children are still numbered as before."""
    user, group = os.geteuid(), os.getegid()
    call_kernel("unshare", NEW_USER | NEW_FILES | NEW_NETWORK | NEW_IPC | NEW_UTS)
    write_text("/proc/self/setgroups", "deny")
    write_text("/proc/self/uid_map", f"{user} {user} 1")
    write_text("/proc/self/gid_map", f"{group} {group} 1")
    check_result(load_libc().sethostname(HOST_NAME, ctypes.c_size_t(len(HOST_NAME))), "sethostname")
    make_root(paths, hidden)


def make_root(paths: list[str], hidden: list[str]) -> None:
    """Replace the tree of files by an empty one into which `paths` are bound."""
    mount(None, "/", None, RECURSIVE | PRIVATE)
    sources = [os.open(path, os.O_PATH | os.O_CLOEXEC) for path in paths]
    mount("tmpfs", NEW_ROOT, "tmpfs", NO_SUID | NO_DEVICES)
    masks = [path for path in hidden if any(is_below(path, other) for other in paths)]
    steps = sorted([*zip(paths, sources, strict=True), *((path, -1) for path in masks)], key=lambda s: s[0].count("/"))
    for path, source in steps:
        place_path(NEW_ROOT + path, source)
    for path, source in steps:
        forbid_writing(NEW_ROOT + path, source)
    for source in sources:
        os.close(source)
    os.chdir(NEW_ROOT)
    call_kernel("pivot_root", b".", b".")
    call_kernel("umount2", b".", DETACH)
    os.chdir("/")
    mount(None, "/", None, REMOUNT | BIND | MOUNT_READ_ONLY | NO_SUID | NO_DEVICES)


def place_path(target: str, source: int) -> None:
    """Bind an open folder to a path, or an empty folder where there is no source."""
    os.makedirs(target, exist_ok=True)
    if source < 0:
        mount("tmpfs", target, "tmpfs", NO_SUID | NO_DEVICES)
    else:
        mount(f"/proc/self/fd/{source}", target, None, BIND | RECURSIVE)


def forbid_writing(target: str, source: int) -> None:
    """Let nothing be written below a mount."""
    kept = 0 if source < 0 else sum(new for old, new in KEPT_FLAGS.items() if os.statvfs(target).f_flag & old)
    mount(None, target, None, REMOUNT | BIND | MOUNT_READ_ONLY | NO_SUID | NO_DEVICES | kept)


def is_below(path: str, folder: str) -> bool:
    """Whether a path is in a folder."""
    return path.startswith(folder.rstrip("/") + "/")


def number_children_anew() -> None:
    """Let the next child be the first process of a namespace of its own, which ends with it."""
    call_kernel("unshare", NEW_PROCESSES)


def mount(source: str | None, target: str, kind: str | None, flags: int) -> None:
    """mount(2).  OSError with what the kernel says."""
    names = [name.encode() if name is not None else None for name in (source, target, kind)]
    check_result(load_libc().mount(*names, ctypes.c_ulong(flags), None), f"mount {target}")


def check_result(result: int, call: str) -> None:
    """OSError for a call of the C library that failed."""
    if result == -1:
        problem = ctypes.get_errno()
        raise OSError(problem, f"{call}: {os.strerror(problem)}")


def write_text(path: str, text: str) -> None:
    """Write a file of the kernel."""
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
