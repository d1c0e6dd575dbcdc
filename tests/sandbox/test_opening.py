"""Opening: the strongest level that is here, a refusal that says what is missing, and honesty about what was lost."""

import ctypes
import json
import os
import subprocess
import sys
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import gradcheck
from gradcheck.sandbox import IsolationLevel, IsolationMissing, Limits, open_sandbox
from gradcheck.sandbox.zygote_process import SandboxGone

pytestmark = pytest.mark.slow
ROOT = Path(gradcheck.__file__).parents[1]

OPEN = """
import json, sys
from gradcheck.sandbox import IsolationMissing, open_sandbox
try:
    sandbox = open_sandbox(sys.argv[1], unsafe="unsafe" in sys.argv)
    print(json.dumps({**sandbox.isolation.to_dict(), "user": sandbox.zygote.facts["user"]}))
except IsolationMissing as problem:
    print(json.dumps({"refused": str(problem)}))
"""

WITHOUT = """
import errno
from gradcheck.sandbox.inside.kernel import PR_SET_NO_NEW_PRIVS, control_process, read_machine
from gradcheck.sandbox.inside.seccomp import ALLOW, REFUSE, CallRule, compile_filter, install_filter
names = {names!r}
rules = [CallRule(name, REFUSE + (errno.{error})) for name in names]
control_process(PR_SET_NO_NEW_PRIVS, 1)
install_filter(compile_filter(rules, read_machine(), ALLOW))
"""
AS_IN_DOCKER = WITHOUT.format(names=("unshare", "setns", "mount", "pivot_root", "umount2"), error="EPERM")
WITHOUT_LANDLOCK = WITHOUT.format(names=("landlock_create_ruleset", "unshare"), error="ENOSYS")


def open_elsewhere(*arguments, before="", interpreter=sys.executable, **options):
    """The record of a sandbox that another process opened."""
    command = [interpreter, "-c", before + OPEN, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", **options)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def inherit_path():
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(Path(np.__file__).parents[1])])}


def has_landlock_and_seccomp():
    """Whether the kernel has both, asked without this package."""
    libc = ctypes.CDLL(None)
    version = libc.syscall(444, None, ctypes.c_size_t(0), ctypes.c_uint32(1))
    return version >= 1 and Path("/proc/sys/kernel/seccomp/actions_avail").exists()


def test_where_landlock_and_seccomp_are_here_a_sandbox_is_at_least_confined(sandboxes):
    if not has_landlock_and_seccomp():
        pytest.skip("a kernel without Landlock or seccomp")
    with open_sandbox("confined") as sandbox:
        assert sandbox.isolation.level.rank >= IsolationLevel.CONFINED.rank
        assert not sandbox.isolation.unsafe


def test_a_container_without_namespaces_is_confined(sandboxes):
    sandboxes(IsolationLevel.CONFINED)
    record = open_elsewhere("confined", before=AS_IN_DOCKER, env=inherit_path())
    assert record["level"] == "confined"
    assert "unshare" in record["missing"]["namespaces"]
    assert not record["unsafe"]
    refusal = open_elsewhere("strong", before=AS_IN_DOCKER, env=inherit_path())["refused"]
    assert "strong is asked for" in refusal
    assert "apparmor_restrict_unprivileged_userns" in refusal


def test_without_landlock_it_is_refused_unless_the_user_goes_on(sandboxes):
    sandboxes(IsolationLevel.CONFINED)
    refusal = open_elsewhere("confined", before=WITHOUT_LANDLOCK, env=inherit_path())["refused"]
    assert "level contained" in refusal
    assert "Linux 5.13" in refusal
    assert "read" in refusal
    record = open_elsewhere("confined", "unsafe", before=WITHOUT_LANDLOCK, env=inherit_path())
    assert (record["level"], record["unsafe"], record["landlock_version"]) == ("contained", True, 0)
    assert record["canary"]["read"] == "leak"


def find_open_interpreter():
    """An interpreter of this version that every user may run, with NumPy and this package where all may read."""
    name = f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}"
    if os.geteuid() != 0 or not Path(name).exists():
        pytest.skip(f"not root, or no {name}")
    folders = [folder for path in (np.__file__, __file__) for folder in Path(path).resolve().parents]
    if not all(folder.stat().st_mode & 0o001 for folder in folders):
        pytest.skip("NumPy or this folder is not open to all users")
    suffix = f"import sysconfig; print(sysconfig.get_config_var('EXT_SUFFIX'), {name!r})"
    done = subprocess.run([name, "-c", suffix], capture_output=True, text=True, check=True)
    if done.stdout.split()[0] != sysconfig.get_config_var("EXT_SUFFIX"):
        pytest.skip("an interpreter of another kind")
    return name


@pytest.mark.parametrize("user", [65534, None])
def test_root_becomes_nobody_where_nobody_may_read_and_nobody_is_confined_too(sandboxes, user):
    sandboxes(IsolationLevel.CONFINED)
    interpreter = find_open_interpreter()
    who = {"user": user, "group": user, "extra_groups": []} if user else {}
    record = open_elsewhere("confined", interpreter=interpreter, env=inherit_path(), **who)
    assert record["user"] == 65534
    assert record["level"] in ("confined", "strong")
    assert record["level"] == open_elsewhere("confined", env=inherit_path())["level"]


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_another_system_is_refused_even_where_the_user_would_go_on(monkeypatch, system):
    monkeypatch.setattr(sys, "platform", system)
    with pytest.raises(IsolationMissing, match=rf"this is {system}.*Linux virtual machine"):
        open_sandbox("process-only", unsafe=True)


def test_the_refusal_can_be_had_where_modules_of_unix_are_missing():
    code = (
        "import sys, select\nsys.modules.update(dict.fromkeys(('resource', 'fcntl', 'pwd', 'grp')))\ndel select.poll\n"
    )
    code += "import gradcheck.sandbox as s\nsys.platform = 'win32'\ntry: s.open_sandbox()\n"
    code += "except s.IsolationMissing as problem: print(problem)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "this is win32" in done.stdout


def test_a_sandbox_outlives_the_thread_that_opened_it_and_serves_several(sandboxes):
    with ThreadPoolExecutor(1) as pool:
        sandbox = pool.submit(open_sandbox, "process-only").result()

    def double(number):
        text = "def double(x):\n    return 2 * x"
        with sandbox.start_worker() as worker:
            return worker.call("run", {"text": text, "function": "double", "argument": number}).value

    with sandbox, ThreadPoolExecutor(4) as pool:
        assert list(pool.map(double, range(12))) == list(range(0, 24, 2))


def test_what_was_not_asked_for_is_missing_by_that_reason():
    with pytest.raises(IsolationMissing, match="seccomp: not asked for"):
        open_sandbox(mechanisms=frozenset({"rlimits"}))
    with open_sandbox(mechanisms=frozenset({"rlimits"}), unsafe=True) as sandbox:
        assert sandbox.isolation.unsafe
        assert sandbox.isolation.level == "process-only"


def test_a_level_that_is_none_is_refused():
    with pytest.raises(ValueError, match="'safe' is not a valid"):
        open_sandbox("safe")


def test_a_limit_in_which_numpy_does_not_fit_is_told():
    with pytest.raises(SandboxGone, match="no worker computes here"):
        open_sandbox(
            "process-only",
            limits=Limits(memory=1 << 20),
            mechanisms=frozenset({"rlimits"}),
        )
