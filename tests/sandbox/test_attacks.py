"""Real attacks in real workers, at each level that this machine has; and that they succeed where nothing stops them."""

import platform
from pathlib import Path

import numpy as np
import pytest

from gradcheck.sandbox import Held, IsolationLevel, OutcomeKind
from tests.sandbox import channel_attacks, ending_attacks, ordinary_programs, reach_attacks

pytestmark = pytest.mark.slow

STRONG, CONFINED, CONTAINED, PROCESS_ONLY = reversed(IsolationLevel)
RETURNED, RAISED, MEMORY, BAD_RESULT, TIMEOUT, CRASHED, FLOOD, VIOLATION = OutcomeKind

FILES = ("read_solution", "read_other_submission", "list_course", "read_etc_passwd", "link_to_solution")
WRITES = (
    *("write_in_course", "write_in_shared_memory", "change_mode", "rename_solution"),
    *("truncate_solution", "fill_disk", "fill_memory_file"),
)
PROCESSES = (
    *("read_parents_environment", "list_parents_files", "list_processes", "kill_decoy"),
    *("fork", "fork_many", "become_daemon", "run_program", "spawn_program", "start_threads", "raise_limits"),
    *("change_affinity", "keep_living", "read_host_name"),
)
NETWORK = ("connect_tcp", "send_udp", "connect_unix", "connect_abstract", "listen", "resolve_name")
KERNEL = (
    *("trace_decoy", "read_decoys_memory", "take_decoys_descriptor", "unshare_user", "mount_memory", "load_bpf"),
    *("join_keyring", "set_up_io_uring", "open_performance_event", "catch_page_faults", "share_memory"),
    *("change_personality", "join_namespace"),
)
"""Calls that a container or a kernel may refuse by itself, whose numbers are those of x86_64."""
BY_RIGHTS = ("list_home", "write_in_numpy", "read_parents_memory")
"""What the rights of the user, or Yama, may refuse."""
NEVER = ("find_environment", "find_paths_in_arguments", "find_oracle", "import_gradcheck", "find_descriptors")
"""What a worker has not at any level."""
TOO_MUCH = (
    *("fill_memory_with_ones", "fill_memory_with_bytes", "fill_memory_with_map", "fill_memory_by_parts"),
    *("signal_everybody", "use_other_interface", "import_solution", "replace_itself"),
)
"""What is not tried where nothing stops it, or would end the worker there."""
REACHES = (*FILES, "stat_solution", *WRITES, *PROCESSES, *NETWORK, *KERNEL, *BY_RIGHTS, *NEVER, *TOO_MUCH)

LEAST = pytest.mark.parametrize("level", [STRONG, CONFINED])
EVERYWHERE = pytest.mark.parametrize("level", [STRONG, CONFINED, PROCESS_ONLY])


def attack(worker, module, name, argument=None, seconds=None):
    """The outcome of one attack of a file of attacks."""
    stem = module.__name__.rpartition(".")[2]
    loaded = worker.call("load", {"files": {f"{stem}.py": Path(module.__file__).read_bytes()}, "modules": [stem]})
    assert loaded.kind is RETURNED, loaded
    return worker.call("call", {"module": stem, "function": name, "arguments": [argument]}, seconds)


def attack_afresh(sandbox, module, name, argument=None, seconds=None):
    """The outcome of one attack in a worker of its own."""
    with sandbox.start_worker() as worker:
        return attack(worker, module, name, argument, seconds)


def skip_of_other_machines(name):
    if name in (*KERNEL, "use_other_interface") and platform.machine() != "x86_64":
        pytest.skip("the number of the call is that of x86_64")


@LEAST
@pytest.mark.parametrize("name", REACHES)
def test_nothing_is_reached(sandboxes, level, name, given, decoy, open_folder):
    skip_of_other_machines(name)
    sandbox = sandboxes(level)
    if name == "stat_solution" and level is CONFINED:
        pytest.skip("Landlock does not hide that a file is there, which the level says")
    before = {path.name: path.stat().st_mtime_ns for path in open_folder.iterdir()}
    outcome = attack_afresh(sandbox, reach_attacks, name, given)
    assert outcome.kind in (RAISED, MEMORY, CRASHED) or outcome.value is False, outcome
    assert decoy.poll() is None
    assert {path.name: path.stat().st_mtime_ns for path in open_folder.iterdir()} == before


@LEAST
@pytest.mark.parametrize("name", [name for name in TOO_MUCH if name.startswith("fill")])
def test_memory_is_bounded(sandboxes, level, name, given):
    assert attack_afresh(sandboxes(level), reach_attacks, name, given).kind is MEMORY


@LEAST
def test_another_interface_of_the_kernel_ends_the_worker(sandboxes, level, given):
    skip_of_other_machines("use_other_interface")
    assert attack_afresh(sandboxes(level), reach_attacks, "use_other_interface", given).signal == "SIGSYS"


