"""The engine puts the same cases to every law, keeps count honestly, and gives the same answer every time."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pytest

from gradcheck import Array, Case, Op, check, choice, indices, load, positive, real, whole
from gradcheck.checking.op_check import MAX_FAILURES_ALIKE, OpCheck, examine_case
from gradcheck.declaration.array_api import namespace
from gradcheck.generation.search import generate_cases
from gradcheck.isolation import silence_warnings
from gradcheck.laws.accumulator import Observation
from gradcheck.laws.registry import load_laws
from gradcheck.records.results import FindingKind, Run

POINT = np.array([0.123, 2.0])


def forward(x):
    return x * x, x


def backward(dy, x):
    return 2 * x * dy


SQUARE = Op("square", forward, backward, lambda x: x * x, inputs={"x": Array("N")}, batch="N")
SAVED = Case("square", {"x": POINT}, (np.ones(2),), {}, 5)


def wrong_at_the_kept_point(dy, x):
    return (3 if np.array_equal(x, POINT) else 2) * x * dy


def relu(slope):
    """A rectifier whose gradient at zero this gives: slope(x) at the elements of x."""
    return Op(
        "relu",
        lambda x: (np.maximum(x, 0), x),
        lambda dy, x: dy * np.where(x == 0, slope(x), x > 0).astype(x.dtype),
        inputs={"x": Array("N")},
    )


# cases and counts


def test_every_law_is_put_to_the_same_cases(monkeypatch):
    seen = {name: [] for name in load_laws()}

    def watching(name):
        return replace(
            load_laws()[name], examine=lambda op, case, evaluator: seen[name].append(case.digest) or Observation()
        )

    for name in load_laws():
        monkeypatch.setitem(load_laws(), name, watching(name))
    result = check(SQUARE, examples=9)
    asked = {name: cases for name, cases in seen.items() if result.verdict(name).status != "inapplicable"}
    assert len(asked) >= 8
    assert all(cases == seen["contract"] for cases in asked.values())
    assert len(set(seen["contract"])) == result.cases == 9


def test_there_is_a_verdict_for_each_law_in_their_order():
    assert [v.law for v in check(SQUARE, examples=8).verdicts] == list(load_laws())
    assert [v.law for v in check(SQUARE, examples=8, laws=("purity", "contract")).verdicts] == ["contract", "purity"]


def test_the_number_of_examples_is_the_number_of_cases():
    for examples in (1, 8, 20):
        steps = []
        assert check(SQUARE, examples=examples, laws=("contract",), step=steps.append).cases == examples
        assert steps == list(range(1, examples + 1))


def test_the_declaration_may_leave_no_choice():
    op = replace(SQUARE, inputs={"x": Array("2")}, batch=None)
    result = check(op, examples=8, laws=("contract",))
    assert (result.cases, result.shapes) == (8, 1)


@pytest.mark.slow
def test_a_law_that_finds_the_same_again_and_again_is_asked_no_more():
    op = replace(SQUARE, backward=lambda dy, x: 3 * x * dy)
    result = check(op, examples=60, shrink=False)
    gradient = result.verdict("gradient")
    assert MAX_FAILURES_ALIKE < gradient.examined < 2 * MAX_FAILURES_ALIKE
    assert gradient.reason == f"asked until {MAX_FAILURES_ALIKE} cases brought nothing new"
    assert result.cases == result.verdict("linearity").examined == 60


@pytest.mark.slow
def test_a_rarer_fault_is_found_beside_one_that_is_in_every_case():
    def of_both(dy, cache):
        x, y = cache
        return 3 * y * dy, x * dy * (1 if x.size < 4 else 2)

    op = Op("product", lambda x, y: (x * y, (x, y)), of_both, inputs={"x": Array("N"), "y": Array("N")})
    assert {f.input for f in check(op, laws=("gradient",), shrink=False).findings} == {"x", "y"}


def test_failing_cases_are_tried_first(monkeypatch):
    seen = []
    law = replace(
        load_laws()["contract"], examine=lambda op, case, evaluator: seen.append(case.digest) or Observation()
    )
    monkeypatch.setitem(load_laws(), "contract", law)
    check(SQUARE, examples=3, laws=("contract",), kept=[SAVED])
    assert (seen[0], len(seen)) == (SAVED.digest, 4)


def test_saved_cases_are_not_counted():
    with_saved, without = (check(SQUARE, examples=8, kept=saved) for saved in ([SAVED], []))
    assert with_saved == without


def test_saved_cases_alone_are_no_pass():
    result = empty_but_kept()
    assert {v.status for v in result.verdicts} <= {"inconclusive", "inapplicable"}


def empty_but_kept():
    """What is said after a kept case and no other."""
    seen = OpCheck(SQUARE, list(load_laws().values()))
    seen.take(SAVED, counted=False)
    seen.complete = True
    return seen.result()


@pytest.mark.slow
def test_a_finding_of_a_saved_case_counts():
    op = replace(SQUARE, backward=wrong_at_the_kept_point)
    assert check(op, examples=8, laws=("gradient",)).status == "passed"
    (finding,) = check(op, examples=8, laws=("gradient",), kept=[SAVED]).findings
    assert finding.case.point[0].tolist() == POINT.tolist()


# stopped


def test_an_examination_that_was_interrupted_is_inconclusive_in_every_law():
    seen = OpCheck(SQUARE, list(load_laws().values()))

    def interrupt(done):
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check(SQUARE, examples=9, step=interrupt, examination=seen)
    seen.stop_reason = "interrupted"
    result = seen.result()
    assert (result.complete, result.cases) == (False, 5)
    asked = [v for v in result.verdicts if v.status != "inapplicable"]
    assert {(v.status, v.reason) for v in asked} == {("inconclusive", "interrupted")}
    assert "interrupted" in result.notes


def test_what_was_found_before_an_interruption_stays():
    op = replace(SQUARE, backward=lambda dy, x: x * dy)
    seen = OpCheck(op, [load_laws()["gradient"]])

    def interrupt(done):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check(op, examples=9, step=interrupt, examination=seen, kept=[replace(SAVED)])
    seen.stop_reason = "interrupted"
    assert seen.result().status == "failed"


def test_nothing_examined_is_no_pass():
    result = OpCheck(SQUARE, [load_laws()["contract"]]).result()
    assert (result.status, result.verdict("contract").reason) == ("inconclusive", "nothing was examined")


# crashes


def crashing(part):
    def refuse(*args):
        raise ValueError(f"no {part} today")

    return replace(SQUARE, **{part: refuse})


@pytest.mark.parametrize("part", ["forward", "backward"])
def test_a_crash_is_one_finding_of_the_law_that_met_it(part):
    result = check(crashing(part), examples=8)
    (finding,) = result.findings
    assert (finding.law, finding.input, finding.status) == ("contract", part, "crashed")
    assert finding.claim == f"{part} raised ValueError: no {part} today"
    assert finding.file == __file__
    assert "raise ValueError" in Path(__file__).read_text().split("\n")[finding.line - 1]


@pytest.mark.parametrize("part", ["forward", "backward"])
def test_the_other_laws_say_what_their_silence_follows_from(part):
    others = [v for v in check(crashing(part), examples=8).verdicts if v.law != "contract"]
    asked = [v for v in others if v.status != "inapplicable"]
    assert {v.status for v in asked} <= {"inconclusive", "passed"}
    silent = [v for v in asked if v.status == "inconclusive"]
    assert len(silent) >= 5
    assert all(v.reason.startswith(f"follows from contract: {part} raised") for v in silent)


def test_a_reference_that_raises_is_a_finding_and_the_forward_is_not_accused():
    result = check(crashing("reference"), examples=8)
    assert {f.input for f in result.findings} == {"reference"}
    assert result.verdict("contract").status == "passed"


@pytest.mark.slow
@pytest.mark.parametrize("slope", [2, 3], ids=["right", "wrong"])
@pytest.mark.parametrize("option", [np.inf, np.nan, np.int64(1), (1, np.inf)], ids=repr)
def test_whatever_an_op_is_set_to_its_run_can_be_saved(slope, option):
    op = replace(
        SQUARE,
        forward=lambda x, p: (x * x, x),
        backward=lambda dy, x: slope * x * dy,
        reference=lambda x, p: x * x,
        settings={"p": choice(option, 2)},
    )
    run = Run((check(op, examples=8),), 0, 8)
    assert run.results[0].status == ("passed" if slope == 2 else "failed")
    assert Run.from_json(run.to_json()).to_json() == run.to_json()


def caching(forward, backward):
    return replace(SQUARE, forward=forward, backward=backward)


def test_a_cache_may_hold_itself_and_code():
    class Node:
        def __init__(self, x):
            self.me, self.x, self.xp, self.back = self, x, np, backward

    op = caching(lambda x: (x * x, Node(x)), lambda dy, node: node.back(dy, node.x))
    assert check(op, examples=8).status == "passed"


def test_a_counter_in_the_cache_is_found_before_it_changes_the_answer():
    def counting(dy, cache):
        cache["t"] += 1
        return (2 if cache["t"] < 9 else 3) * cache["x"] * dy

    result = check(caching(lambda x: (x * x, {"x": x, "t": 0}), counting), examples=8)
    assert [f.claim for f in result.findings] == ["backward changes its cache"]


def test_a_cache_that_cannot_be_watched_leaves_purity_open():
    op = caching(lambda x: (x * x, (x, (row for row in x))), lambda dy, cache: 2 * cache[0] * dy)
    verdict = check(op, examples=8).verdict("purity")
    assert (verdict.status, verdict.examined) == ("inconclusive", 0)
    assert verdict.reason.startswith("the cache cannot be copied")


def test_a_failure_of_structure_marks_what_follows_from_it():
    def spoiling(dy, x):
        x *= 2
        return x * dy

    result = check(replace(SQUARE, backward=spoiling), examples=12, shrink=False)
    assert result.verdict("purity").status == "failed"
    assert {f.follows for f in result.findings if f.law not in ("contract", "purity")} <= {"purity"}


# conventions


def test_one_convention_in_every_case_passes_and_is_told():
    result = check(relu(lambda x: 0.0), examples=24)
    assert result.status == "passed"
    assert "zero" in result.verdict("kinks").reason


@pytest.mark.slow
def test_a_convention_that_changes_between_cases_is_found():
    result = check(relu(lambda x: float(x.sum() > 0)), examples=24, laws=("kinks",))
    (finding,) = result.findings
    assert (finding.law, finding.status) == ("kinks", "failed")
    assert re_convention(finding.claim) == {"zero", "right"}


def re_convention(claim):
    """The two conventions that a claim speaks of."""
    return set(claim.split("'")[1::2])


@pytest.mark.slow
def test_a_convention_that_depends_on_the_length_is_found():
    assert check(relu(lambda x: float(len(x) % 2)), examples=24, laws=("kinks",)).status == "failed"


def test_an_order_of_equal_elements_that_depends_on_the_length_is_a_warning():
    def backward(dy, x):
        ties = np.flatnonzero(x == x.max())
        dx = np.zeros_like(x)
        dx[ties[-(len(x) % 2)]] = dy
        return dx

    largest = Op("largest", lambda x: (x.max(), x), backward, inputs={"x": Array("N")})
    result = check(largest, examples=100, laws=("kinks",), shrink=False)
    (finding,) = result.findings
    assert (finding.status, re_convention(finding.claim)) == ("warning", {"first", "last"})
    assert "stable" in finding.hint


def test_of_several_inputs_a_convention_that_changes_is_a_warning():
    """Two kinks of such an op that look alike may be of different units; a slope outside of both sides fails."""

    def gated(largest):
        return Op(
            "gated",
            lambda x, w: (np.maximum(x, 0) + w, (x, w)),
            lambda dy, c: (dy * np.where(c[0] == 0, largest * (c[1].sum() > 0), c[0] > 0), dy),
            inputs={"x": Array("N"), "w": Array("N")},
        )

    lawful, beyond = (check(gated(slope), examples=24, laws=("kinks",), shrink=False) for slope in (1.0, 2.0))
    assert (lawful.status, re_convention(lawful.findings[0].claim)) == ("warning", {"zero", "right"})
    assert beyond.status == "failed"


def test_every_usual_shape_is_met_with_zeros():
    cases = [case for seed in range(4) for case in generate_cases(SQUARE, 80, seed)]
    assert {1, 2, 3, 4} <= {len(case.point[0]) for case in cases if (case.point[0] == 0).any()}


def test_coordinates_that_several_pieces_share_name_no_order():
    """In a maximum of linear maps the inputs tie in an order of their own, which is not that of the pieces."""
    maxout = load("", "maxout")
    w = np.array([[[0.0], [-1.0], [-2.0]], [[-2.0], [0.0], [0.0]]])
    inputs = {"x": np.array([[0.0, 0.0, 0.0]]), "w": w, "b": np.zeros((2, 1))}
    seen = examine_case(maxout, Case("maxout", inputs, (np.ones((1, 1)),), {}, 0), [load_laws()["kinks"]])["kinks"]
    assert (seen.findings, dict(seen.conventions)) == ((), {})


def test_relu_units_that_meet_at_zero_leave_no_doubt():
    """The output is smooth along every line of x though its gradient by relu'(0) = 0 is none of the slopes."""
    net = load("", "two_layer_net")
    w2 = np.array([[1.0, 1.0], [1.0, -1.0], [-2.0, -1.0]])
    inputs = {"x": np.zeros((1, 1)), "w1": np.array([[-2.0, 0.0, 2.0]]), "w2": w2}
    case = Case("two_layer_net", inputs, (np.array([[0.5, 2.0]]),), {}, 0)
    seen = examine_case(net, case, [load_laws()["gradient"]])["gradient"]
    assert (seen.findings, seen.abstained) == ((), "")


