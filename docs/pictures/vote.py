"""Five votes: the gradient as a line, what each witness says as a bar, and the status that the table of votes gives."""

from typing import NamedTuple

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gradcheck.laws.gradient.doubts import Doubt
from gradcheck.laws.gradient.vote import Stance, Stances, decide_status


class Said(NamedTuple):
    """What a witness says of the gradient: a value, and how far it may be off."""

    value: float
    error: float


class Voting(NamedTuple):
    """One vote: a title, and what the witnesses say about a gradient of 1."""

    title: str
    autodiff: Said
    differences: Said
    complex_step: Said


WITNESSES = ("autodiff", "differences", "complex step")
NEAR, FAR = Said(1.0, 0.06), Said(1.6, 0.06)
VOTES = (
    Voting("all agree", NEAR, Said(1.03, 0.15), NEAR),
    Voting("all disagree", FAR, Said(1.57, 0.15), FAR),
    Voting("autodiff alone disagrees", FAR, Said(1.03, 0.15), NEAR),
    Voting("differences alone disagree", NEAR, Said(1.5, 0.15), NEAR),
    Voting("no two agree", FAR, Said(0.45, 0.15), Said(0.7, 0.06)),
)


def draw() -> Figure:
    """Draw the votes beside each other."""
    figure, panels = plt.subplots(1, len(VOTES), figsize=(11, 2.6), sharey=True, layout="constrained")
    for axes, voting in zip(panels, VOTES, strict=True):
        draw_vote(axes, voting)
    return figure


def draw_vote(axes: Axes, voting: Voting) -> None:
    """Draw one vote, with its status."""
    for place, said in enumerate(voting[1:]):
        colour = "#0969da" if take_stance(said) is Stance.AGREES else "#cf222e"
        axes.errorbar(said.value, place, xerr=said.error, fmt="o", color=colour, capsize=4)
    axes.axvline(1, color="black", linestyle="--", linewidth=1)
    axes.set(xlim=(0.2, 1.8), ylim=(2.6, -0.6), xticks=[1], xticklabels=["backward"])
    axes.set_yticks(range(3), WITNESSES)
    axes.set_title(f"{voting.title}:\n{decide(voting)}", fontsize=9)


def take_stance(said: Said) -> Stance:
    """Tell the stance of a witness on a gradient of 1."""
    return Stance.AGREES if abs(said.value - 1) <= said.error else Stance.CONTRADICTS


def decide(voting: Voting) -> str:
    """Decide by the table of votes, with no doubt but that the reference is alone."""
    alone = abs(voting.autodiff.value - voting.differences.value) > voting.autodiff.error + voting.differences.error
    stances = Stances(*map(take_stance, voting[1:]))
    return decide_status(stances, lambda doubt: doubt is Doubt.REFERENCE_IS_ALONE and alone)
