"""A report in Markdown."""

import re
from dataclasses import replace

import pytest

from gradcheck.declaration.origin import NotChecked
from gradcheck.records.patch import Patch
from gradcheck.records.results import Verdict
from gradcheck.records.status import Status
from gradcheck.report import content, markdown, render_run
from gradcheck.report.counterexample import write_counterexample
from tests.report.example_runs import (
    CASE,
    EXPLAINED_RESULT,
    FINDING,
    GOOD,
    HOSTILE,
    WARNED,
    WRONG,
    make_result,
    make_run,
)


def test_markdown_says_the_same_in_headings_table_and_code():
    told = render_run(make_run(replace(WRONG, target="a.py"), GOOD), "markdown")
    assert told.startswith("# gradcheck\n\n**1 of 2 ops fails: affine (gradient of b).**\n")
    assert "| affine | failed   |" in told
    assert "\n## Failures\n\n### affine: gradient of b is 0.5 at \\[0\\], expected 1 ± 1e-13\n" in told
    assert "\n- cause: the expected value divided by N=2\n" in told
    assert f"\n```python\n{write_counterexample(FINDING, 'a.py', None)}\n```\n" in told
    assert f"Replay: `gradcheck replay .gradcheck/affine-gradient-b-{CASE.digest}.json a.py`\n" in told


EXPLAINED = """\
- cause: the expected value divided by N=2
- patch: layers.py:14 (right in 24 cases)
  ```diff
  - db = dy.mean(axis=0)
  + db = dy.sum(axis=0)
  ```
- hint: Sum over the batch.
- more: gradcheck explain divided-by-length
- law: gradient
"""

PICTURE = """\
- source: examples/affine.py:12

Picture: 2 of 4 elements are wrong in a case of shape (2, 2)

```text
       expected   given   difference
[0, :] ██··       ▄▄··    ██··
[1, :] ··██       ··▄▄    ··██
expected, given: · is 0, ▁▂▃▄▅▆▇█ 0 to 1
difference: · is right, ▁▂▃▄▅▆▇█ 0 to -0.5
```

Counterexample, ready to paste:
"""


def test_a_patch_is_a_diff_and_a_picture_a_block_of_text():
    told = render_run(make_run(EXPLAINED_RESULT), "markdown")
    assert EXPLAINED in told
    assert PICTURE in told


def test_a_hostile_patch_cannot_leave_its_fence():
    told = "\n".join(markdown.render_markdown_change(content.CodeChange("a.py:1", "```\n# heading", "````", "right")))
    assert told.split("\n")[1:] == ["  `````diff", r"  - ```\n# heading", "  + ````", "  `````"]


def test_markdown_has_a_section_for_warnings():
    assert "\n## Warnings\n\n### shift: memory is shared (warning)\n" in render_run(make_run(WARNED), "markdown")


def test_markdown_shows_every_character_as_it_is():
    odd = replace(GOOD, op="a|b*c_d<e>\n`f`")
    told = render_run(make_run(odd), "markdown")
    row = next(line for line in told.split("\n") if "passed" in line)
    assert r"a\|b\*c\_d\<e\>\\n\`f\`" in row
    assert len(markdown.render_markdown_table(content.build_summary_table(make_run(odd))).split("\n")) == 3


@pytest.mark.parametrize(
    ("raw", "written"),
    [
        ("[x](javascript:alert(1))", r"\[x\](javascript:alert(1))"),
        ("![](http://evil/x.png)", r"\!\[\](http\://evil/x.png)"),
        ("see www.evil.com", r"see www\.evil.com"),
        ("# heading #12", r"\# heading \#&#8203;12"),
        ("@team", "@&#8203;team"),
        ("<img src=x> &lt;", r"\<img src=x\> \&lt;"),
        ("```\nfence", r"\`\`\`\\nfence"),
        ("- item", r"\- item"),
        ("12. item", r"12\. item"),
        ("1.0e-16 at (2)", "1.0e-16 at (2)"),
    ],
)
def test_nothing_in_a_message_is_markup_a_link_or_a_mention(raw, written):
    assert markdown.escape_markdown(raw) == written


def test_a_hostile_message_is_shown_and_does_nothing():
    said = {"claim": HOSTILE, "cause": HOSTILE, "hint": HOSTILE, "file": HOSTILE, "cause_name": HOSTILE}
    finding = replace(FINDING, **said, patch=Patch(HOSTILE, 3, "a", "b", 1))
    verdict = Verdict("affine", "gradient", Status.FAILED, 8, findings=(finding,))
    result = make_result(HOSTILE, verdict, notes=(HOSTILE,), not_checked=(NotChecked(HOSTILE, HOSTILE),))
    told = render_run(make_run(result), "markdown")
    prose = re.sub(r"^ *(`{3,})(?:python|diff)\n.*?^ *\1$", "", told, flags=re.MULTILINE | re.DOTALL)
    assert "\x1b" not in told
    headings = [line for line in prose.split("\n") if re.match("##? ", line)]
    assert headings == ["# gradcheck", "## Not checked", "## Failures", "## Notes"]
    assert prose.count("\n### ") == 1
    outside_code = re.sub(r"(?m)^Replay: .*$", "", prose)
    assert not re.search(r"(?<!\\)[\[\]!<]|@\w|(?<!\\)://", outside_code)


def test_a_fence_is_longer_than_any_in_the_code():
    assert markdown.fence_code("a = '```'") == ("````python", "a = '```'", "````")
    assert markdown.quote_code("a `b` c") == "`` a `b` c ``"


def test_what_was_not_checked_is_listed_with_its_reason():
    told = render_run(make_run(replace(GOOD, not_checked=(NotChecked("b", "default None kept"),))), "markdown")
    assert "\n## Not checked\n\n- b: default None kept\n" in told
