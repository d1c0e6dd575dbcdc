"""Rules: what annotations are instances of, each with a page of help: a law, a cause, a change since the baseline."""

from dataclasses import dataclass

from gradcheck.causes.catalogue import CausePage, load_catalogue
from gradcheck.laws.law import Law
from gradcheck.laws.registry import load_laws
from gradcheck.report.cause_page import render_cause_markdown, render_cause_text
from gradcheck.report.markdown import escape_markdown

OTHER_RULES = {
    "baseline/regressed": (
        "The gradient is less exact than in the baseline",
        "A relative error on the pinned cases is larger than in the baseline, or no longer measured.  Find the change "
        "that lost the digits; if it is meant, save a new baseline.",
    ),
    "baseline/missing": (
        "An op of the baseline is missing",
        "An op of the baseline is not among those that were checked.  If it is gone for good, save a new baseline.",
    ),
    "baseline/new": (
        "An op is not in the baseline",
        "The baseline says nothing of this op, so that a later loss of digits would not be seen.  Save a new baseline.",
    ),
    "baseline/not-comparable": (
        "The baseline cannot be compared",
        "It was measured on other cases than this run, or not at all.  Save a new baseline.",
    ),
    "not-checked": (
        "Something was not checked",
        "It was found beside what was checked, and the reason says what is missing to check it.",
    ),
}
"""The title and the help of rules that are no law and no cause."""


@dataclass(frozen=True)
class Rule:
    """A rule and its page.  name: as annotations have it, law/gradient.  title: one line.  text, markdown: its help."""

    name: str
    title: str
    text: str
    markdown: str


def describe_rule(name: str) -> Rule:
    """Describe a rule by its name; by the name alone where nobody here knows it, as in a run of another version."""
    kind, _, rest = name.partition("/")
    if kind == "law" and rest in load_laws():
        return describe_law_rule(name, load_laws()[rest])
    if kind == "cause" and rest in load_catalogue():
        return describe_cause_rule(name, load_catalogue()[rest])
    title, text = OTHER_RULES.get(name, (name, name))
    return Rule(name, title, text, escape_markdown(text))


def describe_law_rule(name: str, law: Law) -> Rule:
    """Describe the rule of a law: its statement, and why it matters."""
    markdown = "\n\n".join((f"# {law.name}", escape_markdown(law.statement), escape_markdown(law.rationale))) + "\n"
    return Rule(name, law.statement, f"{law.statement}\n\n{law.rationale}\n", markdown)


def describe_cause_rule(name: str, page: CausePage) -> Rule:
    """Describe the rule of a cause by its page."""
    return Rule(name, page.title, render_cause_text(page), render_cause_markdown(page))
