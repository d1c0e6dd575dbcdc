"""Annotations of GitHub: commands, as many as it shows."""

import pytest

from gradcheck.report.ci.annotations import Annotation, Level, SourceLine
from gradcheck.report.ci.github import GITHUB, MOST_OF_A_LEVEL, format_annotation, format_annotations
from gradcheck.report.context import ReportContext
from tests.report.ci.hostile_runs import HOSTILE_COMPARISON, HOSTILE_RUN
from tests.report.example_runs import GOOD, WRONG, make_run


def test_an_annotation_is_a_command_at_its_line():
    annotation = Annotation(Level.ERROR, "law/value", "a", "a: wrong", ("law: value",), SourceLine("my layers.py", 3))
    expected = "::error file=my layers.py,line=3,title=gradcheck law/value::a: wrong%0Alaw: value"
    assert format_annotation(annotation) == expected


def test_one_without_a_place_is_shown_with_the_job():
    told = format_annotation(Annotation(Level.NOTICE, "not-checked", "", "not checked: b"))
    assert told == "::notice title=gradcheck not-checked::not checked: b"


@pytest.mark.parametrize("count", [0, MOST_OF_A_LEVEL, MOST_OF_A_LEVEL + 1, 1000])
def test_of_each_level_there_are_as_many_as_github_shows_and_the_last_counts_the_others(count):
    annotations = [Annotation(level, "law/value", "a", f"{level} {i}") for level in Level for i in range(count)]
    lines = list(format_annotations(annotations))
    for level in Level:
        of_level = [line for line in lines if line.startswith(f"::{level} ")]
        assert len(of_level) == min(count, MOST_OF_A_LEVEL)
        if count > MOST_OF_A_LEVEL:
            assert of_level[-1] == f"::{level} title=gradcheck::and {count - 9} more, which the report lists"
            assert of_level[-2].endswith(f"::{level} 8")


def test_a_run_that_holds_is_annotated_by_nothing(tmp_path):
    assert GITHUB.render(make_run(GOOD), ReportContext(folder=tmp_path)) == ""
    assert GITHUB.render(make_run(WRONG), ReportContext(folder=tmp_path)).count("\n") == 1


def test_no_name_is_a_command(tmp_path):
    lines = GITHUB.render(HOSTILE_RUN, ReportContext(HOSTILE_COMPARISON, folder=tmp_path)).split("\n")
    assert lines.pop() == ""
    assert len(lines) == 8
    for line in lines:
        assert line.isprintable()
        assert line.startswith(("::error ", "::warning ", "::notice "))
        properties = line.split("::")[1].partition(" ")[2].split(",")
        assert [pair.partition("=")[0] for pair in properties] in (["file", "line", "title"], ["title"])
