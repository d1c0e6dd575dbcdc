"""The mutants of the library are caught; the operators that make them do what they say; the rest of the code is left
alone by them."""

import ast
import random

import numpy as np
import pytest

from gradcheck.evaluation.evaluator import Evaluator
from tests.corpus.equivalent import EQUIVALENT
from tests.corpus.examine import main
from tests.corpus.mutants import OPS, accused, corpus, differs, drawn, generated, stillborn
from tests.corpus.operators import OPERATORS
from tests.corpus.rare import RARE
from tests.corpus.sources import put

pytestmark = pytest.mark.slow

SAMPLE, SEED = 120, 0
"""About one in five of these is stillborn."""

FEWEST, MOST_EQUIVALENT = 1000, 0.03

EXAMPLES = [
    ("sign flipped", "a + b", "a - b"),
    ("sign flipped", "a += b", "a -= b"),
    ("sign flipped", "f(-a)", "f(a)"),
    ("sign flipped", "g", "-g"),
    ("term dropped", "a - b", "-b"),
    ("factor dropped", "a / b", "1 / b"),
    ("factor dropped", "a /= b", "pass"),
    ("function dropped", "2 * np.exp(a)", "2 * a"),
    ("operands swapped", "a @ b", "b @ a"),
    ("operands swapped", "a.dot(b)", "b.dot(a)"),
    ("operands swapped", "np.outer(a, b)", "np.outer(b, a)"),
    ("transpose dropped", "x.T @ dy", "x @ dy"),
    ("transpose dropped", "np.swapaxes(x, -1, -2)", "x"),
    ("sum dropped", "np.sum(a * b, axis=0)", "a * b"),
    ("sum dropped", "a.mean()", "a"),
    ("sum added", "g", "slips.gathered(g, 0)"),
    ("mean for sum", "a.sum(axis=0)", "a.mean(axis=0)"),
    ("axis changed", "a.sum(axis=-1)", "a.sum(axis=-2)"),
    ("axis changed", "a.sum(axis=(0, 2))", "a.sum(axis=(0,))"),
    ("axis changed", "np.expand_dims(a, axis)", "np.expand_dims(a, axis - 1)"),
    ("keepdims flipped", "a.sum(keepdims=True)", "a.sum(keepdims=False)"),
    ("doubled", "g", "2 * g"),
    ("halved", "g", "g / 2"),
    ("divided by its length", "g", "g / np.size(g)"),
    ("comparison changed", "a > 0", "a >= 0"),
    ("comparison changed", "a == b", "a != b"),
    ("condition replaced", "np.where(c, a, b)", "np.where(c, b, a)"),
    ("condition replaced", "a if c else b", "b"),
    ("condition replaced", "a * ~c", "a * c"),
    ("off by one", "a[1]", "a[2]"),
    ("off by one", "a[pad:end]", "a[pad:end - 1]"),
    ("off by one", "range(n)", "range(n - 1)"),
    ("overwritten", "a[i] += b", "a[i] = b"),
    ("overwritten", "np.add.at(a, i, b)", "a[i] = b"),
    ("begun at one", "np.zeros(n, t)", "np.ones(n, t)"),
    ("stale cache", "def f(dy, cache):\n    pass", "def f(dy, cache):\n    cache = slips.previous(cache)\n    pass"),
    ("computed in place", "dy * a", "dy.__imul__(a)"),
    ("copy dropped", "a.copy()", "a"),
    ("rounded to float32", "g", "slips.single(g)"),
    ("rounded to float32", "def f(dy, cache):\n    pass", "def f(dy, cache):\n    dy = slips.single(dy)\n    pass"),
    ("rounded to whole numbers", "g", "np.trunc(g)"),
    ("always float32", "g", "np.float32(g)"),
    ("always float64", "np.zeros(n, t)", "np.zeros(n)"),
    ("gradients swapped", "return (a, None, b)", "return (b, None, a)"),
    ("gradient zeroed", "g", "0 * g"),
    ("upstream ignored", "def f(dy, cache):\n    pass", "def f(dy, cache):\n    dy = slips.ones(dy)\n    pass"),
    (
        "argument changed",
        "def f(dy, cache):\n    pass",
        "def f(dy, cache):\n    given = dy\n    try:\n        pass\n    finally:\n        slips.enlarged(given)",
    ),
]


