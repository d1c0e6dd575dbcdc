"""The catalogue has a whole page for each cause that findings name."""

import ast
import re
from dataclasses import asdict
from pathlib import Path

import pytest

import gradcheck
from gradcheck.causes.catalogue import list_page_texts, load_catalogue, read_cause_page, search_catalogue

PACKAGE = Path(gradcheck.__file__).parent
NAME = re.compile(r"[a-z]+(?:-[a-z]+)*")
LONGEST_LINE, LONGEST_CODE, LONGEST_PROSE = 92, 4, 420

every_page = pytest.mark.parametrize("page", load_catalogue().values(), ids=lambda page: page.name)


@every_page
def test_a_page_is_complete_and_short(page):
    parts = asdict(page)
    assert [part for part, text in parts.items() if not text.strip()] == []
    assert NAME.fullmatch(page.name)
    assert not page.title.endswith(".")
    for prose in (page.why, page.shows, page.apart):
        assert prose.endswith(".")
        assert len(prose) <= LONGEST_PROSE
    for code in (page.mistake, page.right):
        lines = code.split("\n")
        assert len(lines) <= LONGEST_CODE
        assert max(map(len, lines)) <= LONGEST_LINE


@every_page
def test_the_code_of_a_page_is_python_and_the_mistake_differs_from_the_right_form(page):
    mistake, right = map(parse_excerpt, (page.mistake, page.right))
    assert ast.dump(mistake) != ast.dump(right)


def parse_excerpt(code):
    """The tree of some lines of a function; the head of a loop may stand alone."""
    body = "\n".join(f"    {line}" for line in code.split("\n"))
    return ast.parse(f"def backward():\n{body}" + "\n        pass" * code.split("#")[0].rstrip().endswith(":"))


@every_page
def test_a_page_is_told_from_pages_that_exist(page):
    others = [word for word in re.findall(r"`([^`]+)`", page.apart) if NAME.fullmatch(word)]
    assert others
    assert page.name not in others
    assert [name for name in others if name not in load_catalogue()] == []


def test_titles_differ():
    titles = [page.title for page in load_catalogue().values()]
    assert len(set(titles)) == len(titles)


def list_named_causes():
    """The names of causes in the code, with the file: the first argument of a Cause, a keyword cause_name, and, in the
    room of causes, all that is written as such a name."""
    for path in sorted(path for room in ("causes", "laws") for path in (PACKAGE / room).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                is_cause = getattr(node.func, "id", "") == "Cause"
                named = [*node.args[: int(is_cause)], *(k.value for k in node.keywords if k.arg == "cause_name")]
                yield from ((path.name, n.value) for n in named if isinstance(n, ast.Constant) and n.value)
            elif path.is_relative_to(PACKAGE / "causes") and is_written_as_a_name(node):
                yield path.name, node.value


def is_written_as_a_name(node):
    """Whether a node is text of several words with hyphens between them."""
    value = node.value if isinstance(node, ast.Constant) else None
    return isinstance(value, str) and re.fullmatch("[a-z]+(?:-[a-z]+)+", value)


@pytest.mark.slow
def test_every_cause_that_the_code_names_has_a_page():
    named = list(list_named_causes())
    assert len(named) > 20
    assert [(file, name) for file, name in named if name not in load_catalogue()] == []


def test_a_page_without_one_of_its_parts_is_refused_by_name():
    with pytest.raises(TypeError, match="apart"):
        read_cause_page("sign", dict.fromkeys(("title", "mistake", "right", "formula", "why", "shows"), "a"))
    with pytest.raises(TypeError, match="joke"):
        read_cause_page("sign", {"joke": "a"})


def test_line_breaks_count_in_python_alone():
    table = {**dict.fromkeys(("title", "formula", "shows", "apart"), "a"), "why": "\none\ntwo", "mistake": "a\nb\n"}
    page = read_cause_page("sign", {**table, "right": "if a:\n    b"})
    assert (page.why, page.mistake, page.right) == ("one two", "a\nb", "if a:\n    b")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("REGULARISATION-B", ["regularisation-bias"]),
        ("average is taken", ["divided-by-length"]),
        ("nowhere at all", []),
    ],
)
def test_a_text_is_looked_for_in_names_and_titles(text, found):
    assert [page.name for page in search_catalogue(text)] == found


def test_a_text_that_no_title_has_is_looked_for_in_the_pages():
    found = search_catalogue("lstm")
    assert found
    assert all("LSTM" in "".join(list_page_texts(page)) for page in found)
    assert len(search_catalogue("")) == len(load_catalogue())