@pytest.mark.slow
def test_relu_units_behind_relu_units_are_judged_one_kink_at_a_time():
    """All slopes are concave but along one line in 300; the sum of lawful choices is no lawful choice for the sum."""
    net = load("", "three_layer_net")
    x, w1 = np.array([[-2.0, 0.0], [2.0, -2.0]]), np.array([[2.0, 2.0], [-2.0, 2.0]])
    w2 = np.array([[0.0, -2.0, 0.0, 1.0], [1.0, -1.0, 1.0, -1.0]])
    w3 = np.array([[-1.0, 2, 1, -1], [-1, 1, 0, -1], [-2, -2, 2, -2], [-1, -2, 2, 2]])
    inputs = {"x": x, "w1": w1, "w2": w2, "w3": w3}
    for seed in range(8):
        case = Case("three_layer_net", inputs, (np.ones((2, 4)),), {}, seed)
        assert examine_case(net, case, [load_laws()["kinks"]])["kinks"].findings == ()


@pytest.mark.parametrize("x", [[1e-20, -1.0], [-1e-20, 2.0]])
def test_right_beside_a_kink_there_is_nothing_to_choose(x):
    op = load("", "relu")
    case = Case("relu", {"x": np.array(x)}, (np.ones(2),), {}, 0)
    seen = examine_case(op, case, [load_laws()["kinks"]])["kinks"]
    assert (seen.findings, dict(seen.conventions)) == ((), {})


