"""The table of system calls, against the headers of the kernel where they are installed."""

import errno
import os
import re
from pathlib import Path

import pytest

from gradcheck.sandbox.inside.kernel import (
    MACHINES,
    SYSTEM_CALLS,
    call_kernel,
    control_process,
    number_of,
    read_machine,
)

X86_HEADERS = (
    Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    Path("/usr/include/asm/unistd_64.h"),
)
GENERIC_HEADER = Path("/usr/include/asm-generic/unistd.h")
GENERIC_NAMES = {"newfstatat": "fstatat"}


def read_header(path):
    """The numbers in a header; "3264_" stands before a call whose number is that of both word lengths."""
    return {name: int(number) for name, number in re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", path.read_text())}


def test_the_numbers_of_x86_64_are_those_of_the_header():
    header = next((path for path in X86_HEADERS if path.is_file()), None)
    if header is None:
        pytest.skip("no header of x86_64")
    numbers = read_header(header)
    assert {name: number_of(name, "x86_64") for name in SYSTEM_CALLS} == {name: numbers[name] for name in SYSTEM_CALLS}


def test_the_numbers_of_aarch64_are_those_of_the_generic_header():
    if not GENERIC_HEADER.is_file():
        pytest.skip("no generic header")
    numbers = read_header(GENERIC_HEADER)
    expected = {name: numbers.get(GENERIC_NAMES.get(name, name)) for name in SYSTEM_CALLS}
    assert {name: number_of(name, "aarch64") for name in SYSTEM_CALLS} == expected


def test_a_call_is_made_by_its_number():
    if os.uname().machine not in MACHINES:
        pytest.skip("a machine without a table")
    assert read_machine() == os.uname().machine
    assert call_kernel("getpid") == os.getpid()


def test_a_call_that_fails_says_which_and_why():
    with pytest.raises(OSError, match="setns") as caught:
        call_kernel("setns", -1, 0)
    assert caught.value.errno == errno.EBADF
    with pytest.raises(OSError, match=r"prctl\(99999\)"):
        control_process(99999, 0)
