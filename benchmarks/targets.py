"""What must be reached, and whether it was."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Data = Mapping[str, Any]


@dataclass(frozen=True)
class Target:
    """A claim, the bound that it must keep, and where its figure stands; None where it was not measured."""

    claim: str
    bound: float
    unit: str
    figure: Callable[[Data], float | None]
    at_most: bool = False

    def judge(self, results: Data) -> dict[str, Any]:
        """Bound, figure and verdict as plain data."""
        figure = self.figure(results)
        met = None if figure is None else figure <= self.bound if self.at_most else figure >= self.bound
        return {
            "claim": self.claim,
            "wanted": self.bound,
            "at_most": self.at_most,
            "unit": self.unit,
            "measured": figure,
            "met": met,
        }


def figure(*path: str) -> Callable[[Data], float | None]:
    """The figure at this place; None where there is none."""

    def find(results: Data) -> float | None:
        place: Any = results
        for name in path:
            place = place.get(name)
        return None if place is None else float(place)

    return find


def cheaper(phase: str, peer: str, bound: float) -> Target:
    """How many times cheaper than a peer ours must be."""
    return Target(f"{phase}: times cheaper than {peer.replace('_', ' ')}", bound, "×", figure("ratios", phase, peer))


def caught(results: Data) -> float:
    """The share of planted faults that ours caught."""
    row = results["planted"]["ours"]
    return float(row["caught"] / row["faults"])


def whole_library_seconds(results: Data) -> float | None:
    """Wall clock of `gradcheck check`; endless where it did not exit with 0."""
    library = results["library"]
    if library is None:
        return None
    return float(library["seconds"]) if library["exit_code"] == 0 else float("inf")


TARGETS = (
    cheaper("cold", "jax_check_grads", 100),
    cheaper("cold", "torch_slow", 10),
    cheaper("cold", "torch_fast", 1),
    cheaper("warm", "torch_slow", 25),
    cheaper("warm", "jax_check_grads", 7),
    cheaper("warm", "torch_fast", 2),
    Target("warm, without the reference: times cheaper than autograd", 1, "×", figure("same_work", "warm")),
    Target("end to end with Hypothesis: checks per second in one process", 1000, "/s", figure("checks_per_second")),
    Target(
        "forward calls of one check, at a thousand times the elements",
        2,  # how often it looks depends on the values; a checker that moves each element needs ×1000
        "×",
        figure("growth_of_forward_calls"),
        at_most=True,
    ),
    Target(
        "100 × 4096 max gate: peak memory above the baseline",
        100,
        "MB",
        figure("lecture_case", "peak_mb"),
        at_most=True,
    ),
    Target("the whole library at its defaults", 60, "s", whole_library_seconds, at_most=True),
    Target("share of the planted faults that ours caught", 1, "", caught),
)


def judged(results: Data) -> list[dict[str, Any]]:
    """Every target with its figure."""
    return [target.judge(results) for target in TARGETS]
