"""Files of a submission are read as bytes, or refused without a wait."""

import os
from pathlib import Path

import pytest

from gradcheck.sandbox.submission_files import InvalidSubmission, read_submission_file


def test_a_file_is_read_as_it_is(tmp_path):
    (tmp_path / "a.py").write_bytes(b"# coding: rot13\r\n\xff\x00")
    assert read_submission_file(tmp_path / "a.py") == b"# coding: rot13\r\n\xff\x00"


def make_link(path):
    (path.parent / "solution.py").write_text("")
    path.symlink_to("solution.py")


def make_pipe(path):
    os.mkfifo(path)


def make_long_file(path):
    with path.open("wb") as file:
        file.truncate(1 << 40)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without named pipes")
@pytest.mark.parametrize(
    ("make", "words"),
    [
        (make_link, "is a link"),
        (make_pipe, "no regular file"),
        (Path.mkdir, "no regular file"),
        (lambda path: path.symlink_to("/dev/zero"), "is a link"),
        (make_long_file, "longer than 1,048,576 bytes"),
        (lambda path: None, "No such file"),
    ],
    ids=["link", "pipe", "folder", "device", "long", "none"],
)
def test_what_is_no_file_is_refused(tmp_path, make, words):
    make(tmp_path / "a.py")
    with pytest.raises(InvalidSubmission, match=words):
        read_submission_file(tmp_path / "a.py")


def test_a_name_is_printed_as_it_can_be(tmp_path):
    with pytest.raises(InvalidSubmission) as caught:
        read_submission_file(tmp_path / "\x1b[2J.py")
    assert str(caught.value).isprintable()
