"""The filter, run by an interpreter of its instructions: what is allowed, what fails, what ends the process."""

import errno
import struct

import pytest

from gradcheck.sandbox.inside.kernel import SYSTEM_CALLS, number_of
from gradcheck.sandbox.inside.seccomp import (
    ALLOW,
    ALWAYS_ALLOWED,
    AUDIT_MACHINES,
    KILL_PROCESS,
    REFUSE,
    CallRule,
    compile_filter,
    list_worker_rules,
)

MACHINES = sorted(AUDIT_MACHINES)
PROCESS = 4711
EPERM = REFUSE + errno.EPERM
CLONE_THREAD = 0x10000


def run_filter(program, machine, number, *arguments):
    """What a filter says of one call: classic BPF with the four instructions that are used."""
    padded = [*arguments, *[0] * (6 - len(arguments))]
    data = struct.pack("<IIQ6Q", number, machine, 0, *padded)
    at = accumulator = 0
    while True:
        code, if_true, if_false, constant = struct.unpack_from("=HBBI", program, 8 * at)
        at += 1
        if code == 0x20:
            accumulator = struct.unpack_from("<I", data, constant)[0]
        elif code == 0x15:
            at += if_true if accumulator == constant else if_false
        elif code == 0x35:
            at += if_true if accumulator >= constant else if_false
        else:
            assert code == 0x06
            return constant


@pytest.fixture(params=MACHINES)
def ask(request):
    program = compile_filter(list_worker_rules(PROCESS), request.param)

    def ask(name, *arguments):
        return run_filter(program, AUDIT_MACHINES[request.param], number_of(name, request.param), *arguments)

    ask.machine, ask.program = request.param, program
    return ask


def test_what_a_program_that_computes_needs_is_allowed(ask):
    names = [name for name in ALWAYS_ALLOWED if number_of(name, ask.machine) is not None]
    assert {ask(name) for name in names} == {ALLOW}
    assert len(names) > 40


@pytest.mark.parametrize("name", ["unshare", "setns", "mount", "pivot_root", "seccomp", "clone", "capset", "umount2"])
def test_what_it_does_not_need_fails(ask, name):
    assert ask(name) == EPERM
    assert ask(name, CLONE_THREAD) == EPERM


def test_the_newer_way_to_start_a_thread_looks_as_if_it_were_not_there(ask):
    assert ask("clone3") == REFUSE + errno.ENOSYS


def test_limits_are_asked_for_and_not_set(ask):
    assert ask("prlimit64", 0, 7, 0, 0x7FFF0000) == ALLOW
    for pointer in (1, 1 << 32, 0x7FFF12345678):
        assert ask("prlimit64", 0, 7, pointer, 0) == EPERM
    assert ask("prlimit64", 1, 7, 0, 0) == EPERM


def test_a_process_may_abort_itself_alone(ask):
    assert ask("tgkill", PROCESS, PROCESS, 6) == ALLOW
    assert ask("tgkill", PROCESS, PROCESS, 19) == EPERM
    assert ask("tgkill", PROCESS + 1, PROCESS, 6) == EPERM


def test_descriptors_are_looked_at_and_copied(ask):
    assert [ask("fcntl", 3, command) for command in (0, 1, 3, 1030)] == [ALLOW] * 4
    assert [ask("fcntl", 3, command) for command in (8, 1024, 1031)] == [EPERM] * 3
    assert ask("ioctl", 1, 0x5401) == ALLOW
    assert ask("ioctl", 1, 0x5412) == EPERM


def test_the_rules_behind_one_that_did_not_fit_still_hold(ask):
    assert ask("tgkill", 1, 1, 6) == EPERM
    assert run_filter(ask.program, AUDIT_MACHINES[ask.machine], 9999) == EPERM


def test_calls_of_another_interface_end_the_process(ask):
    number = number_of("read", ask.machine)
    assert run_filter(ask.program, 0x40000003, number) == KILL_PROCESS
    assert run_filter(ask.program, AUDIT_MACHINES[ask.machine], 0x40000000 + number) == KILL_PROCESS


def test_all_numbers_of_a_machine_that_are_not_in_the_table_fail(ask):
    known = {number_of(name, ask.machine) for name in SYSTEM_CALLS}
    others = [number for number in range(600) if number not in known]
    assert {run_filter(ask.program, AUDIT_MACHINES[ask.machine], number) for number in others} == {EPERM}


def test_a_filter_may_refuse_some_and_allow_the_rest():
    program = compile_filter([CallRule("mount", EPERM)], "x86_64", ALLOW)
    assert run_filter(program, AUDIT_MACHINES["x86_64"], SYSTEM_CALLS["mount"][0]) == EPERM
    assert run_filter(program, AUDIT_MACHINES["x86_64"], SYSTEM_CALLS["read"][0]) == ALLOW
