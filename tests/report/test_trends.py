"""Trends: what went up and down, where it is not comparable, and that pictures are sound."""

from xml.etree import ElementTree as xml

from gradcheck.records.history import History, HistoryEntry, OpRecord
from gradcheck.report.trends import (
    MAX_SHOWN_RUNS,
    describe_breaks,
    describe_history,
    draw_trends,
    list_trends,
    tabulate_trends,
)
from tests.report.example_runs import HOSTILE

INF = float("inf")


def entry(error, cases="c0ffee", numpy="2.4.6", op="sin", commit="0123456789+"):
    """A run with one op and one error, or none where the op was not measured."""
    ops = {} if error is None else {op: OpRecord("passed", cases, {"autodiff": error})}
    return HistoryEntry("2026-11-30T12:00:00Z", commit, "main", {"numpy": numpy}, ops)


def history(*entries):
    return History(entries)


def row(*entries):
    """The row of the one trend, from the bars on."""
    ((op, witness, *cells),) = tabulate_trends(history(*entries)).rows
    assert (op, witness) == ("sin", "autodiff")
    return tuple(cells)


def test_a_trend_has_a_bar_for_each_run_between_its_first_and_its_last_error():
    assert row(entry(1e-16), entry(1e-8), entry(1e-2)) == ("▁▅█", "1.0e-16", "1.0e-02", "regressed")
    assert row(entry(1e-2), entry(1e-16)) == ("█▁", "1.0e-02", "1.0e-16", "improved")
    assert row(entry(2e-16), entry(1e-16)) == ("▂▁", "2.0e-16", "1.0e-16", "same")


def test_zero_infinity_and_what_was_not_measured_have_marks():
    assert row(entry(0.0), entry(None), entry(INF)) == ("·–▲", "0.0e+00", "inf", "regressed")


def test_a_mark_stands_where_versions_or_cases_changed_and_errors_are_compared_on_the_same_cases_alone():
    runs = (entry(1e-16), entry(1e-16, numpy="2.5.0"), entry(None, numpy="2.5.0"), entry(1e-3, "beef", "2.5.0"))
    assert row(*runs) == ("▁|▁–|█", "1.0e-03", "1.0e-03", "same")
    assert list(describe_breaks(history(*runs))) == [
        "run 2, 2026-11-30 01234567+: numpy 2.4.6, now 2.5.0",
        "run 4, 2026-11-30 01234567+: other pinned cases of sin",
    ]


def test_the_last_runs_are_shown_and_how_many_are_not():
    runs = [entry(1e-16)] * (MAX_SHOWN_RUNS + 2)
    assert describe_history(history(*runs)) == (
        "40 runs, 2026-11-30 01234567+ to 2026-11-30 01234567+; 2 before are not shown."
    )
    assert len(list_trends(history(*runs))[0].errors) == MAX_SHOWN_RUNS
    assert describe_history(history()) == "No run is in the history."


def test_ops_can_be_chosen():
    both = history(entry(1e-16), entry(1e-16, op="cos"))
    assert [trend.op for trend in list_trends(both)] == ["cos", "sin"]
    assert [trend.op for trend in list_trends(both, ["sin"])] == ["sin"]


def read_picture(text):
    """The elements of a picture by their tag, without the namespace."""
    found = {}
    for element in xml.fromstring(text).iter():
        found.setdefault(element.tag.partition("}")[2], []).append(element)
    return found


def test_a_picture_has_a_line_for_each_witness_apart_where_cases_changed():
    runs = history(entry(1e-16), entry(0.0, numpy="2.5.0"), entry(INF, "beef", "2.5.0"), entry(None, numpy="2.5.0"))
    picture = read_picture(draw_trends(runs))
    legend, line = picture["path"]
    assert legend.get("stroke") == line.get("stroke")
    assert line.get("d").count("M") == 2
    told = [title.text for title in picture["title"]]
    assert told[1:] == ["numpy 2.4.6, now 2.5.0", "autodiff: same, inf"]
    assert draw_trends(runs) == draw_trends(runs)


def test_ops_stand_in_rows_and_every_point_is_within_the_picture():
    runs = history(*(entry(10.0**-i, op=f"op{i}") for i in range(9)))
    picture = read_picture(draw_trends(runs))
    assert picture["svg"][0].get("viewBox") == "0 0 880 414"
    assert [g.get("transform") for g in picture["g"]][:5:4] == ["translate(0 24)", "translate(0 154)"]
    for path in picture["path"][1:]:
        (x, y), _ = (point.split() for point in path.get("d").removeprefix("M").split(" L"))
        assert (0 < float(x) < 220, 0 < float(y) < 130) == (True, True)


def test_nothing_is_a_picture_too():
    assert [*read_picture(draw_trends(history()))] == ["svg", "title"]


def test_hostile_names_are_harmless():
    hostile = History((entry(1e-3, op=HOSTILE, commit=HOSTILE), entry(1e-3, HOSTILE, HOSTILE, HOSTILE)))
    assert all(text.text.isprintable() for text in read_picture(draw_trends(hostile))["text"])
    assert "<img" not in draw_trends(hostile)
