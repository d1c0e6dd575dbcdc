"""reference/README.md says what the files hold, for readers who have nothing else of gradcheck."""

import json
import re

import pytest

from tests.reference.vector_files import README, REFERENCE, SCHEMA, VECTOR_FILES, read_vectors

ROOT = REFERENCE.parent
FLAG_ROWS = dict(re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", README.partition("| flag |")[2].partition("\n\n")[0], re.M))


def list_keys_explained(heading):
    """The keys that the first column of a table explains."""
    rows = README.partition(f"| {heading} |")[2].partition("\n\n")[0].splitlines()[2:]
    return {key for row in rows for key in re.findall(r"`(\w+)`", row.split("|")[1])}


@pytest.mark.slow
def test_the_flags_are_explained_as_in_the_files():
    told = [json.loads(path.read_text(encoding="utf-8"))["flags"] for path in VECTOR_FILES]
    assert {flag: why for flags in told for flag, why in flags.items()} == FLAG_ROWS
    assert all(flags.items() <= FLAG_ROWS.items() for flags in told)


def test_the_flags_are_explained_as_in_the_code():
    pytest.importorskip("flint", reason="python-flint, of the extra vectors, is not installed")
    from gradcheck.vectors.flags import FLAGS

    assert FLAG_ROWS == FLAGS


def test_each_key_is_explained():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert list_keys_explained("key of the file") == set(schema["properties"])
    assert list_keys_explained("key of a case") == set(schema["$defs"]["case"]["properties"])


def test_the_case_shown_is_that_of_the_file():
    shown = README.partition("```\n{\n")[2].partition("```")[0]
    quoted = re.findall(r'"(\w+)": \{"(\w+)": \{.*"values": \["(.+)", …', shown)
    case = read_vectors()["cases"][0]
    assert len(quoted) == 4
    assert [case[part][name]["values"][0] for part, name, _ in quoted] == [number for *_, number in quoted]


def test_the_lines_shown_begin_the_file():
    shown = README.partition('```\n "cases"')[2].partition("```")[0]
    text = (REFERENCE / "softmax.json").read_text(encoding="utf-8")
    assert text.startswith(f'{{\n "cases"{shown}')


def test_the_numbers_named_are_in_the_files():
    text = (REFERENCE / "softmax.json").read_text(encoding="utf-8")
    assert re.search(r'"1\.2120\d+e-314749 ', text)
    assert '"0 +/- 1e-610"' in text
    assert read_vectors()["cases"][7]["flags"][0] == "large"


def test_the_files_linked_exist():
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (REFERENCE / link).exists()] == []


def test_it_ends_where_the_table_is_made():
    _, heading, table = README.partition("\n## What is here\n\n")
    assert heading
    assert table.startswith("<!-- made by gradcheck vectors --write -->\n")


def test_the_licence_goes_with_every_copy():
    assert (REFERENCE / "LICENSE").read_text(encoding="utf-8") == (ROOT / "LICENSE").read_text(encoding="utf-8")
