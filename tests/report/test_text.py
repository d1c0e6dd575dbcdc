"""A report for the terminal."""

import re
from dataclasses import replace

import numpy as np
import pytest

from gradcheck.declaration.origin import NotChecked
from gradcheck.records.difference_map import make_difference_map
from gradcheck.records.patch import Patch
from gradcheck.records.results import Verdict
from gradcheck.records.status import Status
from gradcheck.report import content, render_run, text
from gradcheck.report.context import ReportContext
from gradcheck.report.screen import Screen
from tests.report.example_runs import (
    CASE,
    CRASH,
    EXPLAINED_RESULT,
    FINDING,
    GOOD,
    HOSTILE,
    IMPRECISE,
    WARNED,
    WRONG,
    make_result,
    make_run,
)

BLOCK = """\
affine: gradient of b is 0.5 at [0], expected 1 ± 1e-13
  cause: the expected value divided by N=2
  hint: Sum over the batch.
  law: gradient
  follows from: value
  witness: autodiff: 1 ± 1e-13 expected, 0.5 found (disagrees)
  witness: differences: 2 expected, 2 found, along its own direction (agrees)
  source: examples/affine.py:12
  counterexample, ready to paste:
      import numpy as np
      from gradcheck import load
      op = load("examples/affine.py", "affine")
      x = np.array([[1.0, 2.0]])
      b = np.array([0.1])
      dy = np.array([[1.0]])
      y, cache = op.forward(x, b, axis=1, mode='a')
      dx, db = op.backward(dy, cache)
      print(db)
  replay: gradcheck replay .gradcheck/affine-gradient-b-DIGEST.json examples/affine.py
"""


def test_a_failure_is_told_with_its_cause_its_witnesses_and_a_counterexample():
    told = render_run(make_run(replace(WRONG, target="examples/affine.py")), "text")
    assert BLOCK.replace("DIGEST", CASE.digest) in told


EXPLAINED = """\
affine: gradient of b is 0.5 at [0], expected 1 ± 1e-13
  cause: the expected value divided by N=2
  patch: layers.py:14 (right in 24 cases)
    - db = dy.mean(axis=0)
    + db = dy.sum(axis=0)
  hint: Sum over the batch.
  more: gradcheck explain divided-by-length
  law: gradient
"""

PICTURE = """\
  source: examples/affine.py:12
  picture: 2 of 4 elements are wrong in a case of shape (2, 2)
           expected   given   difference
    [0, :] ██··       ▄▄··    ██··
    [1, :] ··██       ··▄▄    ··██
    expected, given: · is 0, ▁▂▃▄▅▆▇█ 0 to 1
    difference: · is right, ▁▂▃▄▅▆▇█ 0 to -0.5
  counterexample, ready to paste:
"""


def test_a_cause_comes_first_then_the_patch_the_hint_and_where_more_is_said():
    told = render_run(make_run(EXPLAINED_RESULT), "text")
    assert EXPLAINED in told
    assert PICTURE in told


def test_a_patch_and_a_picture_have_colours_on_a_screen_that_shows_them_alone():
    told = render_run(make_run(EXPLAINED_RESULT), "text", screen=Screen(80, colour=True))
    assert "    \x1b[31m- db = dy.mean(axis=0)\x1b[0m\n    \x1b[32m+ db = dy.sum(axis=0)\x1b[0m\n" in told
    assert "    [0, :] ██··       \x1b[31m▄▄\x1b[0m··    \x1b[31m██\x1b[0m··\n" in told
    assert re.sub(r"\x1b\[\d+m", "", told) == render_run(make_run(EXPLAINED_RESULT), "text", screen=Screen(80))


@pytest.mark.parametrize("width", [80, 120])
def test_a_picture_of_16_by_16_fits_the_screen(width):
    large = make_difference_map(
        np.arange(256.0).reshape(16, 16) + 1, np.arange(256.0).reshape(16, 16), np.zeros((16, 16))
    )
    block = content.build_block(replace(FINDING, picture=large))
    lines = list(text.render_text_block(block, Screen(width)))
    start = next(i for i, line in enumerate(lines) if line.startswith("  picture: "))
    assert [line[:11] for line in lines[start + 2 : start + 18]] == [f"    {f'[{i}, :]':<7}" for i in range(16)]
    assert max(map(len, lines[start : start + 20])) <= width


def test_a_finding_that_accuses_nobody_stands_apart_with_its_status():
    told = render_run(make_run(IMPRECISE), "text")
    assert "Failures" not in told
    assert "Not failures, but worth a look\n\ntanh: 7 of 16 digits are lost (imprecise)\n" in told


