"""Rules: every law and every cause has a page of help."""

import pytest

from gradcheck.causes.catalogue import load_catalogue
from gradcheck.laws.registry import load_laws
from gradcheck.report.ci.rules import OTHER_RULES, describe_rule


@pytest.mark.parametrize("name", load_laws())
def test_a_law_is_described_by_its_statement_and_why(name):
    law, rule = load_laws()[name], describe_rule(f"law/{name}")
    assert rule.title == law.statement
    assert law.rationale in rule.text
    assert rule.markdown.startswith(f"# {name}\n\n")


def test_a_cause_is_described_by_its_page():
    for name, page in load_catalogue().items():
        rule = describe_rule(f"cause/{name}")
        assert rule.title == page.title
        assert page.why.split(".")[0][:20] in " ".join(rule.text.split())
        assert "```python\n# wrong\n" in rule.markdown


@pytest.mark.parametrize("name", OTHER_RULES)
def test_what_is_beside_a_baseline_or_not_checked_has_help(name):
    rule = describe_rule(name)
    assert rule.title != name
    assert len(rule.text) > 60


@pytest.mark.parametrize("name", ["law/of another package", "cause/of-another-version", "other", "not-checked/*"])
def test_a_rule_that_nobody_knows_has_its_name(name):
    rule = describe_rule(name)
    assert (rule.name, rule.title, rule.text) == (name, name, name)