def test_a_gradient_whose_product_with_the_step_overflows_is_not_accused():
    power = Op(
        "power",
        lambda x: (x**30, x),
        lambda dy, x: 30 * x**29 * dy,
        lambda x: x**30,
        inputs={"x": Array("N")},
    )
    case = Case("power", {"x": np.array([1.87e10])}, (np.ones(1),), {}, 0)
    with silence_warnings():
        assert examine_case(power, case, [load_laws()["gradient"]])["gradient"].findings == ()


def test_a_float32_gradient_of_float64_inputs_breaks_the_contract():
    op = replace(SQUARE, backward=lambda dy, x: np.float32(2 * x * dy))
    (finding,) = check(op, examples=4, laws=("contract",)).findings
    assert "the gradient of x has dtype float32" in finding.claim


@pytest.mark.slow
def test_a_cast_to_float32_on_the_way_is_imprecise():
    op = replace(SQUARE, backward=lambda dy, x: 2 * x * np.float64(np.float32(dy)))
    assert check(op, examples=16, laws=("gradient",)).status == "imprecise"


@pytest.mark.slow
def test_the_digits_of_a_saturated_unit_mean_nothing():
    def sigmoid(x):
        s = 1 / (1 + np.exp(-x))
        return s, s.copy()

    op = Op(
        "sigmoid", sigmoid, lambda dy, s: dy * s * (1 - s), lambda x: 1 / (1 + jnp.exp(-x)), inputs={"x": Array("N")}
    )
    assert check(op).status == "passed"


