"""Step 4 of the law gradient: the vote.  The first row of the table that fits gives the status."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from gradcheck.laws.gradient.doubts import Doubt
from gradcheck.laws.gradient.witness_reports import WitnessReport
from gradcheck.records.evidence import Witness
from gradcheck.records.status import Status


class Stance(Enum):
    """The position of a witness on a gradient."""

    AGREES = auto()
    CONTRADICTS = auto()
    SILENT = auto()


AGREES, CONTRADICTS, SILENT = frozenset({Stance.AGREES}), frozenset({Stance.CONTRADICTS}), frozenset({Stance.SILENT})
ANY = frozenset(Stance)
ACCEPTS = AGREES | SILENT


@dataclass(frozen=True)
class Stances:
    """The stance of each witness on one gradient.  oracles: of all directional oracles together."""

    autodiff: Stance
    differences: Stance
    oracles: Stance


@dataclass(frozen=True)
class Row:
    """A status with its conditions: the stances of the witnesses, and doubts that all hold."""

    autodiff: frozenset[Stance]
    differences: frozenset[Stance]
    oracles: frozenset[Stance]
    doubts: tuple[Doubt, ...]
    status: Status

    def fits(self, stances: Stances, holds: Callable[[Doubt], bool]) -> bool:
        """Whether these stances and doubts meet the conditions of the row."""
        stances_fit = (
            stances.autodiff in self.autodiff
            and stances.differences in self.differences
            and stances.oracles in self.oracles
        )
        return stances_fit and all(map(holds, self.doubts))


VOTE_TABLE: tuple[Row, ...] = (
    # no witness contradicts; where there is no derivative, rounding moves the gradient from one choice to another, and
    # a faint kink distorts the differences by a few digits
    Row(SILENT, ACCEPTS, ACCEPTS, (Doubt.DIGITS_ARE_LOST, Doubt.SLOPES_DO_NOT_ADD_UP), Status.PASSED),
    Row(SILENT, ACCEPTS, ACCEPTS, (Doubt.DIGITS_ARE_LOST, Doubt.VANISHES_NEARBY), Status.PASSED),
    Row(ACCEPTS, ACCEPTS, ACCEPTS, (Doubt.NO_DIGIT_IS_RIGHT,), Status.FAILED),
    Row(ACCEPTS, ACCEPTS, ACCEPTS, (Doubt.DIGITS_ARE_LOST,), Status.IMPRECISE),
    Row(ACCEPTS, ACCEPTS, ACCEPTS, (), Status.PASSED),
    # an oracle contradicts by a few last digits, which may be its own, or the reference does
    Row(ACCEPTS, ACCEPTS, ANY, (Doubt.ONLY_LAST_DIGITS_DIFFER,), Status.PASSED),
    Row(ANY, ACCEPTS, ANY, (Doubt.ONLY_LAST_DIGITS_DIFFER,), Status.IMPRECISE),
    # the reference agrees: where it jumps, because several kinks meet, the disagreement of the others does not count
    # (A. Griewank and A. Walther, Evaluating Derivatives, chapter 14)
    Row(AGREES, ANY, ANY, (Doubt.REFERENCE_JUMPS,), Status.PASSED),
    Row(AGREES, CONTRADICTS, ANY, (Doubt.SLOPES_DO_NOT_ADD_UP,), Status.PASSED),
    Row(AGREES, CONTRADICTS, ANY, (), Status.INCONCLUSIVE),
    # the reference and the differences agree: the complex step takes |z| for real where it is a small part of an output
    Row(AGREES, AGREES, ANY, (), Status.PASSED),
    Row(AGREES, SILENT, ANY, (), Status.INCONCLUSIVE),
    # no report from the reference; where its own gradient jumps in every element, and is none that the differences
    # confirm, lawful choices at several kinks come to no lawful choice of their sum
    Row(SILENT, CONTRADICTS, ANY, (Doubt.REFERENCE_JUMPS, Doubt.REFERENCE_IS_ALONE), Status.PASSED),
    Row(SILENT, ANY, ANY, (Doubt.SLOPES_DO_NOT_ADD_UP,), Status.PASSED),
    Row(SILENT, ANY, ANY, (Doubt.KINKS_MEET,), Status.PASSED),
    Row(CONTRADICTS, CONTRADICTS, ANY, (Doubt.KINKS_MEET,), Status.PASSED),
    Row(SILENT, ANY, ANY, (Doubt.VANISHES_NEARBY,), Status.PASSED),
    Row(SILENT, AGREES, ANY, (), Status.INCONCLUSIVE),
    Row(SILENT, ANY, AGREES, (), Status.DISPUTED),
    Row(SILENT, ANY, ANY, (Doubt.MOST_DIGITS_AGREE,), Status.IMPRECISE),
    Row(SILENT, ANY, ANY, (Doubt.CLIMBS_IN_FLOAT32_STEPS,), Status.IMPRECISE),
    Row(SILENT, ANY, ANY, (), Status.FAILED),
    # reference and differences contradict the gradient, and each other
    Row(CONTRADICTS, CONTRADICTS, ANY, (Doubt.REFERENCE_IS_ALONE,), Status.INCONCLUSIVE),
    # reference and differences contradict the gradient together
    Row(CONTRADICTS, CONTRADICTS, AGREES, (Doubt.SHRINKS_IN_LONG_DOUBLE,), Status.IMPRECISE),
    Row(CONTRADICTS, CONTRADICTS, AGREES, (), Status.DISPUTED),
    Row(CONTRADICTS, CONTRADICTS, ANY, (Doubt.MOST_DIGITS_AGREE,), Status.IMPRECISE),
    Row(CONTRADICTS, CONTRADICTS, ANY, (Doubt.CLIMBS_IN_FLOAT32_STEPS,), Status.IMPRECISE),
    Row(CONTRADICTS, CONTRADICTS, ANY, (Doubt.SHRINKS_IN_LONG_DOUBLE,), Status.IMPRECISE),
    Row(CONTRADICTS, CONTRADICTS, ANY, (), Status.FAILED),
    # the reference alone contradicts it
    Row(CONTRADICTS, ACCEPTS, ANY, (Doubt.MOST_DIGITS_AGREE,), Status.IMPRECISE),
    Row(CONTRADICTS, SILENT, ANY, (), Status.INCONCLUSIVE),
    Row(CONTRADICTS, AGREES, ANY, (Doubt.SHRINKS_IN_LONG_DOUBLE,), Status.IMPRECISE),
    Row(CONTRADICTS, AGREES, AGREES, (), Status.DISPUTED),
    Row(CONTRADICTS, AGREES, ANY, (Doubt.REFERENCE_IS_ALONE,), Status.DISPUTED),
    Row(CONTRADICTS, AGREES, ANY, (), Status.FAILED),
)


def decide_status(stances: Stances, holds: Callable[[Doubt], bool]) -> Status:
    """Return the status of the first row that fits.  holds(doubt): whether it holds; called only for doubts that
    matter."""
    return next(row.status for row in VOTE_TABLE if row.fits(stances, holds))


def read_stances(reports: Sequence[WitnessReport]) -> Stances:
    """Return the stances of some reports, at most one of each witness but of directional oracles any number.  A
    silent report of the reference is none."""

    def stance(*agreements: bool) -> Stance:
        return Stance.SILENT if not agreements else Stance.AGREES if all(agreements) else Stance.CONTRADICTS

    return Stances(
        stance(*(r.agrees for r in reports if r.witness == Witness.AUTODIFF and not r.is_silent)),
        stance(*(r.agrees for r in reports if r.witness == Witness.DIFFERENCES)),
        stance(*(r.agrees for r in reports if r.witness not in (Witness.AUTODIFF, Witness.DIFFERENCES))),
    )
