"""The pages in a real browser: nothing is asked for, everything can be read, sorted and filtered by keyboard."""

import pytest

from gradcheck.report.audit.class_page import build_class_page
from gradcheck.report.audit.html_pages import render_class_html, render_student_html
from gradcheck.report.audit.show import Show
from gradcheck.report.audit.student_page import build_student_page
from tests.report.audit import example_audits
from tests.report.html.browser import (
    FIND_FAINT_TEXT,
    NARROW,
    WIDE,
    list_requests,
    open_browser,
    set_screen,
)
from tests.report.html.example_pages import MARKUP, RESULTS, render_full_page

pytestmark = pytest.mark.slow

TAB, BACKSPACE = "\ue004", "\ue003"
"""Keys, as WebDriver writes them."""
NAMES = ("run", "class", "student")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The pages in files: of a run, of a class and of a student."""
    folder, audit = tmp_path_factory.mktemp("pages"), example_audits.make_audit()
    pages = (
        render_full_page(),
        render_class_html(build_class_page(audit)),
        render_student_html(build_student_page(audit, example_audits.find_row("ben"), Show.COUNTEREXAMPLE)),
    )
    for name, text in zip(NAMES, pages, strict=True):
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """One browser for all tests."""
    with open_browser(tmp_path_factory.mktemp("browser")) as opened:
        yield opened


@pytest.fixture
def visit(browser, folder):
    """A function that opens a page, by its name."""

    def visit_page(name, **screen):
        set_screen(browser, **screen)
        browser.get((folder / f"{name}.html").as_uri())
        return browser

    return visit_page


def read_column(browser, column):
    """The texts of the rows that are shown in one column of the table of ops."""
    script = (
        f"return [...document.querySelectorAll('.ops tbody tr:not([hidden])')].map(r => r.cells[{column}].innerText)"
    )
    return browser.execute_script(script)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_asks_for_nothing_and_has_no_error(visit, name):
    browser = visit(name)
    address = browser.current_url
    list_requests(browser)
    browser.get_log("browser")
    browser.refresh()
    assert {url for url in list_requests(browser) if not url.startswith("chrome")} == {address}
    assert browser.get_log("browser") == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_a_page_is_no_wider_than_the_screen(visit, name, width):
    browser = visit(name, width=width)
    for one in browser.find_elements("css selector", "details"):
        browser.execute_script("arguments[0].open = true", one)
    assert browser.execute_script("return document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("scheme", "medium"), [("light", "screen"), ("dark", "screen"), ("dark", "print")])
def test_text_stands_out_from_what_is_behind_it(visit, name, scheme, medium):
    seen, faint = visit(name, scheme=scheme, medium=medium).execute_script(FIND_FAINT_TEXT)
    assert seen > 30
    assert faint == []


def test_paper_is_white_also_in_the_dark(visit):
    browser = visit("run", scheme="dark", medium="print")
    assert browser.execute_script("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert browser.execute_script("return getComputedStyle(document.querySelector('.tools')).display") == "none"


def test_paper_has_the_headings_of_the_table_and_nothing_to_press(visit):
    page = visit("run", medium="print")
    headings = page.find_elements("css selector", ".ops thead th")
    assert [heading.text for heading in headings][:2] == ["op", "status"]
    pressed = page.find_elements("css selector", "p > button, .tools, nav")
    assert pressed
    assert not any(one.is_displayed() for one in pressed)


def test_hostile_text_does_not_run(visit):
    browser = visit("run")
    assert browser.title.startswith("gradcheck: 3 of 7 ops fail")
    assert MARKUP in browser.find_element("css selector", "article h3").text


def test_the_table_is_sorted_by_keyboard(visit):
    browser = visit("run")
    button = browser.find_element("css selector", ".ops th:nth-child(5) button")
    browser.find_element("id", "filter").click()
    while browser.switch_to.active_element != button:
        assert browser.switch_to.active_element.tag_name in ("input", "select", "div", "button")
        browser.switch_to.active_element.send_keys(TAB)
    assert browser.execute_script("return getComputedStyle(arguments[0]).outlineStyle", button) == "solid"
    button.send_keys(" ")
    shown = [float(text) for text in read_column(browser, 4) if text != "–"]
    assert shown == sorted(shown)
    assert len(set(shown)) > 1
    assert read_column(browser, 4)[-1] == "–"
    heading = browser.find_element("css selector", ".ops th:nth-child(5)")
    assert heading.get_attribute("aria-sort") == "ascending"
    button.send_keys("\n")
    assert [float(text) for text in read_column(browser, 4) if text != "–"] == shown[::-1]
    assert heading.get_attribute("aria-sort") == "descending"


def test_sorting_by_another_column_forgets_the_first(visit):
    browser = visit("run")
    for column in (1, 2):
        browser.find_element("css selector", f".ops th:nth-child({column}) button").send_keys(" ")
    assert [one.get_attribute("aria-sort") for one in browser.find_elements("css selector", ".ops th[aria-sort]")] == [
        "ascending"
    ]
    statuses = read_column(browser, 1)
    assert statuses == sorted(statuses)


def test_ops_are_filtered_by_name_and_by_status(visit):
    browser = visit("run")
    shown = browser.find_element("id", "shown")
    assert shown.text == f"{len(RESULTS)} of {len(RESULTS)} shown"
    browser.find_element("id", "filter").send_keys("AFF")
    assert (read_column(browser, 0), shown.text) == (["affine"], f"1 of {len(RESULTS)} shown")
    details = browser.find_elements("css selector", "details")
    assert [one.is_displayed() for one in details].count(True) == 1
    browser.find_element("id", "status").send_keys("passed")
    assert (read_column(browser, 0), shown.text) == ([], f"0 of {len(RESULTS)} shown")
    browser.find_element("id", "filter").send_keys(3 * BACKSPACE)
    assert read_column(browser, 0) == ["sin"]


def test_a_name_in_the_table_opens_what_is_said_of_the_op(visit):
    browser = visit("run")
    details = browser.find_element("css selector", "details")
    assert details.get_attribute("open") is None
    browser.find_element("link text", "sin").send_keys("\n")
    assert details.get_attribute("open") is not None
    assert browser.find_element("css selector", "details svg.errors").is_displayed()


def test_the_counterexample_is_copied(visit):
    browser = visit("run")
    permissions = ["clipboardReadWrite", "clipboardSanitizedWrite"]
    browser.execute_cdp_cmd("Browser.grantPermissions", {"permissions": permissions})
    button = browser.find_element("css selector", "article p button")
    button.send_keys(" ")
    browser.execute_async_script("setTimeout(arguments[0], 0)")
    assert button.text == "Copied"
    copied = browser.execute_async_script("navigator.clipboard.readText().then(arguments[0])")
    assert copied == browser.find_element("css selector", "article pre code").text


def test_all_can_be_read_without_a_script(browser, visit):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        visit("run")
        assert not browser.find_element("css selector", ".tools").is_displayed()
        assert browser.find_elements("css selector", "button") == []
        assert len(browser.find_elements("css selector", ".ops tbody tr")) == len(RESULTS)
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
