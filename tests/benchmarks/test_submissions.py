"""Generated submissions: a seed gives the same bytes; right styles answer as the model does, mistakes otherwise."""

import ast
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from gradcheck.audit.assignment_reading import read_assignment
from gradcheck.audit.model_answers import load_model_answers
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError
from gradcheck.generation.search import generate_cases
from gradcheck.isolation import silence_warnings

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
COURSES = ("cs231n_a1", "cs231n_a2", "cs231n_a3", "coursera_dl")
CASES = 25
KINDS = 40
AGREES = {"rtol": 1e-6, "atol": 1e-9}
"""Of two right programs of the same formula, on inputs of moderate size; a mistake is larger by far."""
FREE_AT_TIES = {"half of x and its size", "all of several", "shared among several"}
"""Styles with another gradient than the model's where several are right."""
ROUNDED = {"transposed", "a list of caches"}
"""Styles that lose digits where a variance is zero, or a gate is shut."""


@pytest.fixture(scope="module")
def library():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        from submissions import making, supply, treatments

        yield making, supply, treatments


@pytest.fixture(scope="module", params=COURSES)
def course(request, library):
    """A supply, and the model answers of its assignment."""
    return library[1].Supply.of(request.param), load_model_answers(read_assignment(request.param))


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(library):
    making, supply, _ = library
    source = supply.Supply.of("cs231n_a2")
    made = making.make_class(source, 20, seed=3)
    assert making.make_class(source, 20, seed=3) == made
    assert making.make_class(source, 20, seed=4) != made


def test_a_class_holds_every_change_and_says_what_is_expected_of_every_row(library):
    making, supply, _ = library
    source = supply.Supply.of("cs231n_a2")
    made = making.make_class(source, 200)
    assert {change.what for change in source.list_changes()} == {what for one in made for what in one.what}
    assert all(tuple(one.expected) == source.rows for one in made)
    assert len({mistake.name for mistake in source.mistakes}) >= KINDS
    assert {state.state for one in made for state in one.expected.values()} == {
        *("right", "wrong", "crashed", "endless", "not judged", "unfinished", "skipped", "not found"),
        "cannot be loaded",
    }


def test_the_share_of_hostile_submissions_is_as_asked(library):
    making, supply, _ = library
    made = making.make_class(supply.Supply.of("cs231n_a2"), 100, share_right=0.5, share_hostile=0.05)
    groups = [set(one.group.split("+")) for one in made]
    assert sum(bool(group & making.HOSTILE_GROUPS) for group in groups) == 5
    assert sum(group == {"right"} for group in groups) == 50


def test_a_treatment_is_put_into_a_function(library):
    treatments = library[2]
    treatment = next(t for t in treatments.TREATMENTS if t.name == "recursion")
    text = treatment.apply("def f(a, b):\n    return a\n\n\ndef g(a):\n    return a\n", {"forward": "f"})
    assert text == "def f(a, b):\n    return f(a, b)\n    return a\n\n\ndef g(a):\n    return a\n"
    for treatment in treatments.TREATMENTS:
        ast.parse(
            treatment.apply(
                "def f(a, b):\n    return a\n\n\ndef g(a, b):\n    return a\n",
                dict(zip(("forward", "backward"), "fg", strict=True)),
            )
        )


def run_text(source, style, text):
    """The names of a module that holds a style as this text, and the right styles that it builds on."""
    namespace, waiting, seen = {"np": np}, list(style.after), set()
    while waiting:
        row = waiting.pop()
        if row not in seen:
            below = next(s for s in source.styles if row in s.rows)
            waiting += below.after
            seen |= {*below.rows}
            exec(below.text, namespace)
    exec(text, namespace)
    return namespace


def list_answers(op):
    """The outputs and the gradients of an op on cases; None where it raises."""
    rows = []
    for case in islice(generate_cases(op, CASES, 0), CASES):
        np.random.seed(231)  # noqa: NPY002
        try:
            rows.append(Evaluator(op, case).results(case.point, case.upstream))
        except (UserError, Malformed):
            rows.append(None)
    return rows


def compare(answer, namespace, expected):
    """On how many cases outputs differ from those of the model answer, and gradients do."""
    names = [name for name in (answer.variant.forward, answer.variant.backward) if name]
    if not namespace.keys() >= {*names}:
        return CASES, CASES
    functions = [bind_caller(caller, namespace[name]) for name, caller in zip(names, answer.callers, strict=True)]
    with answer.exchange(functions, (("", 1), ("", 1)), lambda call_each: None) as op:
        given = list_answers(op)
    pairs = [(a, b) for a, b in zip(given, expected, strict=True)]
    values = sum(a is None or not agree(a[0], b[0]) for a, b in pairs)
    return values, sum(a is None or not agree(a[1], b[1]) for a, b in pairs)


def bind_caller(caller, function):
    """A function as it is called through a caller of the model file."""
    if caller is None:
        return function
    namespace = {"np": np}
    exec(f"from __future__ import annotations\n{caller.text}", namespace)
    return lambda *args, **settings: namespace[caller.name](function, *args, **settings)


def agree(given, expected):
    """Whether arrays are the same but for rounding."""
    return all(
        (a is None and b is None) or (np.shape(a) == np.shape(b) and np.allclose(a, b, **AGREES, equal_nan=True))
        for a, b in zip(given, expected, strict=True)
    )


@pytest.mark.slow
def test_right_styles_answer_as_a_model_answer_does_and_mistakes_as_none(course):
    source, answers = course
    wrongly = []
    with silence_warnings():
        expected = {id(a): list_answers(a.op) for rows in answers.values() for a in rows}
        for style in source.styles:
            names = run_text(source, style, style.text)
            for row in style.rows:
                found = [compare(a, names, expected[id(a)]) for a in answers[row]]
                allowed = CASES if style.name in FREE_AT_TIES else 2 if style.name in ROUNDED else 0
                is_drawn = style.name == "p is dropped"
                if not is_drawn and not any(values == 0 and gradients <= allowed for values, gradients in found):
                    wrongly.append(("right", style.name, row, found))
        for mistake in source.mistakes:
            names = run_text(source, mistake.style, mistake.text)
            for row, part in mistake.wrong.items():
                found = [compare(a, names, expected[id(a)]) for a in answers[row]]
                if not all(values or gradients for values, gradients in found) or (part == "value" and not found[0][0]):
                    wrongly.append(("mistake", mistake.name, row, found))
    assert wrongly == []