@pytest.mark.slow
def test_a_forward_that_overflows_needs_no_reference_to_be_found():
    def softmax(x):
        e = np.exp(x)
        s = e / e.sum(axis=-1, keepdims=True)
        return s, s

    def backward(dy, s):
        return s * (dy - (dy * s).sum(axis=-1, keepdims=True))

    result = check(Op("softmax", softmax, backward, inputs={"x": Array("N C")}), examples=12, laws=("extremes",))
    assert [f.claim for f in result.findings] == ["y is nan at [0, 0], though the truth is finite"]


def test_a_reference_in_float32_is_arbitrated_in_float32():
    op = replace(SQUARE, reference=lambda x: jnp.asarray(x, jnp.float32) ** 2)
    findings = check(op, examples=4, laws=("gradient",)).findings
    assert not any("a fault of gradcheck" in f.claim for f in findings)


@pytest.mark.slow
def test_a_forward_that_draws_at_random_is_impure():
    rng = np.random.default_rng(0)

    def dropout(x):
        mask = (rng.random(x.shape) < 0.5) / 0.5
        return x * mask, mask

    op = Op("dropout", dropout, lambda dy, mask: dy * mask, inputs={"x": Array("N D")})
    (finding,) = check(op, examples=12).findings
    assert finding.claim in (
        "forward gives another answer when it is called again",
        "forward draws at random: its cache is another one when it is called again",
    )


