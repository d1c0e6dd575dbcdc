"""A file is written whole, or stays what it was."""

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from gradcheck.atomic_files import overwrite_file, write_atomically

resource = pytest.importorskip("resource")

AT_MOST = """
import resource, sys
from pathlib import Path
from gradcheck.atomic_files import write_atomically
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_atomically("x" * 5000, Path(sys.argv[1]))
except OSError as error:
    print(error.strerror)
"""
"""A program that may write no file of more than 1000 bytes, as on a full disk, and tries to."""


def write_too_much(path, program=AT_MOST):
    """What the system says."""
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_file_is_written_and_replaced(tmp_path):
    path = tmp_path / "run.json"
    for text in ("one ±\n", "two"):
        write_atomically(text, path)
        assert path.read_text(encoding="utf-8") == text
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.slow
@pytest.mark.parametrize("held", ["an older one", None])
def test_where_the_disk_is_full_the_old_file_stays_and_nothing_is_left_beside(tmp_path, held):
    path = tmp_path / "run.json"
    if held:
        path.write_text(held)
    assert write_too_much(path) == "File too large"
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("run.json", held)] * bool(held)


@pytest.mark.slow
def test_a_file_written_over_is_written_back_where_the_disk_is_full(tmp_path):
    path = tmp_path / "run.json"
    path.write_text("an older one")
    program = AT_MOST.replace("write_atomically", "overwrite_file").replace('"x"', 'b"x"')
    assert write_too_much(path, program) == "File too large"
    assert path.read_text() == "an older one"


def test_a_file_written_over_ends_where_the_new_text_does(tmp_path):
    path = tmp_path / "run.json"
    path.write_text("an older, longer one")
    overwrite_file(b"new", path)
    assert path.read_bytes() == b"new"


def test_a_link_stays_and_its_file_is_replaced(tmp_path):
    (tmp_path / "folder").mkdir()
    link = tmp_path / "link.json"
    link.symlink_to("folder/run.json")
    for text in ("one", "two"):
        write_atomically(text, link)
        assert link.is_symlink()
        assert (tmp_path / "folder/run.json").read_text() == text


def test_the_mode_stays(tmp_path):
    path = tmp_path / "run.json"
    path.write_text("")
    path.chmod(0o640)
    write_atomically("text", path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_new_file_has_the_usual_mode(tmp_path):
    write_atomically("text", tmp_path / "new")
    (tmp_path / "usual").write_text("")
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "usual").stat().st_mode


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_named_pipe_is_written_to(tmp_path):
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    write_atomically("text", pipe)
    reader.join()
    assert (read, pipe.is_fifo()) == (["text"], True)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/stdout").exists(), reason="the system has no /dev/stdout")
@pytest.mark.parametrize("through", ["/dev/stdout", "link"])
def test_a_stream_is_written_to_wherever_it_leads(tmp_path, through):
    (tmp_path / "link").symlink_to("/dev/stdout")
    program = "import sys; from pathlib import Path; from gradcheck.atomic_files import write_atomically as w\n"
    program += "w('text', Path(sys.argv[1]))"
    command = [sys.executable, "-c", program, str(tmp_path / through)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "text"
    with (tmp_path / "out").open("w") as out:
        inode = os.fstat(out.fileno()).st_ino
        subprocess.run(command, stdout=out, check=True)
    assert ((tmp_path / "out").read_text(), (tmp_path / "out").stat().st_ino) == ("text", inode)


def test_what_cannot_be_encoded_is_escaped(tmp_path):
    write_atomically("a\ud800", tmp_path / "report.md")
    assert (tmp_path / "report.md").read_text() == "a\\ud800"


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(IsADirectoryError):
        write_atomically("text", tmp_path)
