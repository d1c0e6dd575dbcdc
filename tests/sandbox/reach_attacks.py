"""Attempts to reach what is not a submission's: each function is called in a worker, and returns True where it did.

This file is sent to workers as it is; it imports the standard library and NumPy alone.  `given` holds what the parent
has put within reach: files, ports, processes.
"""

import ctypes
import gc
import hashlib
import mmap
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import numpy as np

LIBC = ctypes.CDLL(None, use_errno=True)


def read_solution(given):
    return b"solution" in open(given["solution"], "rb").read()


def read_other_submission(given):
    return bool(open(given["other"], "rb").read())


def list_course(given):
    return bool(os.listdir(given["course"]))


def stat_solution(given):
    return os.stat(given["solution"]).st_size > 0


def read_etc_passwd(given):
    return "root" in open("/etc/passwd").read()


def list_home(given):
    return isinstance(os.listdir(given["home"]), list)


def link_to_solution(given):
    link = given["course"] + "/link"
    os.symlink(given["solution"], link)
    return b"solution" in open(link, "rb").read()


def find_environment(given):
    name, digest = given["variable"], given["digest"]
    own = [*os.environb.values()]
    with suppress(OSError):
        own += [part.partition(b"=")[2] for part in Path("/proc/self/environ").read_bytes().split(b"\0")]
    return name in os.environ or any(hashlib.sha256(value).hexdigest() == digest for value in own)


def find_paths_in_arguments(given):
    words = [*sys.argv, *sys.orig_argv, *sys.path]
    with suppress(OSError):
        words.append(Path("/proc/self/cmdline").read_text())
    return any(given["course"] in word or "site-packages" in word for word in words)


def read_parents_environment(given):
    return bool(open(f"/proc/{given['parent']}/environ", "rb").read())


def read_parents_memory(given):
    return open(f"/proc/{given['parent']}/mem", "rb").fileno() > 0


def list_parents_files(given):
    return bool(os.listdir(f"/proc/{given['parent']}/fd"))


def list_processes(given):
    return str(given["parent"]) in os.listdir("/proc")


def call_kernel(number, *arguments):
    LIBC.syscall.restype = ctypes.c_long
    result = LIBC.syscall(ctypes.c_long(number), *[ctypes.c_long(a) if isinstance(a, int) else a for a in arguments])
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return True


def trace_decoy(given):
    return call_kernel(101, 16, given["decoy"], 0, 0)


def read_decoys_memory(given):
    buffer = ctypes.create_string_buffer(8)
    here = (ctypes.c_void_p * 2)(ctypes.addressof(buffer), 8)
    there = (ctypes.c_void_p * 2)(given["address"], 8)
    return call_kernel(310, given["decoy"], here, 1, there, 1, 0)


def take_decoys_descriptor(given):
    return call_kernel(438, os.pidfd_open(given["decoy"]), 0, 0)


def kill_decoy(given):
    os.kill(given["decoy"], signal.SIGKILL)
    return True


def signal_everybody(given):
    os.kill(-1, 0)
    return True


def find_oracle(given):
    held = {name.partition(".")[0] for name in sys.modules}
    if held & {"gradcheck", "jax", "pytest", "hypothesis", "scipy"}:
        return True
    words = [v for d in gc.get_objects() if type(d) is dict for v in list(d.values()) if type(v) is str]
    return any(hashlib.sha256(word.encode("utf-8", "replace")).hexdigest() == given["digest"] for word in words)


def import_gradcheck(given):
    import gradcheck

    return bool(gradcheck)


def import_solution(given):
    sys.path.insert(0, given["course"])
    import solution

    return bool(solution)


def find_descriptors(given):
    found = []
    for descriptor in range(1024):
        try:
            os.fstat(descriptor)
        except OSError:
            continue
        found.append(descriptor)
    return found != [0, 1, 2, 3]


def write_in_course(given):
    with open(given["course"] + "/new", "w") as file:
        return bool(file.write("x"))


def write_in_shared_memory(given):
    name = f"/dev/shm/gradcheck-probe-{os.getpid()}"
    with open(name, "w") as file:
        file.write("x")
    os.unlink(name)
    return True


def write_in_numpy(given):
    return open(np.__file__, "r+b").fileno() > 0


def change_mode(given):
    os.chmod(given["solution"], 0o644)
    return True


