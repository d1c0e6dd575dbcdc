"""A wrong gradient is told with its cause in words, and with numbers that its counterexample prints."""

import contextlib
import io
import re
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from gradcheck import Array, Op, check, probability
from gradcheck.cli.commands import main
from tests.causes.ops import define_without_file
from tests.lanes import mark_most_slow

AFFINE = {"x": Array("N D"), "w": Array("D M"), "b": Array("M")}


def affine(x, w, b):
    return x @ w + b, (x, w)


def reference(x, w, b):
    return x @ w + b


def backward(**changed):
    """The backward of affine, with some of its gradients changed."""

    def changing(dy, cache):
        x, w = cache
        gradients = {"x": dy @ w.T, "w": x.T @ dy, "b": dy.sum(axis=0)}
        return tuple(changed.get(name, lambda g, dy: g)(g, dy) for name, g in gradients.items())

    return changing


last_one_off = define_without_file(
    """
def last_one_off(g, dy):
    g = g.copy()
    g.flat[-1:] += 1
    return g
""",
    "last_one_off",
)
"""One element is wrong."""

last_of_several_off = define_without_file(
    """
def last_of_several_off(g, dy):
    g = g.copy()
    if g.size > 1:
        g.flat[-1] += 1
    return g
""",
    "last_of_several_off",
)
"""One element of several is wrong, and none of one alone."""


def diagnosed(op):
    """The finding of gradient, of which there is one."""
    (finding,) = check(op, examples=8, laws=("gradient",)).findings
    assert finding.status == "failed"
    return finding


MISTAKES = {
    "sign": ({"w": lambda g, dy: -g}, "sign", "it has the wrong sign", "Negate it."),
    "mean for sum": (
        {"b": lambda g, dy: g / len(dy)},
        "divided-by-length",
        "it is divided by the length of N: averaged where the sum is right",
        "Do not divide by the length of N: take the sum, not the average.",
    ),
    "sum for mean": (
        {"b": lambda g, dy: g * len(dy)},
        "multiplied-by-length",
        "it is multiplied by the length of N",
        "Divide it by the length of N: take the average, not the sum.",
    ),
    "constant factor": (
        {"x": lambda g, dy: 0.3 * g},
        "constant-factor",
        "it is 3/10 of the right gradient",
        "Multiply it by 10/3.",
    ),
    "zero": (
        {"w": lambda g, dy: 0 * g},
        "zero",
        "nothing flows back: it is zero",
        "Look for a term that is never added, or a result that is lost.",
    ),
    "last element": (
        {"b": last_one_off},
        "",
        r"no known cause reproduces it; wrong at 1 of \d elements: at the last index of M",
        "",
    ),
    "several elements": (
        {"b": last_of_several_off},
        "right-only-where",
        "it is right only where the length of M is 1",
        "Look for what else it depends on.",
    ),
}


def without_count(cause):
    """A cause without the number of cases that were tried, which is smaller where these take long."""
    return re.sub(r" \(so in all \d+ cases tried\)$", "", cause)


@pytest.mark.parametrize("formula", [reference, None], ids=["reference", "no reference"])
@pytest.mark.parametrize("mistake", mark_most_slow(MISTAKES, 12))
def test_a_mistake_is_told_in_words(mistake, formula):
    changed, name, cause, hint = MISTAKES[mistake]
    finding = diagnosed(Op("affine", affine, backward(**changed), formula, inputs=AFFINE))
    assert finding.input == next(iter(changed))
    assert re.fullmatch(cause, without_count(finding.cause))
    assert (finding.cause_name, finding.hint) == (name, hint)
    assert (finding.cause == without_count(finding.cause)) is not bool(name)


@pytest.mark.slow
@pytest.mark.parametrize("formula", [lambda a, b: a @ b, None], ids=["reference", "no reference"])
def test_a_transposed_square_is_told(formula):
    def transposing(dy, cache):
        a, b = cache
        return (dy @ b.T).T.copy(), a.T @ dy

    op = Op("matmul", lambda a, b: (a @ b, (a, b)), transposing, formula, inputs={"a": Array("N N"), "b": Array("N N")})
    assert diagnosed(op).cause_name == "transposed"


@pytest.mark.slow
@pytest.mark.parametrize("formula", [lambda x: x.mean(), None], ids=["reference", "no reference"])
def test_a_mean_whose_gradient_is_that_of_a_sum_is_told(formula):
    op = Op("mean", lambda x: (np.mean(x), x), lambda dy, x: dy + 0 * x, formula, inputs={"x": Array("N")})
    assert without_count(diagnosed(op).cause) == "it is multiplied by the length of N"


