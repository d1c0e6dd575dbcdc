"""Members of zip and tar archives, read into memory: nothing is unpacked to a file, and no link is followed."""

import bz2
import gzip
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from gradcheck.audit.members import Member, build_size_refusal, is_archive, is_source, quote
from gradcheck.audit.submission import MEBIBYTE, RefusedSubmissionError, SubmissionLimits
from gradcheck.escaping import cut_text

READ_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Methods of compression that zipfile unpacks no further than it is asked to."""
RATIO_FROM = MEBIBYTE
"""Bytes up to which any ratio is allowed: a small file of one character repeated is no bomb."""
DIRECTORY_ENTRY = b"PK\x01\x02"
"""How every entry of the directory of a zip archive begins."""


def list_archive(name: str, file: BinaryIO, size: int, limits: SubmissionLimits, unpacked: int) -> Iterator[Member]:
    """Yield the files of an archive of `size` bytes; `unpacked`: how many bytes a tar archive may have.  Any exception
    may be raised: an archive may be made to confuse those who read it."""
    if name.lower().endswith(".zip"):
        yield from list_zip(file, limits)
    else:
        yield from list_tar(open_stream(name, file, size, limits, unpacked), limits)


def describe_archive_error(name: str, error: Exception) -> str:
    """Say why an archive could not be read."""
    return f"{quote(name)} cannot be read ({type(error).__name__}: {cut_text(str(error))}): refused"


def count_directory_entries(data: bytes) -> int:
    """Return at least as many entries as the directory of a zip archive has, whatever its header says."""
    return data.count(DIRECTORY_ENTRY)


def list_zip(file: BinaryIO, limits: SubmissionLimits) -> Iterator[Member]:
    """Yield the files of a zip archive, which stays open as long as one of them may be read."""
    archive = zipfile.ZipFile(file)
    for info in archive.infolist():
        if not info.is_dir():
            mode = stat.S_IFMT(info.external_attr >> 16)
            kind = "link" if mode == stat.S_IFLNK else "file" if mode in (0, stat.S_IFREG) else "special"
            path = info.filename.encode("utf-8", "replace").decode("utf-8")
            yield Member(path, kind, partial(read_zip_member, archive, info, limits.ratio))


def read_zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, ratio: int, most: int) -> bytes:
    """Return the bytes of a file of a zip archive.  RefusedSubmissionError: it is encrypted, packed by another method,
    unpacks to far more than it is packed, is damaged, or is larger than `most` bytes."""
    if info.file_size > most:
        raise build_size_refusal(info.filename, most)
    if info.file_size > max(RATIO_FROM, ratio * info.compress_size):
        raise RefusedSubmissionError(f"{quote(info.filename)} unpacks to over {ratio} times its size: refused")
    if info.flag_bits & 1 or info.compress_type not in READ_METHODS:
        why = "is encrypted" if info.flag_bits & 1 else f"is packed by method {info.compress_type}"
        raise RefusedSubmissionError(f"{quote(info.filename)} {why}: refused")
    try:
        with archive.open(info) as packed:
            return packed.read(most + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise RefusedSubmissionError(describe_archive_error(info.filename, error)) from None


def open_stream(name: str, file: BinaryIO, size: int, limits: SubmissionLimits, unpacked: int) -> "BoundedStream":
    """Return the unpacked bytes of a tar archive."""
    if name.lower().endswith((".gz", ".tgz")):
        return BoundedStream(gzip.GzipFile(fileobj=file), name, unpacked, limits.ratio * size)
    if name.lower().endswith(".bz2"):
        return BoundedStream(bz2.BZ2File(file), name, unpacked, limits.ratio * size)
    return BoundedStream(file, name, unpacked, unpacked)


def list_tar(stream: "BoundedStream", limits: SubmissionLimits) -> Iterator[Member]:
    """Yield the files of a tar archive as they come.  What may be wanted of one is read at once: a stream cannot go
    back."""
    with tarfile.open(fileobj=stream, mode="r|") as archive:  # type: ignore[call-overload]  # it only needs read
        for info in archive:
            if info.isdir():
                continue
            kind = "file" if info.isreg() else "link" if info.issym() or info.islnk() else "special"
            data = b""
            if kind == "file" and (is_source(info.name) or is_archive(info.name)):
                most = limits.file_bytes if is_source(info.name) else limits.archive_bytes
                packed = archive.extractfile(info)
                data = packed.read(most + 1) if packed else b""
            yield Member(info.name.encode("utf-8", "replace").decode("utf-8"), kind, partial(get_bytes, data))


def get_bytes(data: bytes, most: int) -> bytes:
    """Return the start of bytes that were read before, one more than `most` where there are more."""
    return data[: most + 1]


class BoundedStream:
    """A file that is read from start to end.  RefusedSubmissionError: there are more bytes than `most`, or than
    `packed_most`, which is what its packed size lets expect."""

    def __init__(self, file: BinaryIO | gzip.GzipFile | bz2.BZ2File, name: str, most: int, packed_most: int) -> None:
        self.file, self.name, self.total = file, name, 0
        self.most = min(most, max(packed_most, RATIO_FROM))

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes."""
        data = self.file.read(size)
        self.total += len(data)
        if self.total > self.most:
            raise RefusedSubmissionError(f"{quote(self.name)} unpacks to more than {self.most:,} bytes: refused")
        return data