def rename_solution(given):
    os.rename(given["solution"], given["solution"] + ".old")
    os.rename(given["solution"] + ".old", given["solution"])
    return True


def truncate_solution(given):
    os.truncate(given["other"], 0)
    return True


def fill_disk(given):
    with open(given["course"] + "/large", "wb") as file:
        return bool(file.write(bytes(1 << 20)))


def fill_memory_file(given):
    return bool(os.write(os.memfd_create("probe"), bytes(1 << 20)))


def connect_tcp(given):
    with socket.create_connection(("127.0.0.1", given["port"]), timeout=1):
        return True


def send_udp(given):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        return bool(sender.sendto(b"x", ("127.0.0.1", given["port"])))


def connect_unix(given):
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(given["socket"])
        return True


def connect_abstract(given):
    with socket.socket(socket.AF_UNIX) as client:
        client.connect("\0" + given["abstract"])
        return True


def listen(given):
    with socket.create_server(("127.0.0.1", 0)):
        return True


def resolve_name(given):
    return bool(socket.getaddrinfo("localhost", 80))


def fork(given):
    child = os.fork()
    if not child:
        os._exit(0)
    return os.waitpid(child, 0)[0] == child


def fork_many(given):
    children = []
    for _ in range(50):
        child = os.fork()
        if not child:
            os._exit(0)
        children.append(child)
    return all(os.waitpid(child, 0)[0] for child in children)


def become_daemon(given):
    read, write = os.pipe()
    if not os.fork():
        os.setsid()
        if not os.fork():
            os.write(write, b"x")
        os._exit(0)
    return os.read(read, 1) == b"x"


def run_program(given):
    return subprocess.run([sys.executable, "-c", "print(1)"], capture_output=True, check=True).stdout == b"1\n"


def spawn_program(given):
    return os.waitpid(os.posix_spawn("/bin/sh", ["sh", "-c", "exit 0"], {}), 0)[1] == 0


def replace_itself(given):
    os.execv("/bin/sh", ["sh", "-c", "exit 0"])


def start_threads(given):
    done = threading.Event()
    threads = [threading.Thread(target=done.wait) for _ in range(300)]
    try:
        for thread in threads:
            thread.start()
    finally:
        done.set()
    return True


def fill_memory_with_ones(given):
    return bool(np.ones(4 * given["memory"] // 8).size)


def fill_memory_with_bytes(given):
    return bool(bytearray(4 * given["memory"]))


def fill_memory_with_map(given):
    return bool(len(mmap.mmap(-1, 4 * given["memory"])))


def fill_memory_by_parts(given):
    parts = []
    while len(parts) < 64:
        parts.append(np.ones(given["memory"] // 16 // 8))
    return True


def raise_limits(given):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft - 1, hard))
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return True


def unshare_user(given):
    return call_kernel(272, 0x10000000)


def mount_memory(given):
    return call_kernel(165, b"tmpfs", given["course"].encode(), b"tmpfs", 0, None) and call_kernel(
        166, given["course"].encode(), 2
    )


def load_bpf(given):
    return call_kernel(321, 0, (ctypes.c_uint32 * 18)(2, 4, 4, 1), 72)


def join_keyring(given):
    return call_kernel(250, 1, None)


def set_up_io_uring(given):
    return call_kernel(425, 1, (ctypes.c_uint32 * 30)())


def open_performance_event(given):
    attributes = (ctypes.c_uint64 * 16)(1 | 128 << 32, 0)
    return call_kernel(298, attributes, 0, -1, -1, 0)


def catch_page_faults(given):
    return call_kernel(323, 0x80000)


def share_memory(given):
    return call_kernel(29, 0, 4096, 0o1600)


def change_personality(given):
    return call_kernel(135, 0x0040000)


def join_namespace(given):
    return call_kernel(308, os.open(f"/proc/{given['parent']}/ns/uts", os.O_RDONLY), 0)


def use_other_interface(given):
    return call_kernel(0x40000000 + 39)


def change_affinity(given):
    os.sched_setaffinity(0, os.sched_getaffinity(0))
    return True


def read_host_name(given):
    return given["host"] in (os.uname().nodename, socket.gethostname())


def keep_living(given):
    """No signal of the parent's death any more."""
    return LIBC.prctl(1, 0, 0, 0, 0) == 0
