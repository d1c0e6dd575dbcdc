"""Calls of a forward at a case of other shapes, and with other settings, which may change what it keeps."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any
from weakref import WeakKeyDictionary

from gradcheck.arrays import Point
from gradcheck.declaration.input_declarations import InputDeclarations
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import COPIED_ANEW, Evaluator, Malformed, UserError
from gradcheck.generation.case_building import make_case_without_upstream
from gradcheck.generation.configuration import PinnedChoices, draw_configuration
from gradcheck.records.case import Case

MOST_TRIED = 4
"""Cases of other shapes, and other settings, that are tried until forward takes one."""

CASES: WeakKeyDictionary[InputDeclarations, list[Case]] = WeakKeyDictionary()
SETTINGS: WeakKeyDictionary[InputDeclarations, list[Mapping[str, Any]]] = WeakKeyDictionary()
"""The cases and the settings that are tried, by the declarations of an op's inputs, forgotten with the op."""


def call_at_other_shapes(evaluator: Evaluator) -> tuple[Point, ...]:
    """Call forward at a small case of other shapes, and return where; not where it refuses these."""
    shapes = [a.shape for a in evaluator.case.point]
    for case in list_cases(evaluator):
        if [a.shape for a in case.point] != shapes:
            with suppress(UserError, Malformed):
                Evaluator(evaluator.op, case).forward(case.point, COPIED_ANEW)
                return (case.point,)
    return ()


def call_with_other_settings(evaluator: Evaluator) -> None:
    """Call forward at the case with other settings, where there are any; not where it refuses these."""
    op, case = evaluator.op, evaluator.case
    if not op.settings:
        return
    for settings in list_settings(evaluator):
        if dict(settings) != dict(case.settings):
            with suppress(UserError, Malformed):
                Evaluator(op, replace(case, settings=settings, upstream=())).forward(case.point, COPIED_ANEW)
                return


def list_cases(evaluator: Evaluator) -> list[Case]:
    """List the cases that are tried for an op, the same for all of its cases."""
    op, declarations = evaluator.op, evaluator.input_declarations
    if declarations not in CASES:
        CASES[declarations] = [draw_case(op, number) for number in range(MOST_TRIED)]
    return CASES[declarations]


def draw_case(op: Op, number: int) -> Case:
    """Draw a small case."""
    choices = PinnedChoices("other shapes", number)
    return make_case_without_upstream(op, draw_configuration(op, choices), "plain", choices)


def list_settings(evaluator: Evaluator) -> list[Mapping[str, Any]]:
    """List the settings that are tried for an op, the same for all of its cases."""
    op, declarations = evaluator.op, evaluator.input_declarations
    if declarations not in SETTINGS:
        choices = [PinnedChoices("other settings", number) for number in range(MOST_TRIED)]
        SETTINGS[declarations] = [draw_configuration(op, one).settings for one in choices]
    return SETTINGS[declarations]
