"""The benchmark that scales factors: it scales them everywhere, puts them back, and counts what changed."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import gradcheck
from gradcheck.checking.check import check
from gradcheck.discovery.library import load_library_ops
from gradcheck.laws import comparison
from gradcheck.laws.gradient import autodiff_witness
from gradcheck.oracles import directional, error_factors, monte_carlo
from gradcheck.oracles.finite_differences import derivative

pytestmark = pytest.mark.slow

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
PACKAGE = Path(gradcheck.__file__).parent
REPORT = BENCHMARKS.parent / "reports" / "factors.md"
COUNTS = ("lost", "accused", "other")


@pytest.fixture(scope="module")
def variation():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        import variation

        yield variation


@pytest.fixture(scope="module")
def scaled(variation):
    import scaled

    return scaled


@pytest.fixture(scope="module")
def results(variation):
    return variation.varied(variation.Plan(sample=2, correct=1, seed=0, factors=("SAFETY",)), jobs=1)


def taken(scaled):
    """All that gradcheck holds of every factor: in modules, and in default arguments."""
    held = {}
    for module in scaled.loaded():
        if names := {*scaled.FACTORS} & vars(module).keys():
            held |= {(module.__name__, name): vars(module)[name] for name in names}
            functions = [function for function, _ in scaled.defaults_by_name(module)]
            held |= {(f.__module__, f.__qualname__, i): v for f in functions for i, v in enumerate(f.__defaults__)}
    return held


def test_every_factor_is_scaled_or_left_out_for_a_reason(scaled):
    every = {name for name in vars(error_factors) if name.isupper()}
    assert every == {*scaled.FACTORS, *scaled.LEFT_OUT}
    assert scaled.DERIVED.keys() <= {*scaled.FACTORS}


def test_a_scaled_factor_is_another_in_every_module_and_in_default_arguments(scaled):
    with scaled.scaled("REPEATS", 0.5) as repeats:
        assert (
            repeats
            == error_factors.REPEATS
            == comparison.REPEATS
            == autodiff_witness.REPEATS
            == monte_carlo.REPEATS
            == 6
        )
        assert monte_carlo.measure_movement.__defaults__ == (6,)
        assert monte_carlo.measure_rounding.__defaults__ == (error_factors.EPS, 6)
    with scaled.scaled("STEPS", 2.0) as steps:
        assert steps[0] == 0.25
        assert all(held is steps for held in (error_factors.STEPS, derivative.STEPS, directional.STEPS))
        assert derivative.differentiate_along.__defaults__[0] is steps


def test_all_is_restored_even_after_an_exception(scaled):
    before = taken(scaled)
    for name in scaled.FACTORS:
        with pytest.raises(KeyboardInterrupt):
            interrupted(scaled, name, before)
    after = taken(scaled)
    assert all(after[key] is held for key, held in before.items())


def interrupted(scaled, name, before):
    """Ctrl-C while a factor is scaled."""
    with scaled.scaled(name, 2.0):
        assert any(held is not before[key] for key, held in taken(scaled).items())
        raise KeyboardInterrupt


def draw_noise():
    """Noise of the size that it has now."""
    return monte_carlo.Noise(np.random.default_rng(0)).factors((1000,))


def test_what_is_made_of_a_factor_is_made_anew(scaled):
    before = draw_noise()
    with scaled.scaled("NUDGE", 2.0):
        assert np.max(np.abs((draw_noise() - 1) - 2 * (before - 1))) <= 2 * error_factors.EPS
        assert not np.array_equal(draw_noise(), before)
    np.testing.assert_array_equal(draw_noise(), before)


def test_what_is_scaled_is_what_the_laws_judge_by(scaled):
    """A bar 2^-14 as wide as rounding is finds a correct op imprecise."""
    softplus = next(op for op in load_library_ops() if op.name == "softplus")
    with scaled.scaled("SAFETY", 2.0**-14):
        assert check(softplus, examples=20, laws=["linearity"], shrink=False).status == "imprecise"
    assert check(softplus, examples=20, laws=["linearity"], shrink=False).status == "passed"


def test_no_factor_hides_where_scaling_does_not_reach(scaled):
    """On import, a factor is taken by its own name and as a positional default argument, and nothing is made of it."""
    files = list(PACKAGE.rglob("*.py"))
    assert Path(error_factors.__file__) in files
    for file in files:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        imports = [
            node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == error_factors.__name__
        ]
        names = {alias.name: alias.asname for node in imports for alias in node.names}
        assert not any(names.values()), file
        used = {node.id for node in on_import(tree) if isinstance(node, ast.Name)}
        assert not used & names.keys() & {*scaled.FACTORS}, file


def on_import(node):
    """What of a syntax tree is evaluated on import, positional default arguments aside."""
    yield node
    inner = ast.iter_child_nodes(node)
    if isinstance(node, (ast.FunctionDef, ast.Lambda)):
        inner = [default for default in node.args.kw_defaults if default] + getattr(node, "decorator_list", [])
    for child in inner:
        yield from on_import(child)


@pytest.mark.parametrize(
    ("value", "half", "double"), [(12, 6, 24), (1, 1, 2), (0.25, 0.125, 0.5), (2.0**-511, 2.0**-512, 2.0**-510)]
)
def test_counts_stay_whole_and_at_least_one(scaled, value, half, double):
    assert (scaled.times(value, 0.5), scaled.times(value, 2.0)) == (half, double)
    assert type(scaled.times(value, 0.5)) is type(value)


def test_a_small_run_says_of_each_factor_what_changed(results):
    assert results["schema"] == "gradcheck-factors/1"
    assert results["complete"]
    assert (results["unchanged"]["faults"], results["unchanged"]["correct"]) == (2, 1)
    assert list(results["factors"]) == ["SAFETY"]
    row = results["factors"]["SAFETY"]
    assert row["value"] == "4"
    for way in ("halved", "doubled"):
        assert tuple(row[way]) == COUNTS
        assert all(isinstance(row[way][kind], dict) for kind in COUNTS)
    assert json.loads(json.dumps(results)) == results


def test_the_report_begins_with_the_answer_and_names_what_changed(results):
    import factors_report

    first = factors_report.rendered(results, "text").splitlines()[0]
    assert re.match(r"(No verdict changes when SAFETY is|Verdicts change with 1 of 1 factors)", first)
    lost = {"lost": {"a fault": "all | laws pass"}, "accused": {}, "other": {}}
    changed = {**results, "factors": {"SAFETY": {**results["factors"]["SAFETY"], "doubled": lost}}}
    title, _, first, *rest = factors_report.rendered(changed, "markdown").splitlines()
    assert title == "# Factors"
    assert first.startswith("Verdicts change with 1 of 1 factors")
    assert "**SAFETY** doubled (faults lost: 1)" in first
    assert any("a fault" in line and r"all \| laws pass" in line for line in rest)


def test_the_sample_has_as_many_faults_as_asked_and_half_of_them_are_reported(variation):
    numbers = variation.sampled(9, 3)
    assert len({*numbers}) == 9
    assert sum(number < len(variation.reported()) for number in numbers) >= 4


@pytest.mark.parametrize(("name", "advice"), [("saftey", "did you mean SAFETY"), ("EPS", "the spacing of float64")])
def test_an_unknown_factor_is_bad_usage(name, advice):
    command = [sys.executable, str(BENCHMARKS / "factors.py"), "--factor", name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert advice in " ".join(done.stderr.split())


def reported_rows(section):
    """The cells of the first two columns of a section's table in the report of the repository."""
    sections = REPORT.read_text(encoding="utf-8").removeprefix("# ").split("\n## ")
    (text,) = (text for text in sections if text.startswith(f"{section}\n"))
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return {name.strip(): value.strip() for name, value in (line.split("|")[1:3] for line in lines[2:])}


def test_the_report_of_the_repository_has_every_factor_with_the_value_of_today(scaled):
    today = {name: scaled.written(getattr(error_factors, name)) for name in scaled.FACTORS}
    assert reported_rows("Factors") == today


def test_the_report_of_the_repository_has_every_factor_that_is_left_out_with_its_reason(scaled):
    assert reported_rows("Left out") == scaled.LEFT_OUT


def test_the_report_of_the_repository_says_in_its_first_sentence_what_was_run(scaled):
    first = REPORT.read_text(encoding="utf-8").splitlines()[2]
    assert re.search(rf"of {len(scaled.FACTORS)} factors.*in a seeded sample of \d+ faults and \d+ correct ops", first)
