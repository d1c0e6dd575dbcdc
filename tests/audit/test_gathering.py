"""What is taken of a submission, and what makes it invalid."""

import re

import pytest

from gradcheck.audit.gathering import gather_submission, unpack_member
from gradcheck.audit.members import Member
from gradcheck.audit.submission import LIMITS, RefusedSubmissionError, SubmissionLimits
from tests.audit.archive_files import pack_zip


def make_members(files):
    return [Member(path, "file", lambda most, data=data: data[: most + 1]) for path, data in files.items()]


def gather(files, limits=LIMITS):
    return gather_submission("ann", make_members(files), limits)


def test_sources_are_taken_whatever_their_bytes_and_others_are_listed():
    found = gather({"a/layers.py": b"# \xff\xfe\n", "n.ipynb": b"{}", "data.csv": b"1", "report.pdf": b"2"})
    assert found.files == {"a/layers.py": b"# \xff\xfe\n", "n.ipynb": b"{}"}
    assert (found.ignored, found.ignored_count, found.invalid) == (("data.csv", "report.pdf"), 2, "")


def test_the_first_of_many_ignored_files_are_listed_and_all_are_counted():
    found = gather({f"{i:03}.png": b"" for i in range(50)})
    assert (len(found.ignored), found.ignored_count) == (20, 50)


def test_an_archive_within_a_folder_is_opened_and_one_within_that_is_not():
    inner = pack_zip({"c.py": "3"})
    found = gather({"hw.zip": pack_zip({"a.py": "1", "b/b.py": "2", "inner.zip": inner})})
    assert found.files == {"hw/a.py": b"1", "hw/b/b.py": b"2"}
    assert found.ignored == ("hw/inner.zip",)


def test_a_member_that_leads_outside_makes_the_submission_invalid():
    found = gather({"a.py": b"1", "hw.zip": pack_zip({"../x": "1"})})
    assert (found.files, found.invalid) == ({}, "archive member '../x' would be written outside: refused")


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (SubmissionLimits(files=2), r"more than 2 \.py and \.ipynb files"),
        (SubmissionLimits(members=2), "more than 2 files"),
        (SubmissionLimits(file_bytes=3), r"'b\.py' is larger than 3 bytes"),
        (SubmissionLimits(submission_bytes=6), "are larger than 6 bytes"),
    ],
)
def test_a_submission_beyond_a_limit_is_invalid(limits, words):
    found = gather({"a.py": b"123", "b.py": b"1234", "c.py": b"123"}, limits)
    assert found.files == {}
    assert re.search(words, found.invalid)


@pytest.mark.parametrize("data", [b"", b"no archive", pack_zip({"a.py": "1"})[:30]], ids=["empty", "text", "cut"])
def test_a_damaged_archive_makes_the_submission_invalid(data):
    found = gather({"hw.zip": data, "a.py": b"1"})
    assert (found.files, found.invalid[:23]) == ({}, "'hw.zip' cannot be read")


def test_an_archive_with_too_many_entries_is_not_opened():
    (member,) = make_members({"hw.zip": pack_zip({f"{i}": "" for i in range(20)})})
    with pytest.raises(RefusedSubmissionError, match="holds more than 10 files"):
        list(unpack_member(member, SubmissionLimits(members=10)))


def test_more_archives_than_anybody_hands_in_are_not_opened():
    found = gather({f"{i}.zip": pack_zip({"a.py": "1"}) for i in range(11)})
    assert found.invalid == "there are more than 10 archives: refused"


def test_an_empty_submission_is_no_error():
    assert gather({}).invalid == ""