def test_what_raises_in_one_layout_alone_is_told_with_it():
    def forward(x):
        x *= 1
        return x * x, x

    findings = check(replace(SQUARE, forward=forward), examples=4, laws=("layout",)).findings
    assert any(f.claim.startswith("with read-only arrays, forward raised ValueError: ") for f in findings)


def test_a_forward_that_raises_is_told_which_declaration_helps():
    def forward(x):
        if len(x) < 2:
            raise ValueError("a variance wants two")
        return x * x, x

    op = replace(SQUARE, forward=forward, inputs={"x": Array("N")})
    (finding,) = check(op, examples=12, laws=("contract",)).findings
    assert (finding.status, finding.cause) == ("crashed", "forward raises whenever N < 2")
    assert finding.hint == "If such shapes are not lawful, say so: sizes={'N': whole(2, None)}."


LAST_UPSTREAM = None
"""What the backward below assigns."""


@pytest.mark.parametrize("longest", [np.longdouble, np.float64])
def test_digits_that_nobody_saw_go_come_back_in_long_double_where_that_is_longer(longest, monkeypatch):
    """The noise of Monte Carlo arithmetic ends at a conversion in a function that assigns a global."""

    def lost(dy, x):
        global LAST_UPSTREAM  # noqa: PLW0603 - which is what ends it
        LAST_UPSTREAM = dy
        return dy * np.sign(x) * np.sqrt(1 - np.cos(np.asarray(x)) ** 2)

    right = Op(
        "f",
        lambda x: (1 - np.cos(x), x),
        lambda dy, x: dy * np.sin(x),
        lambda x: 1 - jnp.cos(x),
        inputs={"x": Array("N")},
    )
    case = Case("f", {"x": np.array([1e-3, 2e-3])}, (np.ones(2),), {}, 0)

    def status(op):
        with silence_warnings():
            return [f.status for f in examine_case(op, case, [load_laws()["gradient"]])["gradient"].findings]

    monkeypatch.setattr(np, "longdouble", longest)
    longer = np.finfo(longest).eps < np.finfo(np.float64).eps
    assert status(right) == []
    assert status(replace(right, backward=lost)) == ["imprecise" if longer else "failed"]
    assert status(replace(right, backward=lambda dy, x: dy * np.sin(x) * (1 + 1e-9))) == ["failed"]


@pytest.mark.parametrize("longest", [np.longdouble, np.float64])
def test_an_overflow_of_the_reference_as_well_is_seen_where_long_double_is_longer(longest, monkeypatch):
    def naive(x):
        return np.log(1 + np.exp(x))

    wrong = Op(
        "softplus",
        lambda x: (naive(x), x),
        lambda dy, x: dy / (1 + np.exp(-x)),
        lambda x: namespace(x).log(1 + namespace(x).exp(x)),
        inputs={"x": Array("N")},
    )
    monkeypatch.setattr(np, "longdouble", longest)
    longer = np.finfo(longest).max > np.finfo(np.float64).max
    right = replace(wrong, forward=lambda x: (np.logaddexp(0, x), x))
    for domain, told in ((real(), "warning"), (real(-(2.0**13), 2.0**13), "failed")):
        inputs = {"x": Array("N", domain)}
        result = check(replace(wrong, inputs=inputs), examples=24, laws=("extremes",), shrink=False)
        assert result.status == (told if longer else "passed")
        assert check(replace(right, inputs=inputs), examples=24, laws=("extremes",)).status == "passed"


def test_a_right_gradient_that_is_the_upstream_itself_holds_with_a_warning():
    op = Op("shift", lambda x: (x + 1.0, None), lambda dy, cache: dy, inputs={"x": Array("*S")})
    result = check(op, examples=8)
    assert [(f.law, f.status) for f in result.findings] == [("purity", "warning")]
    assert result.status == "warning"


