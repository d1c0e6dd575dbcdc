"""An edit that brings in a setting is named by what the setting does, whatever the code calls it."""

import numpy as np
import pytest

from gradcheck import adapt, whole
from gradcheck.causes.edits.search import find_patches
from gradcheck.causes.edits.setting_edits import find_meanings
from gradcheck.causes.edits.source_file import parse_source_file
from gradcheck.causes.telling_cases import draw_telling_cases


class Taps:
    def __init__(self, weight, dilation):
        self.weight, self.dilation = weight, dilation

    def forward(self, x):
        d = self.dilation
        self.length = x.shape[1]
        n = self.length - d * (len(self.weight) - 1)
        return sum(x[:, k * d : k * d + n] * self.weight[k] for k in range(len(self.weight)))

    def backward(self, dy):
        d = self.dilation  # noqa: F841
        dx = np.zeros((len(dy), self.length))
        for k in range(len(self.weight)):
            start = k
            dx[:, start : start + dy.shape[1]] += dy * self.weight[k]
        return dx


def shift_forward(x, pad):
    return np.pad(x, ((0, 0), (pad, pad))), (x.shape[1], pad)


def shift_backward(dy, cache):
    length, pad = cache  # noqa: RUF059
    dx = np.zeros((len(dy), length))
    for t in range(length):
        start = t
        dx[:, t] = dy[:, start]
    return dx


def scale_forward(x, factor):
    return x * factor, factor


def scale_backward(dy, factor):
    return dy * 1.0


TAPS = adapt(Taps, name="taps", x="N T+dilation*(K-1)", weight="K", dilation=whole(1, 3), gradients=["x"])
PADDED = adapt(shift_forward, shift_backward, name="padded", x="N T", pad=whole(0, 2))
SCALED = adapt(scale_forward, scale_backward, name="scaled", x="N T", factor=whole(1, 3))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("op", "name"), [(TAPS, "dilation-ignored"), (PADDED, "padding-ignored"), (SCALED, "setting-factor")]
)
def test_an_edit_is_named_by_what_its_setting_does(op, name):
    wrong = [case for case in draw_telling_cases(op, 0) if case.is_wrong(0)][:4]
    ((cause, _),) = find_patches(op, "x", wrong, budget=60)
    assert cause.name == name


def test_short_names_stand_for_members_unless_they_stand_for_several():
    text = "p = self.padding\ns, k = args['stride'], 3\nd = self.a\nd = self.b\n"
    assert find_meanings(parse_source_file("file.py", text)) == {"p": "padding", "s": "stride"}
