"""torch.autograd.Functions, one of them with a mistake."""

import torch


class Softplus(torch.autograd.Function):
    """log(1 + exp(x)), written so that it does not overflow."""

    @staticmethod
    def forward(ctx, x: "*S"):
        ctx.save_for_backward(x)
        return torch.clamp(x, min=0) + torch.log1p(torch.exp(-torch.abs(x)))

    @staticmethod
    def backward(ctx, dy):
        (x,) = ctx.saved_tensors
        return dy * torch.sigmoid(x)


class Affine(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x: "N D", w: "D M", b: "M"):
        ctx.save_for_backward(x, w)
        return x @ w + b

    @staticmethod
    def backward(ctx, dy):
        x, w = ctx.saved_tensors
        return dy @ w.T, x.T @ dy, dy.sum(0)


class WrongNorm(torch.autograd.Function):
    """Rows divided by their length; the backward forgets that the length depends on x."""

    @staticmethod
    def forward(ctx, x: "N D"):
        length = torch.sqrt((x * x).sum(1, keepdim=True) + 1)
        ctx.save_for_backward(length)
        return x / length

    @staticmethod
    def backward(ctx, dy):
        (length,) = ctx.saved_tensors
        return dy / length
