"""A module is checked with its parameters."""

import torch
from functions import Affine, WrongNorm


class Normalized(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(2, 1))

    def forward(self, x):
        return WrongNorm.apply(Affine.apply(x, self.weight, torch.zeros(1, dtype=x.dtype)))


def test_linear(gradcheck):
    gradcheck(torch.nn.Linear(3, 2), input="N 3")


def test_normalized(gradcheck):
    gradcheck(Normalized(), x="N 2", examples=8, laws=["gradient"])
