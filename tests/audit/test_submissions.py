"""The submissions of a class, in the forms in which platforms hand them out."""

import os
import tarfile

import pytest

from gradcheck.audit.submissions import collect_submissions
from tests.audit.archive_files import describe_file, describe_special, pack_zip, write_files, write_tar, write_zip

SOURCE = "def f(x): return x\n"


def read_all(path, **options):
    return {one.name: dict(one.files) for one in collect_submissions(path, **options)}


def read_reasons(path):
    return {one.name: one.invalid for one in collect_submissions(path)}


def test_a_folder_file_or_archive_is_one_student_each(tmp_path):
    write_files(
        tmp_path, {"ann/cs231n/layers.py": "1", "doejane_12_34_layers.py": "2", "cy.zip": pack_zip({"x.py": "3"})}
    )
    write_tar(tmp_path / "di.tar.gz", describe_file("hw/x.py", b"4"))
    write_files(tmp_path, {"grades.csv": "", ".DS_Store": "", "eve/report.pdf": ""})
    assert read_all(tmp_path, single=False) == {
        "ann": {"cs231n/layers.py": b"1"},
        "cy": {"x.py": b"3"},
        "di": {"hw/x.py": b"4"},
        "doejane_12_34_layers": {"doejane_12_34_layers.py": b"2"},
        "eve": {},
    }
    assert collect_submissions(tmp_path, single=False).ignored == ("grades.csv",)


def test_a_folder_of_moodle_holds_an_archive_for_each_student(tmp_path):
    write_files(tmp_path, {"Ann Lee_77_assignsubmission_file_/a1.zip": pack_zip({"cs231n/layers.py": SOURCE})})
    assert read_all(tmp_path) == {"Ann Lee_77_assignsubmission_file_": {"a1/cs231n/layers.py": SOURCE.encode()}}


@pytest.mark.parametrize("folder", ["", "class/", "submissions/"])
def test_a_zipped_class_is_as_its_folder(tmp_path, folder):
    files = {f"{folder}ann/x.py": "1", f"{folder}bob.zip": pack_zip({"y.py": "2"}), "__MACOSX/._x": ""}
    assert read_all(write_zip(tmp_path / "class.zip", files)) == {"ann": {"x.py": b"1"}, "bob": {"y.py": b"2"}}


def test_a_class_in_a_tar_archive_is_as_its_folder(tmp_path):
    path = write_tar(tmp_path / "class.tar.gz", describe_file("ann/x.py", b"1"), describe_file("bob.py", b"2"))
    assert read_all(path) == {"ann": {"x.py": b"1"}, "bob": {"bob.py": b"2"}}


def test_one_file_is_one_student(tmp_path):
    write_files(tmp_path, {"ann.py": SOURCE})
    found = collect_submissions(tmp_path / "ann.py")
    assert (found.is_single, read_all(tmp_path / "ann.py")) == (True, {"ann": {"ann.py": SOURCE.encode()}})


def test_the_name_is_the_one_that_was_given(tmp_path, monkeypatch):
    write_files(tmp_path, {"store/77.py": SOURCE, "store/a/b.py": ""})
    (tmp_path / "ann.py").symlink_to("store/77.py")
    assert read_all(tmp_path / "ann.py") == {"ann": {"ann.py": SOURCE.encode()}}
    monkeypatch.chdir(tmp_path / "store")
    assert collect_submissions(".").names == ("store",)


def test_files_beside_folders_are_one_student_and_so_is_what_the_caller_says(tmp_path):
    write_files(tmp_path / "ann", {"cs231n/layers.py": "1", "start.ipynb": "2"})
    write_files(tmp_path / "flat", {"layers.py": "1", "optim.py": "2"})
    assert read_all(tmp_path / "ann") == {"ann": {"cs231n/layers.py": b"1", "start.ipynb": b"2"}}
    assert list(read_all(tmp_path / "flat")) == ["layers", "optim"]
    assert read_all(tmp_path / "flat", single=True) == {"flat": {"layers.py": b"1", "optim.py": b"2"}}


def test_one_archive_is_one_student_where_the_caller_says_so(tmp_path):
    path = write_zip(tmp_path / "ann.zip", {"layers.py": "1", "optim.py": "2"})
    assert read_all(path, single=True) == {"ann": {"layers.py": b"1", "optim.py": b"2"}}


def test_names_are_unique(tmp_path):
    write_files(tmp_path, {"ann/x.py": "", "ann.zip": pack_zip({"y.py": ""}), "a.py.zip": pack_zip({}), "a.py": ""})
    write_files(tmp_path, {os.fsdecode(b"\xe9.py"): "1", os.fsdecode(b"\xe8.py"): "2"})
    unreadable = "\N{REPLACEMENT CHARACTER}"
    names = collect_submissions(tmp_path, single=False).names
    assert names == ("a", "a.py.zip", "ann", "ann.zip", unreadable, f"{unreadable}.py{unreadable}")


def test_what_is_refused_of_one_student_leaves_the_others(tmp_path):
    (tmp_path / "solution.py").write_text(SOURCE)
    folder = write_files(tmp_path / "class", {"good/x.py": SOURCE, "escape.zip": pack_zip({"../x": ""})})
    write_files(folder, {"bomb.zip": pack_zip({"x.py": bytes(5_000_000)}), "broken.zip": "nothing", "old.rar": ""})
    write_tar(folder / "tied.tar.gz", describe_special("x.py", tarfile.LNKTYPE, "/etc/passwd"))
    (folder / "link.py").symlink_to("../solution.py")
    (folder / "inside").mkdir()
    (folder / "inside" / "x.py").symlink_to("../../solution.py")
    os.mkfifo(folder / "fifo.py")
    reasons = read_reasons(folder)
    assert reasons.pop("good") == ""
    assert {name: "refused" in reason or "not read" in reason for name, reason in reasons.items()} == dict.fromkeys(
        ("bomb", "broken", "escape", "fifo", "inside", "link", "old", "tied"), True
    )
    assert reasons["escape"] == "archive member '../x' would be written outside: refused"
    assert all(not one.files for one in collect_submissions(folder) if one.invalid)


def test_a_member_of_a_class_that_leads_outside_is_refused_alone(tmp_path):
    path = write_zip(tmp_path / "class.zip", {"ann/x.py": "1", "bob/../../x.py": "2", "/etc/y.py": "3"})
    assert {name: bool(reason) for name, reason in read_reasons(path).items()} == {
        "ann": False,
        "bob": True,
        "etc": True,
    }


def test_what_cannot_be_collected_is_an_error_of_the_caller(tmp_path):
    write_files(tmp_path, {"class.zip": "nothing", "notes.txt": ""})
    with pytest.raises(FileNotFoundError):
        collect_submissions(tmp_path / "gone")
    with pytest.raises(ValueError, match=r"'class\.zip' cannot be read"):
        collect_submissions(tmp_path / "class.zip")
    with pytest.raises(ValueError, match="neither a folder"):
        collect_submissions(tmp_path / "notes.txt")
