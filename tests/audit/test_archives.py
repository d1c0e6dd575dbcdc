"""Archives are read in memory; what would fill it, or lead outside, is refused."""

import io
import tarfile
import zipfile

import pytest

from gradcheck.audit.archives import count_directory_entries, list_archive
from gradcheck.audit.submission import RefusedSubmissionError, SubmissionLimits
from tests.audit.archive_files import describe_file, describe_special, pack_zip, write_tar, write_zip

LIMITS = SubmissionLimits()


def list_members(name, data, limits=LIMITS, unpacked=LIMITS.unpacked_bytes):
    return list(list_archive(name, io.BytesIO(data), len(data), limits, unpacked))


def test_the_files_of_a_zip_archive_are_read():
    data = pack_zip({"a.py": "x = 1", "b/c.txt": "text", "d/": ""})
    assert {m.path: m.read(100) for m in list_members("x.zip", data)} == {"a.py": b"x = 1", "b/c.txt": b"text"}


@pytest.mark.parametrize(
    ("name", "mode"), [("x.tar", "w"), ("x.tar.gz", "w:gz"), ("x.tgz", "w:gz"), ("x.tar.bz2", "w:bz2")]
)
def test_the_sources_of_a_tar_archive_are_read(tmp_path, name, mode):
    path = write_tar(tmp_path / name, describe_file("a.py", b"x = 1"), describe_file("b.txt", b"text"), mode=mode)
    assert {m.path: m.read(100) for m in list_members(name, path.read_bytes())} == {"a.py": b"x = 1", "b.txt": b""}


def test_links_and_devices_of_a_tar_archive_are_no_files(tmp_path):
    members = [
        describe_special("a.py", tarfile.SYMTYPE, "/etc/passwd"),
        describe_special("b.py", tarfile.LNKTYPE, "../solution.py"),
        describe_special("c.py", tarfile.CHRTYPE),
        describe_special("d.py", tarfile.FIFOTYPE),
    ]
    found = list_members("x.tar.gz", write_tar(tmp_path / "x", *members).read_bytes())
    assert {m.path: m.kind for m in found} == {"a.py": "link", "b.py": "link", "c.py": "special", "d.py": "special"}


def test_a_link_of_a_zip_archive_is_no_file():
    link = zipfile.ZipInfo("a.py")
    link.external_attr = 0o120777 << 16
    assert [m.kind for m in list_members("x.zip", pack_zip({link: "/etc/passwd"}))] == ["link"]


def test_a_zip_bomb_is_not_unpacked():
    (member,) = list_members("x.zip", pack_zip({"a.py": bytes(5_000_000)}))
    with pytest.raises(RefusedSubmissionError, match="over 200 times its size"):
        member.read(10**8)


def test_a_zip_member_that_says_it_is_large_is_not_unpacked():
    (member,) = list_members("x.zip", pack_zip({"a.py": b"12345678"}))
    with pytest.raises(RefusedSubmissionError, match="larger than 4 bytes"):
        member.read(4)


def test_a_zip_member_that_lies_about_its_size_gives_no_more():
    data = pack_zip({"a.py": bytes(10_000)})
    at = data.rindex(b"PK\x01\x02") + 24
    (member,) = list_members("x.zip", data[:at] + (10).to_bytes(4, "little") + data[at + 4 :])
    with pytest.raises(RefusedSubmissionError, match="cannot be read"):
        member.read(100)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_method_that_may_unpack_more_than_it_is_asked_is_refused(method):
    (member,) = list_members("x.zip", write_zip(io.BytesIO(), {"a.py": "x"}, method).getvalue())
    with pytest.raises(RefusedSubmissionError, match="packed by method"):
        member.read(100)


def test_an_encrypted_member_is_refused():
    data = bytearray(pack_zip({"a.py": "x"}))
    for start, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(start) + at] |= 1
    (member,) = list_members("x.zip", bytes(data))
    with pytest.raises(RefusedSubmissionError, match="is encrypted"):
        member.read(100)


def test_a_tar_bomb_is_read_no_further_than_allowed(tmp_path):
    path = write_tar(tmp_path / "x", describe_file("big.bin", bytes(8_000_000)), describe_file("a.py"))
    with pytest.raises(RefusedSubmissionError, match="unpacks to more than"):
        list_members("x.tar.gz", path.read_bytes())
    with pytest.raises(RefusedSubmissionError, match="unpacks to more than 1,000,000 bytes"):
        list_members("x.tar.gz", path.read_bytes(), SubmissionLimits(ratio=10**6), 10**6)


def test_entries_of_the_directory_of_a_zip_archive_are_counted_before_it_is_opened():
    assert count_directory_entries(pack_zip({f"{i}.txt": "" for i in range(20)})) >= 20
