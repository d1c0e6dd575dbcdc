"""A report in Markdown."""

from dataclasses import replace

from gradcheck.report import content, markdown, render_run
from gradcheck.report.counterexample import write_counterexample
from tests.report.example_runs import CASE, FINDING, GOOD, WRONG, make_run


def test_markdown_says_the_same_in_headings_table_and_code():
    told = render_run(make_run(replace(WRONG, target="a.py"), GOOD), "markdown")
    assert told.startswith("# gradcheck\n\n**1 of 2 ops fails: affine (gradient of b).**\n")
    assert "| affine | failed   |" in told
    assert "\n## Failures\n\n### affine: gradient of b is 0.5 at [0], expected 1 ± 1e-13\n" in told
    assert "\n- cause: the expected value divided by N=2\n" in told
    assert f"\n```python\n{write_counterexample(FINDING, 'a.py', None)}\n```\n" in told
    assert f"Replay: `gradcheck replay .gradcheck/affine-gradient-b-{CASE.digest}.json a.py`\n" in told


def test_markdown_shows_every_character_as_it_is():
    odd = replace(GOOD, op="a|b*c_d<e>\n`f`")
    told = render_run(make_run(odd), "markdown")
    row = next(line for line in told.split("\n") if "passed" in line)
    assert r"a\|b\*c\_d\<e> \`f\`" in row
    assert len(markdown.render_markdown_table(content.build_summary_table(make_run(odd))).split("\n")) == 3
