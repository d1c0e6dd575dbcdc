"""Annotations say what a parameter is: a shape, a declaration, a type of jaxtyping's, or nothing."""

from inspect import Parameter
from typing import TypeVar, Union

import numpy as np
import pytest

from gradcheck import Array, DeclarationError, adapt, check, choice, positive
from gradcheck.adapters.annotations import read_annotation
from gradcheck.adapters.inference import NoShapes
from gradcheck.checking.op_check import format_declared_shapes
from tests.adapters.test_inference import adapt_named, affine, affine_backward, square_backward
from tests.adapters.test_parameters import loss, loss_backward


def test_a_text_is_a_shape():
    def forward(x: "N D", w: "D M", b: "M"):  # noqa: F722, F821
        return affine(x, w, b)

    op = adapt_named("affine", forward, affine_backward)
    assert (format_declared_shapes(op), op.origin.shapes_inferred) == ("x: (N D), w: (D M), b: (M)", False)


def test_an_array_is_a_shape_and_a_domain():
    def forward(x: Array("N D", positive())):
        return np.log(x), x

    op = adapt_named("log", forward, lambda dy, x: dy / x)
    assert op.inputs["x"] == Array("N D", op.inputs["x"].domain)
    assert op.inputs["x"].domain.name.startswith("positive")
    assert check(op, examples=12).status == "passed"


def test_annotations_that_were_postponed_are_read_all_the_same():
    names = {"Array": Array, "positive": positive}
    exec(
        "from __future__ import annotations\n"
        "def text(x: 'N D'): return x * x, x\n"
        "def array(x: Array('N D', positive())): return x * x, x\n",
        names,
    )
    assert format_declared_shapes(adapt_named("text", names["text"], square_backward)) == "x: (N D)"
    assert format_declared_shapes(adapt_named("array", names["array"], square_backward)) == "x: (N D)"


def define_forward(source):
    """The function `forward` of a module."""
    module = {"np": np, "Union": Union, "TypeVar": TypeVar}
    exec(source, module)
    return module["forward"]


def test_a_constant_of_the_module_does_not_take_the_place_of_an_axis():
    forward = define_forward("N, D, M = 4, np.ones(3), len\ndef forward(x: 'N', b: 'D', c: 'M'): return x * 2, None")
    op = adapt_named("scale", forward, lambda dy, cache: (2 * dy, None, None), gradients=["x"])
    assert (format_declared_shapes(op), op.origin.shapes_inferred) == ("x: (N), b: (D), c: (M)", False)


def test_a_text_in_the_module_is_a_shape_under_a_name():
    forward = define_forward("ROWS = 'N D'\ndef forward(x: 'ROWS'): return x * x, x")
    assert format_declared_shapes(adapt_named("square", forward, square_backward)) == "x: (N D)"


@pytest.mark.parametrize(
    "alias", ["np.ndarray", "np.ndarray | None", "Union[np.ndarray, None]", "list[float]", "TypeVar('Own')", "None"]
)
def test_a_type_of_the_module_is_no_shape(alias):
    forward = define_forward(f"Own = {alias}\ndef forward(x: 'Own'): return x * x, x")
    assert adapt_named("square", forward, square_backward).origin.shapes_inferred


def test_reading_an_annotation_changes_nothing_in_the_module():
    forward = define_forward("def forward(x: '(added := np.ndarray)'): return x * x, x")
    before = set(forward.__globals__)
    assert adapt_named("square", forward, square_backward).origin.shapes_inferred
    assert set(forward.__globals__) == before


@pytest.mark.parametrize(
    "annotation",
    [np.ndarray, "np.ndarray", "npt.NDArray[np.float64]", "NDArray[np.float64]", "ArrayLike", "jax.Array"],
    ids=str,
)
def test_a_type_is_no_shape(annotation):
    def forward(x):
        return x * x, x

    forward.__annotations__["x"] = annotation
    assert adapt_named("square", forward, square_backward).origin.shapes_inferred


