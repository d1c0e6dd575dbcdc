"""Parts of the zygote: how a worker ended is passed on, and only three descriptors and the channel are its."""

import os
import signal
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow


def end_with(code):
    """A child that ends with this code, or by minus this signal."""
    process = os.fork()
    if not process:
        os.setsid()
        if code < 0:
            os.kill(os.getpid(), -code)
        os._exit(code)
    return process


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="Linux alone")
def test_the_end_of_a_child_is_told():
    code = "from gradcheck.sandbox.inside.zygote import await_end\n"
    code += "from tests.sandbox.inside.test_zygote import end_with\n"
    code += "print([await_end(end_with(c))['code'] for c in (0, 7, -9, -11)])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[0, 7, -9, -11]"


FAKE = """
import os
from gradcheck.sandbox.inside.zygote import end_as
from tests.sandbox.inside.test_zygote import end_with
end_as(end_with({code}))
"""


@pytest.mark.parametrize("code", [0, 7, -signal.SIGKILL, -signal.SIGABRT, -signal.SIGTERM])
def test_a_process_ends_as_its_child_did(code):
    done = subprocess.run([sys.executable, "-c", FAKE.format(code=code)], check=False, stderr=subprocess.DEVNULL)
    assert done.returncode == code


def test_what_is_left_of_the_group_of_a_worker_is_ended():
    read, write = os.pipe()
    code = f"""
import os, time
from gradcheck.sandbox.inside.zygote import await_end
child = os.fork()
if not child:
    os.setsid()
    if not os.fork():
        time.sleep(600)
    os._exit(0)
os.close({write})
await_end(child)
"""
    subprocess.run([sys.executable, "-c", code], check=True, pass_fds=(write,))
    os.close(write)
    assert os.read(read, 1) == b""
    os.close(read)
