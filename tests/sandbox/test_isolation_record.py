"""The level is what was proved."""

import json

import pytest

from gradcheck.sandbox.inside.canary_probes import CANARY_PROBES
from gradcheck.sandbox.isolation_record import ALL_MECHANISMS, Isolation, IsolationLevel, decide_level
from gradcheck.sandbox.limits import Limits


def canary(*leaks):
    return {name: "leak" if name in leaks else "blocked" for name in CANARY_PROBES}


@pytest.mark.parametrize(
    ("mechanisms", "leaks", "level"),
    [
        ("namespaces landlock seccomp rlimits", "", "strong"),
        ("namespaces landlock seccomp rlimits", "stat", "confined"),
        ("landlock seccomp rlimits", "stat", "confined"),
        ("landlock seccomp rlimits", "", "confined"),
        ("landlock seccomp rlimits", "stat read", "contained"),
        ("seccomp rlimits", "stat read write", "contained"),
        ("namespaces rlimits", "fork exec", "contained"),
        ("namespaces landlock seccomp rlimits", "connect", "process-only"),
        ("seccomp rlimits", "stat read memory", "process-only"),
        ("landlock rlimits", "stat", "process-only"),
        ("", "stat read write connect signal fork exec", "process-only"),
    ],
)
def test_a_level_needs_its_mechanisms_and_its_proofs(mechanisms, leaks, level):
    assert decide_level(frozenset(mechanisms.split()), canary(*leaks.split())) == level


def test_levels_have_an_order():
    assert sorted(IsolationLevel, key=lambda level: level.rank) == ["process-only", "contained", "confined", "strong"]


def test_a_record_is_plain_data():
    record = Isolation(
        IsolationLevel.CONFINED,
        ("landlock", "rlimits", "seccomp"),
        7,
        canary("stat"),
        {"namespaces": "EPERM"},
        Limits(),
        "unknown",
        False,
    )
    data = json.loads(json.dumps(record.to_dict()))
    assert (data["level"], data["backend"], data["seccomp"]) == ("confined", "landlock+rlimits+seccomp", "allowlist")
    assert (data["namespaces"], data["unsafe"], data["canary"]["stat"]) == ([], False, "leak")
    assert data["limits"]["memory"] == Limits().memory
    assert record.leaks == ["stat"]


def test_a_record_of_all_mechanisms_names_the_namespaces():
    record = Isolation(
        IsolationLevel.STRONG, tuple(sorted(ALL_MECHANISMS)), 7, canary(), {}, Limits(), "unknown", False
    )
    assert record.to_dict()["namespaces"] == ["user", "mount", "pid", "net", "ipc", "uts"]
