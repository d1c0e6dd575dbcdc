"""The model answers of every course hold by every law, on shapes that tell mistakes apart; mistakes that students make
are found by them, whatever calls their code."""

import inspect
import math

import pytest

from gradcheck import check
from gradcheck.audit.assignment import list_assignments
from gradcheck.audit.assignment_reading import read_assignment
from gradcheck.audit.model_ops import bind_callers, bind_first_argument, load_model, make_model_op, make_variant_op
from gradcheck.checking.op_check import examine_case
from gradcheck.generation.configuration import PinnedChoices, draw_configuration
from gradcheck.generation.search import generate_cases
from gradcheck.isolation import silence_warnings
from gradcheck.laws.registry import load_laws
from gradcheck.records.status import FAILING_STATUSES

EXAMPLES = 6
ASSIGNMENTS = {name: read_assignment(name) for name in list_assignments()}
ROWS = {
    (name, variant.model_forward, variant.model_backward, variant.through): (name, row.name, variant.name)
    for name, a in ASSIGNMENTS.items()
    for row in a.functions
    for variant in row.variants
}
"""The rows and conventions, each model answer once."""


def find_row(name, row):
    return next(asked for asked in ASSIGNMENTS[name].functions if asked.name == row)


def make_op(name, row, convention=""):
    """The op of a model answer."""
    asked = find_row(name, row)
    variant = next(variant for variant in asked.variants if variant.name == convention)
    return make_model_op(load_model(ASSIGNMENTS[name].model), asked, variant)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "row", "convention"), ROWS.values(), ids=lambda part: part or "main")
def test_every_model_answer_holds(name, row, convention):
    op = make_op(name, row, convention)
    result = check(op, examples=EXAMPLES, shrink=False)
    assert [(finding.law, finding.claim) for finding in result.findings] == []
    assert result.status == "passed"
    assert not op.origin.shapes_inferred
    assert op.origin.not_checked == ()
    assert [note for note in result.notes if "traced anew" in note] == []
    if not find_row(name, row).random:
        assert op.reference is not None
        assert not op.origin.reference_is_forward


def draw(op, count=100):
    """The shapes and the settings of cases, by name."""
    drawn = [draw_configuration(op, PinnedChoices("audit", i)) for i in range(count)]
    return [{**c.shapes, **c.settings} for c in drawn]


@pytest.mark.parametrize(
    "meets",
    [
        lambda d: d["pad"] == 0,
        lambda d: d["stride"] > 1 and d["pad"] > 0,
        lambda d: d["x"][2] != d["x"][3] and d["w"][2] != d["w"][3],
        lambda d: d["w"][2:] == (1, 1),
        lambda d: d["x"][2] < d["w"][2],
        lambda d: d["x"][2] == 1 and d["pad"] == 2,
        lambda d: d["x"][0] == 1,
        lambda d: d["x"][0] > 1 and d["x"][1] > 1 and d["w"][0] > 1,
    ],
)
def test_convolutions_are_run_on_the_shapes_that_tell_mistakes(meets):
    drawn = draw(make_op("cs231n_a2", "conv_naive"))
    assert sum(map(meets, drawn)) >= 2
    for d in drawn:
        covered = [size + 2 * d["pad"] - kernel for size, kernel in zip(d["x"][2:], d["w"][2:], strict=True)]
        assert [span % d["stride"] for span in covered] == [0, 0]
        assert min(covered) >= 0


@pytest.mark.parametrize(
    "meets",
    [
        lambda d: d["pool_height"] != d["pool_width"],
        lambda d: d["stride"] < min(d["pool_height"], d["pool_width"]),
        lambda d: d["stride"] > max(d["pool_height"], d["pool_width"]),
        lambda d: d["x"][2] != d["x"][3],
    ],
)
def test_pools_are_run_on_windows_that_overlap_and_leave_gaps(meets):
    assert sum(map(meets, draw(make_op("cs231n_a2", "max_pool_naive")))) >= 5


@pytest.mark.parametrize(
    ("name", "row", "meets"),
    [
        ("coursera_dl", "conv", lambda d: (d["A_prev"][1] + 2 * d["pad"] - d["W"][0]) % d["stride"] > 0),
        ("coursera_dl", "conv", lambda d: d["A_prev"][1] < d["W"][0]),
        ("coursera_dl", "linear", lambda d: d["A"][1] == 1),
        ("cs231n_a1", "svm_loss_naive", lambda d: d["reg"] > 0),
        ("cs231n_a1", "TwoLayerNet", lambda d: d["reg"] > 0 and d["X"][0] > 1),
        ("cs231n_a2", "affine", lambda d: d["x"][1] > 1 and d["x"][2] > 1),
        ("cs231n_a2", "dropout", lambda d: d["p"] != 0.5),
        ("cs231n_a2", "batchnorm", lambda d: d["x"][0] == 1),
        ("cs231n_a2", "spatial_groupnorm", lambda d: 1 < d["G"] < d["x"][1]),
        ("cs231n_a3", "rnn", lambda d: d["x"][1] > 1),
        ("cs231n_a3", "lstm", lambda d: d["x"][1] > 1),
        ("cs231n_a3", "word_embedding", lambda d: math.prod(d["x"]) > d["W"][0]),
    ],
)
def test_other_functions_are_run_where_their_mistakes_show(name, row, meets):
    drawn = draw(make_op(name, row))
    assert sum(map(meets, drawn)) >= 5