def test_warnings_have_a_section_behind_the_failures():
    told = render_run(make_run(IMPRECISE, WARNED, WRONG), "text")
    assert "\nWarnings\n\nshift: memory is shared (warning)\n" in told
    assert told.index("\nFailures\n") < told.index("\nWarnings\n") < told.index("\nNot failures")
    assert "shift: memory is shared (warning)\n" in render_run(make_run(WARNED), "text", ReportContext(brief=True))


def test_a_brief_text_is_the_answer_and_the_claims():
    told = render_run(make_run(WRONG, IMPRECISE), "text", ReportContext(brief=True))
    assert told.split("\n")[1:] == [f"affine: {FINDING.claim}", "tanh: 7 of 16 digits are lost (imprecise)", ""]


def test_a_table_leaves_numbers_as_they_are_written():
    assert "1.0e-03" in text.render_text_table(content.Table(("n",), (("1.0e-03",),)))


def test_findings_of_no_target_are_told_without_load_and_replay():
    told = text.render_findings([FINDING, CRASH])
    assert "dx, db = backward(dy, cache)" in told
    assert "load" not in told
    assert "replay" not in told


@pytest.mark.parametrize("brief", [True, False])
def test_a_hostile_message_is_written_in_characters_that_do_nothing(brief):
    patch = Patch(HOSTILE, 3, HOSTILE, HOSTILE, 1)
    said = {"claim": HOSTILE, "cause": HOSTILE, "hint": HOSTILE, "file": HOSTILE, "cause_name": HOSTILE}
    finding = replace(FINDING, **said, case=CASE, patch=patch)
    verdict = Verdict("affine", "gradient", Status.FAILED, 8, findings=(finding,))
    result = make_result(HOSTILE, verdict, notes=(HOSTILE,), not_checked=(NotChecked(HOSTILE, HOSTILE),))
    told = render_run(make_run(replace(result, target=f"{HOSTILE}.py")), "text", ReportContext(brief=brief))
    assert told.replace("\n", "").isprintable()
    assert "\n# heading" not in told
    told.encode("utf-8")


def test_a_message_of_megabytes_is_cut_wherever_it_stands():
    patch = Patch("H" * 5_000_000, 1, "I" * 5_000_000, "J" * 5_000_000, 2)
    finding = replace(FINDING, claim="A" * 5_000_000, cause="B" * 5_000_000, hint="C" * 5_000_000, patch=patch)
    verdict = Verdict("affine", "gradient", Status.FAILED, 8, findings=(finding,), reason="D" * 5_000_000)
    silent = Verdict("affine", "value", Status.INCONCLUSIVE, 0, reason="E" * 5_000_000)
    settings = replace(CASE, settings={"mode": "F" * 5_000_000})
    result = make_result("G" * 5_000_000, replace(verdict, findings=(replace(finding, case=settings),)), silent)
    for form in ("text", "markdown"):
        told = render_run(make_run(result), form)
        assert len(told) < 10_000
        assert "(5,000,000 characters)" in told


def test_what_was_not_checked_is_listed_below_the_table():
    told = render_run(make_run(replace(GOOD, not_checked=(NotChecked("b", "default None kept"),))), "text")
    assert told.split("\n")[0].endswith("it holds; not checked: b (default None kept).")
    assert "\nNot checked\n  b: default None kept\n" in told


@pytest.mark.parametrize("width", [20, 40, 60, 80, 200])
def test_a_table_fits_the_screen_and_says_what_is_left_out(width):
    run = make_run(GOOD, WRONG, replace(GOOD, op="an_op_with_a_name_that_is_long_enough_for_two"))
    lines = text.render_text_table(content.build_summary_table(run), Screen(width)).split("\n")
    assert max(map(len, lines)) <= max(width, 2 * 8 + 2)
    assert lines[2].startswith("sin")
    assert ("left out" in lines[-1] or "left out" in "".join(lines[5:])) == (width < 200)


def test_statuses_have_colours_on_a_screen_that_shows_them_alone():
    table = content.build_summary_table(make_run(GOOD, WRONG))
    plain, coloured = text.render_text_table(table), text.render_text_table(table, Screen(colour=True))
    assert "\x1b" not in plain
    assert "\x1b[32mpassed\x1b[0m" in coloured
    assert "\x1b[31mfailed\x1b[0m" in coloured
    assert "\x1b[33mwarning\x1b[0m" in text.render_text_table(
        content.build_summary_table(make_run(WARNED)), Screen(colour=True)
    )
    assert coloured.replace("\x1b[32m", "").replace("\x1b[31m", "").replace("\x1b[0m", "") == plain