def outcomes(name, text):
    """What the operators of this name make of a piece of code."""
    (root,) = ast.parse(text).body
    if isinstance(root, ast.Expr) and name != "overwritten":
        root = root.value
    for operator in (o for o in OPERATORS if o.name == name):
        for node in places(operator.kind, root):
            yield from (ast.unparse(put(root, node, other)) for other in operator.changes(node))


def places(kind, root):
    """The nodes that an operator of this kind may be given."""
    if kind == "node":
        return list(ast.walk(root))
    fits = ast.FunctionDef if kind in ("backward", "cache", "numbers") else ast.expr
    return [root] if isinstance(root, fits) else []


@pytest.mark.parametrize(("name", "before", "after"), EXAMPLES)
def test_an_operator_does_what_it_says(name, before, after):
    assert after in set(outcomes(name, before))


def test_every_operator_has_an_example():
    assert {operator.name for operator in OPERATORS} == {name for name, _, _ in EXAMPLES}


def sample():
    """Mutants of all ops, chosen by the seed, those aside that the shortfalls hide."""
    known = [m for name in OPS for m in generated(name) if m.name not in RARE]
    chosen = random.Random(SEED).sample([m for m in known if m.name not in EQUIVALENT], SAMPLE)
    return [mutant for mutant in chosen if not stillborn(mutant)]


def test_a_sample_of_the_mutants_is_caught():
    chosen = sample()
    assert len(chosen) > SAMPLE * 2 / 3
    assert [mutant.name for mutant in chosen if accused(mutant, SEED) is None] == []


def test_the_corpus_is_large_and_few_mutants_are_equivalent():
    count = 0
    for name in OPS:
        count += len(corpus(name))
        if count >= max(FEWEST, len(EQUIVALENT) / MOST_EQUIVALENT):
            return
    pytest.fail(f"{count} mutants, {len(EQUIVALENT)} of them equivalent")


def test_mutants_have_names_of_their_own():
    names = [mutant.name for name in OPS for mutant in generated(name)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", EQUIVALENT)
def test_an_equivalent_mutant_exists_and_agrees_with_its_op(name):
    (mutant,) = (m for m in generated(name.partition(":")[0]) if m.name == name)
    assert differs(mutant, 24) is None


def gradients(op):
    """The gradients in a few cases."""
    return [g for case in drawn(op.name, 24, 0) for g in Evaluator(op, case).gradients(case.point, case.upstream)]


def test_a_function_that_is_mutated_for_one_backward_stays_as_it_is_for_the_others():
    before = gradients(OPS["add"])
    mutant = next(m for m in corpus("multiply") if "mean for sum in unbroadcast" in m.name)
    assert accused(mutant, SEED)
    assert all(map(np.array_equal, before, gradients(OPS["add"])))


def test_a_mutant_that_remembers_begins_anew_in_each_run():
    mutant = next(m for m in corpus("square") if "slips.first" in m.name)
    assert accused(mutant, SEED).claim == accused(mutant, SEED).claim


def test_the_command_counts_by_op_and_operator(capsys):
    assert main(["--op", "rnn_step", "--sample", "3"]) == 0
    assert "3 of 3 caught, seed 0, 100 examples" in capsys.readouterr().out


def test_the_command_names_what_is_missed_and_fails(capsys, monkeypatch):
    monkeypatch.setattr("tests.corpus.examine.accused", lambda mutant, seed: None)
    assert main(["--op", "exp", "--sample", "3"]) == 1
    assert capsys.readouterr().out.count("missed  exp: ") == 3
