"""A module is checked with its parameters."""

import torch
from functions import Affine, WrongNorm


class Normalized(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(3, 2))
        self.bias = torch.nn.Parameter(torch.zeros(2))

    def forward(self, x):
        return WrongNorm.apply(Affine.apply(x, self.weight, self.bias))


def test_linear(gradcheck):
    gradcheck(torch.nn.Linear(3, 2), input="N 3")


def test_normalized(gradcheck):
    gradcheck(Normalized(), x="N 3")
