"""The pre-norm block of a transformer: causal attention of one head and a feedforward network, each behind a layer
normalization, each beside a way around it."""

from gradcheck.declaration.domain import real
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.settings import whole
from gradcheck.graphs.graph import ComputationalGraph, node
from gradcheck.ops.arithmetic.add import add
from gradcheck.ops.attention.causal_attention import causal_attention
from gradcheck.ops.normalization.layer_norm import layer_norm
from gradcheck.ops.pointwise.gaussian_units import gelu
from gradcheck.ops.sequence.temporal_affine import temporal_affine

MODERATE = real(2)  # farther out the attention saturates, and its gradient is the rest of a cancellation

transformer_block = ComputationalGraph(
    "transformer_block",
    inputs={
        "x": Array("N T D", MODERATE),
        "gamma1": Array("D", MODERATE),
        "beta1": Array("D", MODERATE),
        "wq": Array("D D", MODERATE),
        "bq": Array("D", MODERATE),
        "wk": Array("D D", MODERATE),
        "bk": Array("D", MODERATE),
        "wv": Array("D D", MODERATE),
        "bv": Array("D", MODERATE),
        "wo": Array("D D", MODERATE),
        "bo": Array("D", MODERATE),
        "gamma2": Array("D", MODERATE),
        "beta2": Array("D", MODERATE),
        "w1": Array("D H", MODERATE),
        "b1": Array("H", MODERATE),
        "w2": Array("H D", MODERATE),
        "b2": Array("D", MODERATE),
    },
    nodes={
        "n1": node(layer_norm, "x", "gamma1", "beta1", eps=1e-5),
        "q": node(temporal_affine, "n1", "wq", "bq"),
        "k": node(temporal_affine, "n1", "wk", "bk"),
        "v": node(temporal_affine, "n1", "wv", "bv"),
        "seen": node(causal_attention, "q", "k", "v"),
        "attended": node(temporal_affine, "seen", "wo", "bo"),
        "s1": node(add, "x", "attended"),
        "n2": node(layer_norm, "s1", "gamma2", "beta2", eps=1e-5),
        "a": node(temporal_affine, "n2", "w1", "b1"),
        "h": node(gelu, "a"),
        "fed": node(temporal_affine, "h", "w2", "b2"),
        "y": node(add, "s1", "fed"),
    },
    output="y",
    batch="N",
    sizes={"T": whole(1, 3), "D": whole(1, 3), "H": whole(1, 4)},
    formula="s = x + attention(layer_norm(x)), y = s + w2 gelu(w1 layer_norm(s) + b1) + b2",
    source="Xiong et al. 2020, On layer normalization in the transformer architecture, table 1; gelu and mask of GPT-2",
)
