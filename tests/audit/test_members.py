"""Paths of members: which are refused, skipped, read."""

import pytest

from gradcheck.audit.members import (
    Member,
    is_archive,
    is_skipped,
    is_source,
    move_below,
    quote,
    read_member,
    split_path,
    strip_suffix,
)
from gradcheck.audit.submission import RefusedSubmissionError


@pytest.mark.parametrize(
    "path", ["../x.py", "a/../../x.py", "/etc/x.py", "C:\\x.py", "\\\\host\\x.py", "a\\..\\..\\x.py"]
)
def test_a_path_that_leads_outside_is_refused(path):
    with pytest.raises(RefusedSubmissionError, match="would be written outside: refused"):
        split_path(path, "archive member")


@pytest.mark.parametrize("path", ["a/b.py", "./a//b.py", "a\\b.py"])
def test_a_path_inside_is_split(path):
    assert split_path(path) == ("a", "b.py")


@pytest.mark.parametrize(
    "parts",
    [
        ("__MACOSX", "a.py"),
        (".git", "x.py"),
        ("a", "__pycache__", "x.py"),
        ("._layers.py",),
        (".ipynb_checkpoints", "n"),
    ],
)
def test_what_tools_leave_is_skipped(parts):
    assert is_skipped(parts)


def test_other_names_are_not_skipped():
    assert not is_skipped(("a", "git", "layers.py"))


def test_kinds_go_by_suffix():
    assert [is_source(name) for name in ("a/B.PY", "n.ipynb", "a.pyc")] == [True, True, False]
    assert [is_archive(name) for name in ("x.tar.gz", "x.ZIP", "x.gz")] == [True, True, False]


@pytest.mark.parametrize(("name", "short"), [("ann.tar.gz", "ann"), ("ann.zip", "ann"), ("a.b", "a.b"), (".py", ".py")])
def test_a_suffix_is_stripped(name, short):
    assert strip_suffix(name) == short


def test_a_file_within_the_limit_is_read_and_a_larger_one_refused():
    member = Member("a.py", "file", lambda most: b"12345"[: most + 1])
    assert read_member(member, 5) == b"12345"
    with pytest.raises(RefusedSubmissionError, match=r"'a\.py' is larger than 4 bytes"):
        read_member(member, 4)


@pytest.mark.parametrize(
    ("kind", "words"), [("link", "is a link, which is not followed"), ("special", "no regular file")]
)
def test_what_is_no_file_is_refused(kind, words):
    with pytest.raises(RefusedSubmissionError, match=words):
        read_member(Member("a.py", kind, lambda most: b""), 10)


def test_a_member_moves_below_a_folder_with_the_same_bytes():
    moved = move_below(Member("a.py", "file", lambda most: b"x"), "hw")
    assert (moved.path, moved.read(1)) == ("hw/a.py", b"x")


def test_a_name_that_moves_the_cursor_is_escaped():
    assert quote("\x1b[2Ja.py") == r"'\x1b[2Ja.py'"
