"""Networks of sequences of words or characters: what comes next, and which tag each has.

ids: (N, T) whole numbers below V, targets: (N, T), mask: (N, T), False where a sequence has ended → loss: ().  Source:
CS231n assignment 3, whose captioning network is a language model that begins at an image.
"""

from collections.abc import Mapping
from typing import Any

from gradcheck.declaration.domain import booleans, indices
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole
from gradcheck.graphs.graph import ComputationalGraph, node
from gradcheck.ops.losses.temporal_softmax_loss import temporal_softmax_loss
from gradcheck.ops.recurrent.bidirectional_rnn import bidirectional_rnn
from gradcheck.ops.recurrent.lstm import lstm
from gradcheck.ops.recurrent.rnn import rnn
from gradcheck.ops.sequence.embedding import embedding
from gradcheck.ops.sequence.temporal_affine import temporal_affine


def read_sequences(
    name: str,
    layer: Op,
    states: Mapping[str, Array],
    weights: Mapping[str, Array],
    outputs: tuple[str, str],
    settings: Mapping[str, Any],
    source: str,
) -> ComputationalGraph:
    """A recurrent layer between an embedding and the scores of every time.  states, weights: the other inputs of the
    layer; outputs: the length of what it returns at a time, and the number of classes."""
    width, classes = outputs
    return ComputationalGraph(
        name,
        inputs={
            "ids": Array("N T", indices("V")),
            "table": Array("V D"),
            **states,
            **weights,
            "w": Array(f"{width} {classes}"),
            "b": Array(classes),
            "targets": Array("N T", indices(classes)),
            "mask": Array("N T", booleans()),
        },
        nodes={
            "x": node(embedding, "ids", "table"),
            "h": node(layer, "x", *states, *weights, **settings),
            "scores": node(temporal_affine, "h", "w", "b"),
            "loss": node(temporal_softmax_loss, "scores", "targets", "mask"),
        },
        output="loss",
        sizes={"T": whole(1, 4)},  # each time costs a step of Python
        formula=f"loss = temporal_softmax_loss of embedding, {layer.name}, temporal_affine",
        source=source,
    )


character_rnn = read_sequences(
    "character_rnn",
    rnn,
    {"h0": Array("N H")},
    {"wx": Array("D H"), "wh": Array("H H"), "bh": Array("H")},
    ("H", "V"),
    {},
    "Karpathy 2015, The unreasonable effectiveness of recurrent neural networks; CS231n assignment 3, CaptioningRNN",
)

lstm_language_model = read_sequences(
    "lstm_language_model",
    lstm,
    {"h0": Array("N H")},
    {"wx": Array("D 4*H"), "wh": Array("H 4*H"), "bh": Array("4*H")},
    ("H", "V"),
    {"gate_order": "ifog"},
    "CS231n assignment 3, CaptioningRNN with cell_type lstm",
)

sequence_tagger = read_sequences(
    "sequence_tagger",
    bidirectional_rnn,
    {"h0": Array("2 N H")},
    {"wx": Array("2 D H"), "wh": Array("2 H H"), "bh": Array("2 H")},
    ("2*H", "C"),
    {},
    "Graves 2012, Supervised sequence labelling with recurrent neural networks, section 3.2.4",
)
