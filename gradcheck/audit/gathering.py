"""The members of one submission, taken one after the other within the limits."""

import io
from collections.abc import Iterable

from gradcheck.audit.archives import count_directory_entries, describe_archive_error, list_archive
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
from gradcheck.audit.submission import RefusedSubmissionError, Submission, SubmissionLimits

MOST_LISTED = 20
"""Ignored files that are listed by name."""


def gather_submission(name: str, members: Iterable[Member], limits: SubmissionLimits) -> Submission:
    """Read the files of a submission; what is refused makes it invalid, with nothing in it to run."""
    gathering = Gathering(limits)
    try:
        for member in members:
            gathering.take(member)
    except RefusedSubmissionError as refusal:
        return gathering.finish(name, str(refusal))
    except Exception as error:  # whatever a damaged archive makes of its reader
        return gathering.finish(name, describe_archive_error(name, error))
    return gathering.finish(name)


def unpack_member(member: Member, limits: SubmissionLimits) -> Iterable[Member]:
    """Yield the files of an archive that is a submission, or stands in one."""
    data = read_member(member, limits.archive_bytes)
    if count_directory_entries(data) > limits.members:
        raise RefusedSubmissionError(f"{quote(member.path)} holds more than {limits.members:,} files: refused")
    try:
        for packed in list_archive(member.path, io.BytesIO(data), len(data), limits, limits.unpacked_bytes):
            split_path(packed.path, "archive member")
            yield packed
    except RefusedSubmissionError:
        raise
    except Exception as error:  # the same
        raise RefusedSubmissionError(describe_archive_error(member.path, error)) from None


class Gathering:
    """What was taken of one submission so far."""

    def __init__(self, limits: SubmissionLimits) -> None:
        self.limits, self.members, self.bytes, self.archives = limits, 0, 0, 0
        self.files: dict[str, bytes] = {}
        self.ignored: list[str] = []

    def take(self, member: Member, is_packed: bool = False) -> None:
        """Take a member: the bytes of a source, the sources of an archive, the name of anything else.  An archive
        within an archive is not opened."""
        parts = split_path(member.path)
        self.members += 1
        if self.members > self.limits.members:
            raise RefusedSubmissionError(f"there are more than {self.limits.members:,} files: refused")
        if is_skipped(parts):
            return
        path = "/".join(parts)
        if is_source(path):
            self.take_source(path, member)
        elif is_archive(path) and not is_packed and member.kind == "file":
            self.archives += 1
            if self.archives > self.limits.archives:
                raise RefusedSubmissionError(f"there are more than {self.limits.archives} archives: refused")
            for packed in unpack_member(member, self.limits):
                self.take(move_below(packed, strip_suffix(path)), is_packed=True)
        else:
            self.ignored.append(path)

    def take_source(self, path: str, member: Member) -> None:
        """Take the bytes of a source; of two with one path the later, as when an archive is unpacked."""
        data = read_member(member, self.limits.file_bytes)
        self.bytes += len(data) - len(self.files.get(path, b""))
        self.files[path] = data
        if len(self.files) > self.limits.files:
            raise RefusedSubmissionError(f"there are more than {self.limits.files:,} .py and .ipynb files: refused")
        if self.bytes > self.limits.submission_bytes:
            most = self.limits.submission_bytes
            raise RefusedSubmissionError(f"the .py and .ipynb files are larger than {most:,} bytes: refused")

    def finish(self, name: str, invalid: str = "") -> Submission:
        """Return what was taken, or why it is invalid."""
        listed = tuple(sorted(self.ignored)[:MOST_LISTED])
        return Submission(name, {} if invalid else self.files, listed, len(self.ignored), invalid)