COUNTING_LAWS = [load_laws()[name] for name in ("contract", "value", "gradient")]


def is_accused(op):
    """Whether a law that costs points finds a fault in one of a few cases; the search for its cause is left out."""
    with silence_warnings():
        seen = (examine_case(op, case, COUNTING_LAWS) for case in generate_cases(op, 20, 0))
        return any(
            finding.status in FAILING_STATUSES
            for observations in seen
            for observation in observations.values()
            for finding in observation.findings
        )


MISTAKES = {
    "-pad of no padding": (
        ("cs231n_a2", "conv_naive"),
        ("dpadded[:, :, pad : pad + x.shape[2], pad : pad + x.shape[3]]", "dpadded[:, :, pad:-pad, pad:-pad]"),
    ),
    "windows that overlap overwrite": (
        ("cs231n_a2", "conv_naive"),
        ("        dwindow += np", "        dwindow[:] = np"),
    ),
    "height for width": (
        ("cs231n_a2", "max_pool_naive"),
        (
            '(pool_param["pool_height"], pool_param["pool_width"])',
            '(pool_param["pool_width"], pool_param["pool_height"])',
        ),
    ),
    "no gamma in the gradient of x": (
        ("cs231n_a2", "batchnorm"),
        ("differentiate_normalised(dout * gamma, ", "differentiate_normalised(dout, "),
    ),
    "half of the gradient of the penalty": (("cs231n_a1", "svm_loss_naive"), ("+ 2 * strength * W", "+ strength * W")),
    "bias in the penalty": (
        ("cs231n_a1", "TwoLayerNet"),
        ("+ reg * (np.sum(W1 * W1)", "+ reg * (np.sum(b1 * b1) + np.sum(W1 * W1)"),
    ),
    "an index that comes twice overwrites": (
        ("cs231n_a3", "word_embedding"),
        ("np.add.at(dW, x, dout)", "dW[x] = dout"),
    ),
    "averaged where nothing is to average": (
        ("coursera_dl", "linear"),
        ("return W.T @ dZ, ", "return W.T @ dZ / len(A.T), "),
    ),
    "not transposed": (("coursera_dl", "rnn_cell"), ('parameters["Waa"].T @ dz', 'parameters["Waa"] @ dz')),
    "gradients exchanged": (("lecture_gates", "multiply"), ("return dz * y, dz * x", "return dz * x, dz * y")),
}


@pytest.mark.slow
@pytest.mark.parametrize(("where", "edit"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_the_place_of_a_model_answer_is_found_by_every_convention(tmp_path, where, edit):
    right, asked = load_model(ASSIGNMENTS[where[0]].model), find_row(*where)
    before, after = edit
    source = ASSIGNMENTS[where[0]].model.read_text()
    assert before in source
    (tmp_path / "wrong.py").write_text(source.replace(before, after))
    wrong = load_model(tmp_path / "wrong.py")
    for variant in asked.variants:
        if variant.forward == asked.main.forward:
            backward = getattr(wrong, variant.backward) if variant.backward else None
            functions = bind_callers(right, variant, getattr(wrong, variant.forward), backward)
            op = make_variant_op(asked.name, variant, vars(right), *functions)
            assert is_accused(op)


@pytest.mark.slow
def test_a_net_of_another_penalty_agrees_with_the_convention_that_says_so():
    asked, model = find_row("cs231n_a1", "TwoLayerNet"), load_model(ASSIGNMENTS["cs231n_a1"].model)
    whole, half = asked.variants[:2]
    accused = [
        is_accused(make_variant_op("net", v, vars(model), *bind_callers(model, v, model.TwoLayerNetHalf, None)))
        for v in (whole, half)
    ]
    assert accused == [True, False]


def test_a_function_without_its_first_parameter_keeps_the_others():
    def call(net, x: "N", reg=0.5):  # noqa: F821
        return net, x, reg

    bound = bind_first_argument(call, "net")
    assert (bound(1), bound(x=1, reg=2)) == (("net", 1, 0.5), ("net", 1, 2))
    assert str(inspect.signature(bound)) == "(x: 'N', reg=0.5)"
    assert bound.__name__ == "call"
