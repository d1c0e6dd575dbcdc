"""The plan of an op says what the settings and options of the session do."""

from dataclasses import replace
from pathlib import Path

from gradcheck.pytest_plugin.check_options import CheckOptions
from gradcheck.pytest_plugin.plans import make_plan
from gradcheck.pytest_plugin.project import Project

PROJECT = Project(Path("root"), None, (), CheckOptions())


def test_a_plan_has_the_options_and_the_folder_of_the_project():
    plan = make_plan(PROJECT, CheckOptions(examples=7, seed=3, timeout=5.0), "a.py", ["contract"])
    assert (plan.targets, plan.laws, plan.examples, plan.seed, plan.timeout) == (("a.py",), ("contract",), 7, 3, 5.0)
    assert plan.folder == Path("root/.gradcheck")


def test_errors_are_measured_where_they_are_saved_or_compared_and_the_gradient_is_checked():
    saving = replace(PROJECT, save=Path("run.json"))
    assert make_plan(saving, CheckOptions(), "a.py", ["gradient"]).measure
    assert not make_plan(saving, CheckOptions(), "a.py", ["contract"]).measure
    assert not make_plan(PROJECT, CheckOptions(), "a.py", ["gradient"]).measure
