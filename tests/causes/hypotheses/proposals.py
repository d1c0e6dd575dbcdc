"""The causes that one kind of hypothesis finds for the gradient of an op."""

from gradcheck.causes.explanation import collect_cases
from gradcheck.causes.telling_cases import draw_telling_cases
from gradcheck.isolation import silence_warnings


def find_with(propose, op, label):
    """The causes that a function proposes for an input, and that reproduce its gradient in all telling cases."""
    with silence_warnings():
        wrong, right = collect_cases(draw_telling_cases(op, 0), label)
        assert len(wrong) >= 3
        found = [reproduced(propose, case, label) for case in (*wrong, *right)]
    return [cause for cause in found[0] if all(cause in others for others in found)]


def reproduced(propose, case, label):
    """The causes that reproduce the gradient of an input in one case."""
    i = case.labels.index(label)
    return list(dict.fromkeys(h.cause for h in propose(case, i) if case.is_claimed(i, h.gradient)))


def names(causes):
    """The names of causes, each once."""
    return list(dict.fromkeys(cause.name for cause in causes))
