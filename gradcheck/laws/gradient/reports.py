"""The reports of all witnesses on one case, and those that decide on an input."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from gradcheck.laws.gradient.directional_witnesses import report_differences, report_moving, report_oracle, stands_out
from gradcheck.laws.gradient.input_groups import report_groups
from gradcheck.laws.gradient.preparation import GradientCase
from gradcheck.laws.gradient.witness_reports import WitnessReport
from gradcheck.oracles.registry import load_oracles
from gradcheck.records.evidence import ALL_INPUTS, ErrorKey, Witness


@dataclass(frozen=True)
class Reports:
    """The reports of all witnesses on one case: of the reference on each input by index, of the others on all inputs
    together."""

    case: GradientCase
    by_input: Mapping[int, WitnessReport]
    together: list[WitnessReport]

    def of(self, i: int) -> list[WitnessReport]:
        """Return the reports that decide on one input.  It moves alone, or in a group of many, only where there is
        doubt: where the reference disagrees or is silent, where the gradients of all inputs together are contradicted,
        or where there is no report from the reference and the other inputs' share exceeds this one's by more than
        FAINT."""
        exact = self.by_input.get(i)
        is_alone = self.is_undoubted or self.case.evaluator.case.is_large  # of many elements, each look costs much
        if is_alone and exact and exact.agrees and not exact.is_silent:
            return [exact]
        if not exact and (len(self.case.differentiable) == 1 or (self.is_undoubted and stands_out(self.case, i))):
            return self.together
        moved = self.by_group[i] if i in self.by_group else report_moving(self.case, i)
        return [exact, *moved] if exact else moved

    @cached_property
    def is_undoubted(self) -> bool:
        """Whether nothing contradicts the gradients of all inputs together."""
        return all(r.agrees for r in self.together)

    @cached_property
    def by_group(self) -> Mapping[int, list[WitnessReport]]:
        """The reports on groups, by the index of each input on which the reference is silent and a group decides."""
        if not self.is_undoubted:
            return {}
        silent = [i for i in self.case.differentiable if is_silent(self.by_input.get(i))]
        return report_groups(self.case, [i for i in silent if i in self.by_input or not stands_out(self.case, i)])

    def list_precise(self, inputs: Iterable[int], together: Iterable[WitnessReport]) -> dict[ErrorKey, WitnessReport]:
        """Return the reports by witnesses that know the gradient precisely enough for a relative error: of some inputs
        by the reference, and of all inputs together these."""
        labels = self.case.evaluator.labels
        named = {ErrorKey(ALL_INPUTS, r.witness): r for r in together}
        named |= {ErrorKey(labels[i], Witness.AUTODIFF): self.by_input[i] for i in inputs}
        return {key: report for key, report in named.items() if report.is_precise}


def is_silent(exact: WitnessReport | None) -> bool:
    """Whether the reference has nothing to say on an input, for or against it."""
    return exact is None or (exact.agrees and exact.is_silent)


def report_together(case: GradientCase, with_oracles: bool = True) -> Iterator[WitnessReport]:
    """Yield the reports of differences and directional oracles when all inputs move together."""
    if report := report_differences(case, None):
        yield report
    for oracle in load_oracles() if with_oracles else ():
        if report := report_oracle(oracle, case, None):
            yield report
