"""Right programs in the styles of other people, by family, and wrong ones of the same look."""

from right_programs import (
    activations,
    attention,
    convolution,
    elementary,
    linear_algebra,
    losses,
    low_precision,
    nets,
    normalisation,
    recurrent,
    scans,
)
from right_programs.program import Program

PROGRAMS: tuple[Program, ...] = (
    *activations.PROGRAMS,
    *elementary.PROGRAMS,
    *losses.PROGRAMS,
    *linear_algebra.PROGRAMS,
    *normalisation.PROGRAMS,
    *nets.PROGRAMS,
    *recurrent.PROGRAMS,
    *attention.PROGRAMS,
    *convolution.PROGRAMS,
    *scans.PROGRAMS,
    *low_precision.PROGRAMS,
)
