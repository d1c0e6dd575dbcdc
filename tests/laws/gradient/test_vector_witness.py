"""Golden vectors in the laws value and gradient: they find, they settle, and they say who stands alone."""

from dataclasses import replace

import numpy as np
import pytest

from gradcheck import adapt, check
from gradcheck.discovery.library import load_library_ops
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.laws.gradient import vector_witness
from gradcheck.laws.gradient.law import LAW
from gradcheck.laws.value import LAW as VALUE
from gradcheck.records.evidence import ErrorKey, Witness
from gradcheck.records.golden_vectors import load_vectors
from gradcheck.records.status import Status
from gradcheck.records.subject import WHOLE_OP, Subject

LIBRARY = {op.name: op for op in load_library_ops()}
SOFTMAX = LIBRARY["softmax"]
VECTOR = load_vectors("softmax").vectors[0]
X = Subject.of_input("x")


def examine(op, vector=VECTOR, law=LAW):
    return law.examine(op, vector.case, Evaluator(op, vector.case, vector=vector))


def scale_backward(op, factor):
    return op.implemented_by(op.forward, lambda dy, cache: op.backward(dy, cache) * factor)


def spoil(vector, place, part="gradients"):
    """The vector with another number, in its digit at a place from the left."""
    array = getattr(vector, part)[0]
    number = array.numbers[0]
    off = replace(number, mantissa=number.mantissa + 10 ** (len(str(abs(number.mantissa))) - place))
    return replace(vector, **{part: (replace(array, numbers=(off, *array.numbers[1:])),)})


def make_dispute(evaluator, subject=X, status=Status.DISPUTED):
    """The observation of witnesses that contradict a right gradient."""
    seen = examine(scale_backward(SOFTMAX, 2.0))
    (finding,) = seen.findings
    evidence = tuple(e for e in finding.evidence if e.witness == Witness.AUTODIFF)
    return replace(seen, findings=(replace(finding, subject=subject, status=status, evidence=evidence),))


def test_a_right_gradient_agrees_and_its_error_is_measured():
    seen = examine(SOFTMAX)
    assert not seen.findings
    assert not seen.disagreements
    assert seen.errors[ErrorKey("x", Witness.VECTORS)] < 1e-15


@pytest.mark.parametrize(("factor", "status"), [(2.0, Status.FAILED), (1 + 1e-12, Status.IMPRECISE)])
def test_a_wrong_gradient_is_contradicted_by_all(factor, status):
    (finding,) = examine(scale_backward(SOFTMAX, factor)).findings
    assert finding.status is status
    assert finding.evidence[0].witness == Witness.VECTORS
    assert not finding.evidence[0].agrees
    assert Witness.AUTODIFF in {e.witness for e in finding.evidence if not e.agrees}
    assert finding.hint.startswith("golden vector 1 of softmax (ordinary). Numbers within ±4")


def test_a_vector_that_stands_alone_is_believed_and_says_so():
    (finding,) = examine(SOFTMAX, spoil(VECTOR, 3)).findings
    assert finding.status is Status.FAILED
    assert [(e.witness, e.agrees) for e in finding.evidence] == [(Witness.VECTORS, False)]


def test_a_number_off_in_its_20th_digit_is_no_matter_for_float64():
    assert not examine(SOFTMAX, spoil(VECTOR, 20)).findings


def test_others_that_contradict_a_right_gradient_are_overruled():
    evaluator = Evaluator(SOFTMAX, VECTOR.case, vector=VECTOR)
    seen = vector_witness.hear_vector(evaluator, VECTOR, make_dispute(evaluator))
    assert not seen.findings
    assert seen.disagreements == (
        "autodiff contradicts the gradient of x, alone: golden vector 1 of softmax (ordinary) agrees with it",
    )


def test_they_are_overruled_on_all_gradients_together_too():
    evaluator = Evaluator(SOFTMAX, VECTOR.case, vector=VECTOR)
    seen = vector_witness.hear_vector(evaluator, VECTOR, make_dispute(evaluator, WHOLE_OP))
    assert not seen.findings
    assert "the gradients, alone" in seen.disagreements[0]


def test_lost_digits_that_the_others_found_stay_a_finding():
    evaluator = Evaluator(SOFTMAX, VECTOR.case, vector=VECTOR)
    seen = vector_witness.hear_vector(evaluator, VECTOR, make_dispute(evaluator, status=Status.IMPRECISE))
    assert [f.status for f in seen.findings] == [Status.IMPRECISE]


