"""What must be reached, and whether it was."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Data = Mapping[str, Any]
GRADIENT = "gradient"
"""The law whose cost at large points counts."""


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
            place = None if place is None else place.get(name)
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


def most_at_points(key: str) -> Callable[[Data], float | None]:
    """The most of any op, checked by the law gradient at a point of a million elements."""

    def find(results: Data) -> float | None:
        rows = [row for row in results["large_points"] or () if row.get("check", GRADIENT) == GRADIENT]
        return max((float(row[key]) for row in rows), default=None)

    return find


TARGETS = (
    cheaper("cold", "jax_check_grads", 100),
    cheaper("cold", "torch_slow", 10),
    cheaper("cold", "torch_fast", 1),
    cheaper("warm", "torch_slow", 40),
    cheaper("warm", "torch_fast", 3),
    cheaper("warm", "jax_check_grads", 7),
    Target("warm, without the reference: times cheaper than autograd", 1, "×", figure("same_work", "warm")),
    Target("end to end with Hypothesis, gradient law: checks per second", 1500, "/s", figure("checks_per_second")),
    Target(
        "end to end with Hypothesis, all laws: checks per second", 300, "/s", figure("all_laws", "checks_per_second")
    ),
    Target("a million elements at a point: forward and backward pairs", 30, "×", most_at_points("pairs"), at_most=True),
    Target("a million elements at a point: memory in arrays", 8, "", most_at_points("arrays"), at_most=True),
    Target("graph of ten times the layers: slope of the cost", 1.1, "", figure("graph", "slope"), at_most=True),
    Target("failing against right code, mutants", 3, "×", figure("failing", "ratio"), at_most=True),
    Target("the ops of version 0.1.0 at their defaults", 20, "s", whole_library_seconds, at_most=True),
    Target(
        "first finding on the README's wrong layer, from the prompt: a second, and times `import jax`",
        2.5,
        "×",
        figure("first_finding", "imports_beyond_a_second"),
        at_most=True,
    ),
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
    Target("share of the planted faults that ours caught", 1, "", caught),
)


def judged(results: Data) -> list[dict[str, Any]]:
    """Every target with its figure."""
    return [target.judge(results) for target in TARGETS]
