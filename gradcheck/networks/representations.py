"""Networks that learn without labels: a variational autoencoder."""

from gradcheck.declaration.domain import constant, real
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.settings import whole
from gradcheck.graphs.graph import ComputationalGraph, node
from gradcheck.ops.arithmetic.add import add
from gradcheck.ops.linear.linear import linear
from gradcheck.ops.losses.gaussian_kl_divergence import gaussian_kl_divergence
from gradcheck.ops.losses.summed_squared_error import summed_squared_error
from gradcheck.ops.normalization.gaussian_sample import gaussian_sample
from gradcheck.ops.pointwise.activations import tanh

vae = ComputationalGraph(
    "vae",
    inputs={
        "x": Array("N D", real(2)),
        "w1": Array("D H", real(2)),
        "b1": Array("H", real(2)),
        "w2": Array("H Z", real(2)),
        "b2": Array("Z", real(2)),
        "w3": Array("H Z", real(2)),
        "b3": Array("Z", real(2)),
        "noise": Array("N Z", constant(real(2))),
        "w4": Array("Z D", real(2)),
        "b4": Array("D", real(2)),
    },
    nodes={
        "a": node(linear, "x", "w1", "b1"),
        "h": node(tanh, "a"),
        "mean": node(linear, "h", "w2", "b2"),
        "ln_var": node(linear, "h", "w3", "b3"),
        "z": node(gaussian_sample, "mean", "ln_var", "noise"),
        "guess": node(linear, "z", "w4", "b4"),
        "error": node(summed_squared_error, "guess", "x"),
        "divergence": node(gaussian_kl_divergence, "mean", "ln_var", reduction="sum"),
        "loss": node(add, "error", "divergence"),
    },
    output="loss",
    sizes={"H": whole(1, 8)},  # beyond, e^ln_var leaves the range of float32
    formula="loss = Σ (w4 z + b4 - x)² + KL, z = mean + noise e^(ln_var / 2), both of one hidden layer",
    source="Kingma and Welling 2014, eq. 10, with a Gaussian decoder of variance 1/2",
)
