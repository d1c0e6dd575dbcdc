"""A report for the terminal."""

from dataclasses import replace

from gradcheck.report import content, render_run, text
from tests.report.example_runs import CASE, CRASH, FINDING, IMPRECISE, WRONG, make_run

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


def test_a_finding_that_accuses_nobody_stands_apart_with_its_status():
    told = render_run(make_run(IMPRECISE), "text")
    assert "Failures" not in told
    assert "Not failures, but worth a look\n\ntanh: 7 of 16 digits are lost (imprecise)\n" in told


def test_a_brief_text_is_the_answer_and_the_claims():
    told = render_run(make_run(WRONG, IMPRECISE), "text", brief=True)
    assert told.split("\n")[1:] == [f"affine: {FINDING.claim}", "tanh: 7 of 16 digits are lost (imprecise)", ""]


def test_a_table_leaves_numbers_as_they_are_written():
    assert "1.0e-03" in text.render_text_table(content.Table(("n",), (("1.0e-03",),)))


def test_findings_of_no_target_are_told_without_load_and_replay():
    told = text.render_findings([FINDING, CRASH])
    assert "dx, db = backward(dy, cache)" in told
    assert "load" not in told
    assert "replay" not in told