def test_only_the_strong_level_hides_that_a_file_is_there(sandboxes, given):
    assert attack_afresh(sandboxes(CONFINED), reach_attacks, "stat_solution", given).value is True
    assert attack_afresh(sandboxes(STRONG), reach_attacks, "stat_solution", given).error == "FileNotFoundError"


@pytest.mark.parametrize("name", [*FILES, "stat_solution", *WRITES, *PROCESSES, *NETWORK])
def test_an_attack_succeeds_where_nothing_stops_it(sandboxes, name, given):
    assert attack_afresh(sandboxes(PROCESS_ONLY), reach_attacks, name, given).value is True


@pytest.mark.parametrize("name", [*KERNEL, *BY_RIGHTS])
def test_an_attack_succeeds_where_neither_we_nor_the_system_stop_it(sandboxes, name, given):
    skip_of_other_machines(name)
    outcome = attack_afresh(sandboxes(PROCESS_ONLY), reach_attacks, name, given)
    if outcome.kind is RAISED and outcome.error in ("PermissionError", "OSError", "FileNotFoundError"):
        pytest.skip(f"this system refuses it to everybody: {outcome.message}")
    assert outcome.value is True


@pytest.mark.parametrize("name", NEVER)
def test_a_worker_holds_nothing_of_the_parent_at_any_level(sandboxes, name, given):
    outcome = attack_afresh(sandboxes(PROCESS_ONLY), reach_attacks, name, given)
    assert outcome.value is False or outcome.error == "ModuleNotFoundError"


ENDS = {
    "loop": {TIMEOUT},
    "hold_the_lock": {TIMEOUT},
    "sleep": {TIMEOUT},
    "ignore_signals": {TIMEOUT},
    "raise_looping_text": {TIMEOUT},
    "swallow_everything": {TIMEOUT},
    "segfault": {CRASHED},
    "abort": {CRASHED},
    "exit_at_once": {CRASHED},
    "exit_politely": {CRASHED},
    "exit_and_hang": {CRASHED},
    "end_thread": {CRASHED},
    "recurse": {CRASHED, MEMORY, TIMEOUT, RAISED},
    "read_input": {RAISED},
    "flood_output": {FLOOD},
    "flood_errors": {FLOOD},
    "flood_descriptor": {FLOOD},
    "raise_memory_error": {MEMORY},
    "interrupt": {RAISED},
}


@EVERYWHERE
@pytest.mark.parametrize("name", ENDS)
def test_an_end_is_no_result(sandboxes, level, name):
    seconds = 0.3 if TIMEOUT in ENDS[name] else None
    outcome = attack_afresh(sandboxes(level), ending_attacks, name, {}, seconds)
    assert outcome.kind in ENDS[name]
    assert outcome.value is None


@LEAST
@pytest.mark.parametrize("name", ["stop_itself", "kill_itself"])
def test_a_worker_cannot_signal_itself(sandboxes, level, name):
    assert attack_afresh(sandboxes(level), ending_attacks, name, {}).error == "PermissionError"


def test_a_worker_that_stops_itself_is_ended_at_the_deadline(sandboxes):
    assert attack_afresh(sandboxes(PROCESS_ONLY), ending_attacks, "stop_itself", {}, 0.3).kind is TIMEOUT
    assert attack_afresh(sandboxes(PROCESS_ONLY), ending_attacks, "kill_itself", {}).signal == "SIGKILL"


def test_the_end_of_a_worker_says_how(sandboxes):
    assert attack_afresh(sandboxes(CONFINED), ending_attacks, "segfault").signal == "SIGSEGV"
    assert attack_afresh(sandboxes(CONFINED), ending_attacks, "abort").signal == "SIGABRT"
    assert attack_afresh(sandboxes(CONFINED), ending_attacks, "exit_at_once").exit_code == 0
    assert attack_afresh(sandboxes(STRONG), ending_attacks, "segfault").signal == "SIGSEGV"


@LEAST
def test_a_module_that_hangs_when_it_is_imported_is_ended(sandboxes, level):
    with sandboxes(level).start_worker() as worker:
        files = {"files": {"a.py": b"while True: pass"}, "modules": ["a"]}
        assert worker.call("load", files, seconds=0.3).kind is TIMEOUT


@LEAST
@pytest.mark.parametrize("name", ["raise_long_text", "raise_escapes", "raise_strange_type"])
def test_text_of_a_submission_is_short_and_printable(sandboxes, level, name):
    with sandboxes(level).start_worker() as worker:
        outcome = attack(worker, ending_attacks, name)
        assert outcome.kind is RAISED
        assert all(text.isprintable() and len(text) < 400 for text in (outcome.message, outcome.error, outcome.file))
        assert all(line.isprintable() for line in worker.stdout.split("\n"))


