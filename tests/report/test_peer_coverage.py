"""What of other libraries is here, as text and as the page of the documentation."""

from gradcheck.discovery.peers import Coverage, Peer
from gradcheck.report.peer_coverage import (
    COVERAGE_COMMAND,
    SHORT_LINES,
    describe_list,
    render_coverage_page,
    render_coverage_text,
    shorten_names,
)
from gradcheck.report.screen import Screen
from gradcheck.report.text import LINE_WIDTH

NAMES = tuple(f"function_{i}" for i in range(100))
LONG = Coverage(Peer("Torchlike", "functions", "2.0", "its index", 100, NAMES), NAMES[:40], NAMES[40:])
WHOLE = Coverage(Peer("Small", "layers", "1.0", "its source", 2, ("Relu", "Sum")), ("Relu", "Sum"), ())


def test_a_peer_is_a_row_with_its_counts():
    lines = render_coverage_text([LONG, WHOLE]).splitlines()
    assert lines[0].split() == ["library", "here", "in", "its", "list", "missing"]
    assert lines[2].split()[:4] == ["Torchlike", "40", "100", "function_40,"]
    assert lines[-1].split() == ["Small", "2", "2", "–"]


def test_long_lists_are_cut_and_it_is_said_how_many_are_left():
    text = render_coverage_text([LONG])
    assert len(text.splitlines()) == 2 + SHORT_LINES
    shown = text.count("function_")
    assert f"and {60 - shown} more" in " ".join(text.split())


def test_on_request_all_names_are_told_with_what_the_list_is():
    text = render_coverage_text([LONG], verbose=True)
    assert text.count("function_") == 60
    assert "Torchlike 2.0: functions. Source: its index." in text


def test_the_table_fits_the_screen():
    for width in (60, 80, 200):
        for verbose in (False, True):
            table = render_coverage_text([LONG, WHOLE], Screen(width), verbose).partition("\n\n")[0]
            assert max(map(len, table.splitlines())) <= width


def test_names_that_do_not_fit_at_all_are_counted():
    assert shorten_names(NAMES, 4) == ["100 names"]
    assert shorten_names(NAMES[:2], 40) == ["function_0, function_1"]
    assert shorten_names((), 40) == ["–"]


def test_the_page_has_counts_and_a_section_for_each_peer():
    page = render_coverage_page([LONG, WHOLE])
    assert page.startswith("# Coverage\n\nWhat of other libraries is in this one")
    assert "| Torchlike | 40     | 100           |\n" in page
    lines = page.split("## Torchlike\n")[1].splitlines()
    assert lines[1] == describe_list(LONG.peer)
    assert " ".join(page.split()).count("function\\_") == 100
    assert page.endswith(f"## Small\n\n{describe_list(WHOLE.peer)}\n\nHere: Relu, Sum\n\nMissing: –\n")


def test_the_page_says_which_command_writes_it_in_lines_that_fit():
    page = render_coverage_page([LONG, WHOLE])
    assert f"`{COVERAGE_COMMAND}` writes this page." in page
    assert max(map(len, page.splitlines())) <= LINE_WIDTH
