"""The laws that there are, and exceptions from them."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest

import gradcheck
from gradcheck import DeclarationError, check, load
from gradcheck.laws.registry import ADDED_LAWS, OWN_LAWS, load_laws, measuring_laws, validate_exceptions
from gradcheck.oracles.registry import ADDED_ORACLES, OWN_ORACLES
from gradcheck.records.evidence import Witness


def test_structural_laws_come_first():
    structural = [law.is_structural for law in load_laws().values()]
    assert structural == sorted(structural, reverse=True)
    assert any(structural)


def test_exactly_one_law_is_required_and_measures_errors():
    required = {law.name for law in load_laws().values() if law.is_required}
    assert required == measuring_laws() == {"gradient"}


def test_an_exception_from_a_law_that_does_not_exist_is_refused_and_the_laws_are_listed():
    op = replace(load("", "sin"), exceptions={"continuity": "why not"})
    with pytest.raises(DeclarationError, match="op 'sin': exception for an unknown law 'continuity'") as error:
        validate_exceptions(op)
    assert all(law in str(error.value) for law in load_laws())
    with pytest.raises(DeclarationError, match="continuity"):
        check(op, examples=1)


def test_an_exception_from_a_law_that_exists_is_accepted():
    validate_exceptions(replace(load("", "sin"), exceptions={"linearity": "a straight-through estimator"}))


ROOT = Path(gradcheck.__file__).parent
NO_LAWS = {
    ("adapters", "gradient"): "the attribute in which a layer keeps its gradients",
    ("adapters", "kinks"): "an option of adapt",
    ("audit", "gradient"): "the part of a function that has points of its own",
    ("audit", "kinks"): "an option of adapt that an assignment may give",
    ("audit", "value"): "the same, and what random numbers are for",
    ("causes", "value"): "the role of an expression inside what is assigned or returned",
    ("declaration", "kinks"): "the field of an Op that holds its kinks",
    ("ops", "layout"): "a setting of rotary_embedding",
    ("ops", "precision"): "the share of what is found that is right, an op",
    ("ops", "value"): "a setting of pad and threshold",
    ("project_setup", "gradient"): "what a test is called where an op has no name that could be one's",
    ("report", "kinks"): "the heading of a column of the library with the conventions at kinks",
    ("report", "value"): "the heading of a column with the values of an op or a node",
    ("report", "gradient"): "the heading of a column with gradients",
    ("sandbox", "value"): "the key of what a call returned",
    ("vectors", "gradient"): "the key of whether an input has one",
}
"""Strings outside laws/, by room, that are spelled like the name of a law, and what they are instead."""


def test_no_law_is_named_outside_the_laws():
    names = {law.name for law in OWN_LAWS}
    named = {
        (path.relative_to(ROOT).parts[0], node.value)
        for path in ROOT.rglob("*.py")
        if path.relative_to(ROOT).parts[0] != "laws"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in names
    }
    assert named == NO_LAWS.keys()


def test_a_law_of_another_package_has_no_name_of_ours_and_no_witness_one_of_ours():
    assert set(ADDED_LAWS.own_names) == {law.name for law in OWN_LAWS}
    assert {oracle.name for oracle in OWN_ORACLES} < set(ADDED_ORACLES.own_names) == set(Witness)