@pytest.mark.slow
def test_the_line_with_the_mistake_is_told_with_a_patch():
    def average(dy, cache):
        x, w = cache
        return dy @ w.T, x.T @ dy, dy.mean(axis=0)

    finding = diagnosed(Op("affine", affine, average, reference, inputs=AFFINE))
    first = average.__code__.co_firstlineno
    assert (finding.file, finding.line) == (__file__, first + 2)
    assert (finding.patch.before, finding.patch.after) == (
        "return dy @ w.T, x.T @ dy, dy.mean(axis=0)",
        "return dy @ w.T, x.T @ dy, dy.sum(axis=0)",
    )


@pytest.mark.slow
def test_the_claim_names_the_worst_element_and_both_numbers():
    finding = diagnosed(Op("affine", affine, backward(b=lambda g, dy: g / len(dy)), reference, inputs=AFFINE))
    assert re.fullmatch(r"gradient of b is \S+ at \[\d\], expected \S+", finding.claim)
    assert finding.where in finding.claim


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(
    ("mistake", "elements"),
    [("sign", 4), ("mean for sum", 8), ("sum for mean", 8), ("constant factor", 4), ("zero", 4)],
)
def test_the_counterexample_is_the_smallest(mistake, elements, seed):
    changed, *_ = MISTAKES[mistake]
    op = Op("times N", affine, backward(**changed), reference, inputs=AFFINE)
    (finding,) = check(op, examples=8, seed=seed, laws=("gradient",)).findings
    assert sum(a.size for a in (*finding.case.point, *finding.case.upstream)) <= elements


PLANTED = """
import numpy as np
from gradcheck import Array

def forward(x: "N D", w: "D M", b: "M"):
    return np.tanh(x @ w + b), (x, w, b)

def backward(dy, cache):
    x, w, b = cache
    dz = dy * (1 - np.tanh(x @ w + b) ** 2)
    dx, dw, db = dz @ w.T, x.T @ dz, dz.sum(axis=0)
    PLANTED
    return dx, dw, db
"""
REFERENCE = """
def reference(x, w, b):
    xp = x.__array_namespace__()
    return xp.tanh(x @ w + b)
"""
BUGS = {
    "sign": "db = -db",
    "mean": "db = dz.mean(axis=0)",
    "factor": "dx = 0.3 * dx",
    "one element": "dw[-1, -1] *= 1.5",
    "tilted": "dw = dw + 0.1 * w",
    "upstream": "db = dy.sum(axis=0)",
}


@pytest.mark.slow
@pytest.mark.parametrize("formula", [REFERENCE, ""], ids=["reference", "no reference"])
@pytest.mark.parametrize("bug", BUGS)
def test_the_pasted_counterexample_prints_the_claimed_number(tmp_path, monkeypatch, bug, formula):
    monkeypatch.chdir(tmp_path)
    Path("planted.py").write_text(PLANTED.replace("PLANTED", BUGS[bug]) + formula)
    done = CliRunner().invoke(main, ["check", "planted.py", "--law", "gradient", "--examples", "8"])
    assert done.exit_code == 1
    name, said, indices = re.search(r"planted: gradient of (\w) is (\S+) at \[(.*?)\], expected", done.stdout).groups()
    assert name in BUGS[bug]
    code = re.search(r"counterexample, ready to paste:\n((?:      .*\n)+)", done.stdout)[1]
    names, printed = {}, io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(re.sub("^      ", "", code, flags=re.MULTILINE), names)
    gradient = names[f"d{name}"]
    assert printed.getvalue() == f"{gradient}\n"
    assert gradient[tuple(map(int, indices.split(",")))] == pytest.approx(float(said), rel=1e-8)


@pytest.mark.slow
def test_a_finding_about_the_form_has_the_cause_of_the_form():
    op = Op("affine", affine, lambda dy, cache: (dy @ cache[1].T, cache[0].T @ dy, dy), inputs=AFFINE)
    (finding, *_) = (f for f in check(op, examples=12).findings if f.law != "gradient")
    assert (finding.input, finding.cause_name) == ("b", "sum-missing")


@pytest.mark.slow
def test_a_gradient_by_shares_has_its_cause():
    eps = 0.01

    def forward(p):
        return np.log(p + eps), p

    op = Op("entropy", forward, lambda dy, p: dy / p, inputs={"p": Array("N C", probability())})
    (finding,) = (f for f in check(op, examples=12).findings if f.law == "gradient")
    assert finding.cause_name == "eps-missing"