VIOLATIONS = (
    *("write_garbage", "claim_length", "claim_long_header", "claim_objects", "send_pickle", "pickle_frame", "nest"),
    *("overflow_shape", "overflow_to_nothing", "claim_negative_shape", "claim_true_shape", "add_bytes"),
    *("claim_many_dimensions", "send_huge_integer", "answer_other_call", "answer_with_extra_fields"),
    *("answer_as_unknown_status", "answer_twice_as_many"),
)


@LEAST
@pytest.mark.parametrize("name", VIOLATIONS)
def test_what_is_no_answer_is_a_violation(sandboxes, level, name):
    assert attack_afresh(sandboxes(level), channel_attacks, name).kind is VIOLATION


@LEAST
def test_a_closed_channel_is_a_violation(sandboxes, level):
    assert attack_afresh(sandboxes(level), channel_attacks, "close_channel").kind is VIOLATION


@LEAST
def test_a_slow_answer_ends_at_the_deadline(sandboxes, level):
    assert attack_afresh(sandboxes(level), channel_attacks, "drip", seconds=0.4).kind in (TIMEOUT, VIOLATION)


@LEAST
def test_a_forged_answer_is_found_by_the_one_that_follows(sandboxes, level):
    with sandboxes(level).start_worker() as worker:
        first = attack(worker, channel_attacks, "forge_and_return")
        assert first.value == 100.0 or first.kind is VIOLATION
        assert worker.call("forget", 0).kind is VIOLATION


@LEAST
def test_a_worker_that_does_not_read_is_ended_at_the_deadline(sandboxes, level):
    with sandboxes(level).start_worker() as worker:
        assert attack(worker, channel_attacks, "forge_and_loop").value == 100.0
        large = {"module": "channel_attacks", "function": "return_list", "arguments": [np.zeros(1 << 20)]}
        assert worker.call("call", large, seconds=0.3).kind is TIMEOUT


BAD_RESULTS = (
    *("return_objects", "return_records", "return_text_array", "return_complex", "return_broadcast"),
    *("return_function", "return_deep_list", "return_itself", "return_long_text", "return_huge_integer"),
)


@LEAST
@pytest.mark.parametrize("name", BAD_RESULTS)
def test_a_value_of_another_kind_is_a_bad_result(sandboxes, level, name):
    with sandboxes(level).start_worker() as worker:
        assert attack(worker, channel_attacks, name).kind is BAD_RESULT
        assert attack(worker, channel_attacks, "return_list").value == [1.0, None, (2, "x")]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("return_agreeable", np.array([7.0, 8.0, 9.0])),
        ("return_big_endian", np.arange(3.0)),
        ("return_strided", np.arange(12.0).reshape(3, 4).T[::2]),
        ("return_not_a_number", np.array([np.nan, np.inf, -0.0])),
    ],
)
def test_an_array_arrives_as_a_plain_one(sandboxes, name, expected):
    array = attack_afresh(sandboxes(CONFINED), channel_attacks, name).value
    assert type(array) is np.ndarray
    assert array.dtype == expected.dtype
    assert array.tobytes() == expected.tobytes()
    assert array.flags.writeable
    assert array.base is None or array.base.base is None


@LEAST
@pytest.mark.parametrize("name", ordinary_programs.PROGRAMS)
def test_an_honest_program_runs(sandboxes, level, name):
    assert attack_afresh(sandboxes(level), ordinary_programs, name).value is True


def test_what_a_submission_replaces_is_replaced_in_its_worker_alone(sandboxes):
    got = attack_afresh(sandboxes(CONFINED), channel_attacks, "replace_numpy").value
    assert not np.allclose(got, np.ones(3))
    assert np.array([1]) is not None


def test_a_claimed_score_is_a_value_like_any_other(sandboxes):
    outcome = attack_afresh(sandboxes(CONFINED), channel_attacks, "claim_score")
    assert outcome.value == {"score": 100, "passed": True}
    assert not hasattr(outcome, "score")


def test_a_fresh_worker_remembers_nothing(sandboxes):
    sandbox = sandboxes(CONFINED)
    with sandbox.start_worker() as one, sandbox.start_worker() as other:
        assert [attack(one, channel_attacks, "count_calls").value for _ in range(3)] == [1, 2, 3]
        assert attack(other, channel_attacks, "count_calls").value == 1


def test_an_object_that_stays_in_the_worker_is_known_by_number(sandboxes):
    with sandboxes(CONFINED).start_worker() as worker:
        held = worker.call(
            "load",
            {
                "files": {"a.py": b"def f():\n    return 1.0, object()\ndef g(x):\n    return str(type(x))"},
                "modules": ["a"],
            },
        )
        assert held.kind is RETURNED
        value = worker.call("call", {"module": "a", "function": "f", "hold": True}).value
        assert value == (1.0, Held(0))
        assert "object" in worker.call("call", {"module": "a", "function": "g", "arguments": [Held(0)]}).value
