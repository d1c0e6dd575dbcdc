"""What one student handed in, as bytes: nothing of it is compiled, parsed or imported here."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

MEBIBYTE = 2**20


class RefusedSubmissionError(ValueError):
    """A submission holds something that is not read; the message says what, and that it is refused."""


@dataclass(frozen=True)
class SubmissionLimits:
    """How much of a submission is read.  members: files and folders met, of any kind; files: .py and .ipynb files;
    archives: those that stand in it; depth: folders within each other.  In bytes: file_bytes, one .py or .ipynb file;
    submission_bytes, all of them; archive_bytes, a student's archive as it was handed in; unpacked_bytes, a tar archive
    unpacked, with what is ignored in it; class_bytes, the same of an archive of the class.  ratio: unpacked bytes for
    one packed."""

    members: int = 100_000
    files: int = 2000
    archives: int = 10
    depth: int = 40
    file_bytes: int = 32 * MEBIBYTE
    submission_bytes: int = 48 * MEBIBYTE
    archive_bytes: int = 128 * MEBIBYTE
    unpacked_bytes: int = 256 * MEBIBYTE
    class_bytes: int = 2048 * MEBIBYTE
    ratio: int = 200


LIMITS = SubmissionLimits()


@dataclass(frozen=True)
class Submission:
    """The .py and .ipynb files of one student, by their paths below the submission, with "/".  ignored: the first of
    the other files, of which there are `ignored_count`; invalid: why nothing of it is run, "" where it may be."""

    name: str
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    ignored: tuple[str, ...] = ()
    ignored_count: int = 0
    invalid: str = ""


@dataclass(frozen=True)
class Submissions:
    """All submissions, in the order of their names.  Each is read when it is asked for, so that one at a time is in
    memory.  ignored: names beside them that are nobody's submission; is_single: whether all is one submission."""

    readers: Mapping[str, Callable[[], Submission]] = field(repr=False)
    ignored: tuple[str, ...] = ()
    is_single: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the students, each of them once."""
        return tuple(self.readers)

    def read(self, name: str) -> Submission:
        """Read the submission of one student; KeyError where there is none of this name."""
        return self.readers[name]()

    def __len__(self) -> int:
        return len(self.readers)

    def __iter__(self) -> Iterator[Submission]:
        return (read() for read in self.readers.values())