@pytest.mark.slow
def test_shared_memory_alone_brings_no_wrong_gradient_about():
    op = Op("twice", lambda x: (2 * x, None), lambda dy, cache: dy, lambda x: 2 * x, inputs={"x": Array("*S")})
    result = check(op, examples=8, laws=("purity", "gradient"))
    assert {(f.law, f.follows) for f in result.findings} == {("purity", ""), ("gradient", "")}


def test_the_order_of_what_is_gathered_is_no_order_of_the_table():
    bag = Op(
        "largest of a bag",
        lambda x, ids: (x[ids].max(), (x.shape, ids, x[ids].argmax())),
        lambda dy, cache: (np.where(np.arange(cache[0][0]) == cache[1][cache[2]], dy, 0.0), None),
        lambda x, ids: x[ids].max(),
        inputs={"x": Array("V"), "ids": Array("N", indices("V"))},
    )
    for seed in (1, 2):
        assert check(bag, examples=60, seed=seed, laws=("kinks",), shrink=False).findings == ()


@pytest.mark.slow
def test_a_declared_convention_is_enforced():
    right = replace(relu(lambda x: 0.0), convention="zero")
    assert check(right, examples=24, laws=("kinks",)).status == "passed"
    (finding,) = check(replace(right, convention="right"), examples=24, laws=("kinks",)).findings
    assert "follows the convention 'zero', declared is 'right'" in finding.claim


def test_an_exception_is_not_asked_and_told():
    op = replace(SQUARE, exceptions={"linearity": "a straight-through estimator"})
    verdict = check(op, examples=8).verdict("linearity")
    assert (verdict.status, verdict.examined) == ("inapplicable", 0)
    assert verdict.reason == "declared exception: a straight-through estimator"


# the same answer every time


@pytest.mark.slow
def test_the_same_seed_gives_the_same_result_and_another_seed_other_cases():
    op = replace(SQUARE, backward=lambda dy, x: 2.5 * x * dy)
    first, again, other = (check(op, examples=8, seed=s, laws=("gradient",), shrink=False) for s in (3, 3, 4))
    assert [f.case.digest for f in first.findings] == [f.case.digest for f in again.findings]
    assert first.findings[0].case.seed != other.findings[0].case.seed


@pytest.mark.slow
def test_shrinking_gives_the_same_counterexample():
    op = replace(SQUARE, backward=lambda dy, x: 2.5 * x * dy)
    first, again = (check(op, examples=12, laws=("gradient",)).findings[0] for _ in range(2))
    assert first.case.digest == again.case.digest
    assert first.claim == again.claim


@pytest.mark.slow
def test_two_processes_with_other_hash_seeds_write_the_same_bytes(tmp_path):
    command = [sys.executable, "-c", "from gradcheck.cli import main; main()", "check", "--op", "sin", "--op", "add"]
    written = {
        subprocess.run(
            [*command, "--examples", "12", "--format", "json"],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=tmp_path,
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(written) == 1
    assert written.pop().startswith(b'{\n "schema": "gradcheck-run/7"')


def test_user_code_that_draws_from_the_global_generator_moves_no_case():
    def drawing(x):
        np.random.default_rng().normal()
        return x * x, x

    assert check(replace(SQUARE, forward=drawing), examples=8).errors == check(SQUARE, examples=8).errors


def test_the_domain_holds_in_every_case():
    seen = []

    def log(x):
        seen.append(float(np.min(x, initial=np.inf)))
        return np.log(x), x

    op = Op("log", log, lambda dy, x: dy / x, inputs={"x": Array("N", positive())})
    check(op, examples=12, laws=("contract",))
    assert min(seen) > 0


def test_a_wrong_number_does_not_slip_into_a_wrong_shape_as_it_shrinks():
    """With pad=0, simpler than any other, the slice is empty."""

    def padded(x, pad):
        return np.pad(x, pad), pad

    op = Op("padded", padded, lambda dy, p: 2 * dy[p:-p], inputs={"x": Array("N")}, settings={"pad": whole(0, 2)})
    found = {f.law: f for f in check(op, examples=12, laws=("contract", "gradient")).findings}
    assert (found["contract"].kind, found["contract"].case.settings["pad"]) == (FindingKind.MALFORMED, 0)
    assert found["gradient"].kind is FindingKind.DISAGREES
    assert found["gradient"].claim.startswith("gradient of x is 2 at [0], expected 1")
    assert not found["gradient"].cause_name  # there are two mistakes, of which neither alone gives what is returned
