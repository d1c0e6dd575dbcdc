"""Folders: links are not followed, and nothing waits."""

import os

import pytest

from gradcheck.audit.folders import decode_name, list_folder, read_regular_file, walk_folder
from gradcheck.audit.submission import RefusedSubmissionError
from tests.audit.archive_files import write_files


def test_files_come_by_their_paths_and_without_what_tools_leave(tmp_path):
    write_files(tmp_path, {"b/c.py": "1", "a.py": "2", ".git/x.py": "3", "b/__pycache__/c.pyc": "4"})
    found = {member.path: member.read(10) for member in walk_folder(tmp_path, 5)}
    assert found == {"a.py": b"2", "b/c.py": b"1"}


def test_links_and_fifos_are_told_apart_from_files(tmp_path):
    os.mkfifo(tmp_path / "fifo.py")
    (tmp_path / "link.py").symlink_to("/etc/hostname")
    (tmp_path / "folder").symlink_to("/etc")
    assert {m.path: m.kind for m in walk_folder(tmp_path, 5)} == {
        "fifo.py": "special",
        "link.py": "link",
        "folder": "link",
    }


@pytest.mark.parametrize(
    "make", [lambda p: p.symlink_to("/etc/hostname"), os.mkfifo, lambda p: p.symlink_to("/dev/zero")]
)
def test_what_is_no_regular_file_is_not_read_and_nothing_waits_for_it(tmp_path, make):
    make(tmp_path / "x.py")
    with pytest.raises(RefusedSubmissionError, match="refused"):
        read_regular_file(tmp_path / "x.py", 100)


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    with (tmp_path / "x.py").open("wb") as file:
        file.truncate(2**34)
    with pytest.raises(RefusedSubmissionError, match="larger than 1,000 bytes"):
        read_regular_file(tmp_path / "x.py", 1000)


def test_folders_that_are_too_deep_are_refused(tmp_path):
    write_files(tmp_path, {"a/b/c/d/x.py": ""})
    with pytest.raises(RefusedSubmissionError, match="too many folders deep"):
        list(walk_folder(tmp_path, 2))


def test_a_folder_that_is_gone_is_refused(tmp_path):
    with pytest.raises(RefusedSubmissionError, match="cannot be read"):
        list_folder(tmp_path / "gone")


def test_a_name_that_is_no_utf_8_can_be_sent():
    assert decode_name(os.fsdecode(b"caf\xe9.py")) == "caf�.py"