def test_nothing_is_heard_where_forward_computes_something_else():
    other = SOFTMAX.implemented_by(lambda x: (2 * SOFTMAX.forward(x)[0], SOFTMAX.forward(x)[1]), SOFTMAX.backward)
    evaluator = Evaluator(other, VECTOR.case, vector=VECTOR)
    seen = make_dispute(evaluator)
    assert vector_witness.hear_vector(evaluator, VECTOR, seen) is seen


def test_a_case_that_nobody_else_judges_is_judged():
    evaluator = Evaluator(SOFTMAX, VECTOR.case, vector=VECTOR)
    silent = replace(examine(SOFTMAX), abstained="nobody knows", unjudged={"the gradient of x": "nobody knows"})
    seen = vector_witness.hear_vector(evaluator, VECTOR, silent)
    assert not seen.abstained
    assert not seen.unjudged
    assert "the gradient of x" in seen.judged


def test_a_wrong_value_is_found_and_the_reference_agrees():
    other = SOFTMAX.implemented_by(lambda x: (SOFTMAX.forward(x)[0] * (1 + 1e-12), SOFTMAX.forward(x)[1]), None.__eq__)
    seen = examine(other, law=VALUE)
    (finding,) = seen.findings
    assert [e.witness for e in finding.evidence] == [Witness.VECTORS]
    assert finding.claim.startswith("output y is 0.7597605507214 at [0, 1], expected 0.7597605507206")
    assert not seen.disagreements


def test_a_reference_that_stands_alone_on_a_value_is_told():
    right = examine(replace(SOFTMAX, reference=lambda x: 2 * SOFTMAX.reference(x)), law=VALUE)
    assert not right.findings
    assert right.disagreements == (
        "the reference contradicts output y, alone: golden vector 1 of softmax (ordinary) agrees with it",
    )
    wrong = examine(SOFTMAX, spoil(VECTOR, 3, "outputs"), law=VALUE)
    assert [f.status for f in wrong.findings] == [Status.FAILED]
    assert "the reference agrees with output y, alone" in wrong.disagreements[0]


def test_an_output_of_another_shape_is_a_finding():
    flat = SOFTMAX.implemented_by(lambda x: (SOFTMAX.forward(x)[0].ravel(), None), SOFTMAX.backward)
    result = check(flat, examples=0, laws=("value", "gradient"), shrink=False)
    assert [finding.claim for finding in result.findings] == ["output y has shape (2,), expected (1, 2)"]
    assert result.verdict("gradient").abstained_reason == "an output has another shape than in its golden vector"


def naive(x):
    with np.errstate(all="ignore"):
        y = np.exp(x) / np.exp(x).sum(-1, keepdims=True)
    return y, y


def test_an_overflow_is_a_warning_that_says_what_the_vector_probes():
    op = adapt(naive, lambda dy, y: y * (dy - (dy * y).sum(-1, keepdims=True)), x="*S C", same_as="softmax")
    result = check(op, examples=0, laws=("value", "gradient"))
    (finding,) = result.findings
    assert (finding.law, finding.status) == ("value", Status.WARNING)
    assert "overflow-beyond" in finding.hint
    assert "The formula as written overflows in float64" in finding.hint


def test_an_op_without_a_reference_has_its_value_judged_by_vectors_alone():
    op = replace(SOFTMAX, reference=None, same_as="softmax")
    verdict = check(op, examples=4, laws=("value",)).verdict("value")
    assert (verdict.status, verdict.examined, verdict.abstained) == (Status.PASSED, 11, 4)
    assert verdict.abstained_reason == "no reference was given"
    wrong = op.implemented_by(lambda x: (1.5 * SOFTMAX.forward(x)[0], SOFTMAX.forward(x)[1]), op.backward)
    assert check(wrong, examples=4, laws=("value",), shrink=False).status is Status.FAILED


@pytest.mark.slow
@pytest.mark.parametrize("name", ["matmul", "layer_norm", "max_pool2d", "concat", "lstm_step", "svm_hinge"])
def test_the_vectors_are_counted_and_each_gradient_has_its_error(name):
    op = LIBRARY[name]
    result = check(op, examples=1, laws=("value", "gradient"))
    assert result.status is Status.PASSED
    assert result.searched.vectors == len(load_vectors(name).vectors)
    measured = {key.input.partition("[")[0] for key in result.errors if key.witness == Witness.VECTORS}
    moving = {n for n, a in op.inputs.items() if getattr(a, "array", a).differentiable}
    assert measured == moving