def test_where_only_some_are_annotated_the_others_are_asked_for():
    def forward(x: "N D", w):  # noqa: F722
        return x @ w, (x, w)

    with pytest.raises(NoShapes, match="matmul: the shape of w is missing; annotate it as the others"):
        adapt_named("matmul", forward, lambda dy, cache: (dy @ cache[1].T, cache[0].T @ dy))


def test_float_is_an_array_of_no_axes():
    def forward(x: "N D", s: float):  # noqa: F722
        return x * s, (x, s)

    op = adapt_named("scale", forward, lambda dy, cache: (dy * cache[1], np.sum(dy * cache[0])))
    assert format_declared_shapes(op) == "x: (N D), s: ()"


def test_a_text_that_is_no_shape_is_refused():
    def forward(x: "N D+"):  # noqa: F722
        return x, x

    with pytest.raises(DeclarationError, match=r"'N D\+'"):
        adapt_named("odd", forward, square_backward)


def read(annotation, **scope):
    """What an annotation of a parameter x says."""
    return read_annotation("f", Parameter("x", Parameter.POSITIONAL_OR_KEYWORD, annotation=annotation), scope)


@pytest.mark.parametrize("setting", [choice(1, 2), Array("N")])
def test_a_declaration_stands_for_itself(setting):
    assert read(setting) is setting
    assert read("setting", setting=setting) is setting


def test_without_an_annotation_nothing_is_said():
    assert read(Parameter.empty) is None


@pytest.mark.parametrize(("kind", "domain"), [("Bool", "bits"), ("UInt8", "whole numbers"), ("Float32", "real")])
def test_the_kind_of_jaxtyping_is_the_domain(kind, domain):
    assert read(f"{kind}[Array, 'N']").domain.name.startswith(domain)


# jaxtyping


def define_postponed(source):
    """A function as it is where annotations are postponed and jaxtyping is imported for the type checker alone."""
    scope = {"np": np}
    exec(f"from __future__ import annotations\n{source}", scope)
    return scope["forward"]


def test_jaxtyping_says_shapes():
    jaxtyping = pytest.importorskip("jaxtyping")

    def forward(
        x: jaxtyping.Float[np.ndarray, "N D"],  # noqa: F722
        w: jaxtyping.Float[np.ndarray, "D M"],  # noqa: F722
        b: jaxtyping.Float[np.ndarray, "M"],  # noqa: F821
    ):
        return affine(x, w, b)

    op = adapt(forward, affine_backward)
    assert (format_declared_shapes(op), op.origin.shapes_inferred) == ("x: (N D), w: (D M), b: (M)", False)


def test_jaxtyping_is_read_where_it_is_there_for_the_type_checker_alone():
    forward = define_postponed("def forward(x: Float[np.ndarray, 'N D'], w: Float[Array, 'D M']): return x @ w, (x, w)")
    op = adapt(forward, lambda dy, c: (dy @ c[1].T, c[0].T @ dy))
    assert format_declared_shapes(op) == "x: (N D), w: (D M)"


def test_whole_numbers_of_jaxtyping_find_their_bound():
    forward = define_postponed("def forward(x: Float[Array, 'N C'], y: Int[Array, 'N']): return loss(x, y)")
    forward.__globals__["loss"] = loss
    op = adapt(forward, loss_backward)
    assert op.inputs["y"].domain.name == "indices(C)"


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("rows=3 D", "3 D"),
        ("*batch D", "*batch D"),
        ("... D", "*rest D"),
        ("_ D", "any_0 D"),
        ("2*N {D}", "2*N D"),
        ("", ""),
    ],
)
def test_the_axes_of_jaxtyping_are_those_of_ours(theirs, ours):
    forward = define_postponed(f"def forward(x: Float[Array, '{theirs}']): return x * x, x")
    assert adapt(forward, lambda dy, x: 2 * x * dy).inputs["x"].shape == ours


def test_an_axis_of_jaxtyping_without_a_counterpart_is_refused():
    forward = define_postponed("def forward(x: Float[Array, '#N D']): return x, x")
    with pytest.raises(DeclarationError, match=r"parameter x: shape '#N D': '#N' has no counterpart"):
        adapt(forward, lambda dy, x: dy)
