"""What keeps a submission apart, as it was proved: the record that goes into reports."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from gradcheck.sandbox.inside.canary_probes import BLOCKED
from gradcheck.sandbox.inside.confinement import LANDLOCK, NAMESPACES, RLIMITS, SECCOMP
from gradcheck.sandbox.inside.namespaces import NAMESPACE_NAMES
from gradcheck.sandbox.limits import Limits

ALL_MECHANISMS = frozenset({NAMESPACES, LANDLOCK, SECCOMP, RLIMITS})
CONTAINER_MARKS = {"docker": "/.dockerenv", "podman": "/run/.containerenv"}


class IsolationLevel(StrEnum):
    """From the weakest to the strongest; docs/sandbox.md says what each claims."""

    PROCESS_ONLY = "process-only"
    CONTAINED = "contained"
    CONFINED = "confined"
    STRONG = "strong"

    @property
    def rank(self) -> int:
        """0 for process-only to 3 for strong."""
        return list(IsolationLevel).index(self)


NEEDED: tuple[tuple[IsolationLevel, tuple[frozenset[str], ...], frozenset[str]], ...] = (
    (IsolationLevel.STRONG, (ALL_MECHANISMS,), frozenset()),
    (IsolationLevel.CONFINED, (ALL_MECHANISMS - {NAMESPACES},), frozenset({"stat"})),
    (
        IsolationLevel.CONTAINED,
        (frozenset({SECCOMP, RLIMITS}), frozenset({NAMESPACES, RLIMITS})),
        frozenset({"stat", "read", "write", "fork", "exec"}),
    ),
)
"""The levels, the strongest first: one of the sets of mechanisms in force, and the probes that may leak there."""


@dataclass(frozen=True)
class Isolation:
    """What keeps submissions apart.

    mechanisms: in force.  landlock_version: 0 without.  canary: of each probe "blocked" or "leak".  missing: mechanisms
    that were wanted, with the reason.  outer: the container that all of this runs in, "unknown" where none shows.
    unsafe: it goes on below the minimum, since the user said so.
    """

    level: IsolationLevel
    mechanisms: tuple[str, ...]
    landlock_version: int
    canary: dict[str, str]
    missing: dict[str, str]
    limits: Limits
    outer: str
    unsafe: bool

    @property
    def backend(self) -> str:
        """The mechanisms in one word."""
        return "+".join(self.mechanisms) or "process"

    @property
    def leaks(self) -> list[str]:
        """The probes that were not refused."""
        return [name for name, result in self.canary.items() if result != BLOCKED]

    def to_dict(self) -> dict[str, Any]:
        """The record as JSON has it."""
        return {
            "level": str(self.level),
            "backend": self.backend,
            "landlock_version": self.landlock_version,
            "seccomp": "allowlist" if SECCOMP in self.mechanisms else "none",
            "namespaces": list(NAMESPACE_NAMES) if NAMESPACES in self.mechanisms else [],
            "limits": asdict(self.limits),
            "canary": dict(self.canary),
            "missing": dict(self.missing),
            "outer": self.outer,
            "unsafe": self.unsafe,
        }


def decide_level(mechanisms: frozenset[str], canary: dict[str, str]) -> IsolationLevel:
    """The strongest level whose mechanisms are in force and whose probes were all refused but those that may leak."""
    leaks = {name for name, result in canary.items() if result != BLOCKED}
    for level, sets, lawful in NEEDED:
        if any(needed <= mechanisms for needed in sets) and leaks <= lawful:
            return level
    return IsolationLevel.PROCESS_ONLY


def find_container() -> str:
    """The container that this process runs in, as far as it shows."""
    return next((name for name, mark in CONTAINER_MARKS.items() if Path(mark).exists()), "unknown")
