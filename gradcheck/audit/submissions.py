"""The submissions of a class: a folder or an archive with one folder, file or archive for each student."""

import os
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping
from functools import partial
from pathlib import Path

from gradcheck.audit.archives import list_archive
from gradcheck.audit.folders import decode_name, list_entry, list_folder, walk_folder
from gradcheck.audit.gathering import gather_submission, unpack_member
from gradcheck.audit.members import (
    UNREAD_ARCHIVE_SUFFIXES,
    Member,
    is_archive,
    is_skipped,
    is_source,
    quote,
    split_path,
    strip_suffix,
)
from gradcheck.audit.submission import LIMITS, RefusedSubmissionError, Submission, SubmissionLimits, Submissions

Lister = Callable[[], Iterable[Member]]
"""Returns the files of one submission, each time it is called."""


def collect_submissions(
    path: str | Path, *, single: bool | None = None, limits: SubmissionLimits = LIMITS
) -> Submissions:
    """Find the submissions below a path: of a folder or an archive each entry is one, of a .py or .ipynb file itself.

    single: whether all of it is one submission; where it is not said, it is where .py or .ipynb files stand beside
    folders, and no archives.  Nothing is read yet but an archive of a class.  FileNotFoundError; ValueError: a file of
    another kind, or a folder or an archive that cannot be read.
    """
    given, path = Path(path), Path(path).resolve(strict=True)
    name = decode_name(path.name if given.name in ("", "..") else given.name)
    if path.is_dir():
        entries = [entry for entry in list_folder(path) if not is_skipped((entry.name,))]
        if single or (single is None and is_one_submission(entries)):
            return build_single(name, partial(walk_folder, path, limits.depth), limits)
        listers: dict[str, Lister | None] = {}
        for entry in entries:
            listers[find_free_name(decode_name(entry.name), listers)] = choose_lister(entry, limits)
        return build_class(listers, limits)
    member = Member(name, "file", partial(read_whole, path))
    if is_source(name):
        return build_single(strip_suffix(name), lambda: [member], limits)
    if not is_archive(name):
        raise ValueError(f"{quote(name)} is neither a folder, a .py or .ipynb file, nor a .zip or .tar archive")
    if single:
        return build_single(strip_suffix(name), partial(unpack_member, member, limits), limits)
    return collect_from_archive(name, path, limits)


def find_free_name(name: str, taken: Container[str]) -> str:
    """Return a name that is not taken: names that are no UTF-8 may look alike."""
    return name if name not in taken else find_free_name(f"{name}\N{REPLACEMENT CHARACTER}", taken)


def read_whole(path: Path, most: int) -> bytes:
    """Return the bytes of a file that the user named, one more than `most` where there are more."""
    with path.open("rb") as file:
        return file.read(most + 1)


def is_one_submission(entries: list[os.DirEntry[str]]) -> bool:
    """Whether a folder looks as one student's: files beside folders, or a package.  Only names are looked at, so that
    what is in one submission does not decide about others."""
    sources = [entry.name for entry in entries if is_source(entry.name)]
    folders = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    return "__init__.py" in sources or bool(
        sources and folders and not any(is_archive(entry.name) for entry in entries)
    )


def choose_lister(entry: os.DirEntry[str], limits: SubmissionLimits) -> Lister | None:
    """Return what lists the files of an entry of a class; None where it is nobody's submission."""
    if entry.is_dir(follow_symlinks=False):
        return partial(walk_folder, Path(entry.path), limits.depth)
    return choose_file_lister(list_entry(entry), limits)


def choose_file_lister(member: Member, limits: SubmissionLimits) -> Lister | None:
    """Return what lists a submission that is one file; a link may be anybody's, and is refused when it is read."""
    if member.kind == "link":
        return partial(raise_refusal, f"{quote(member.path)} is a link, which is not followed: refused")
    if is_source(member.path):
        return lambda: [member]
    if is_archive(member.path):
        return partial(unpack_member, member, limits)
    if member.path.lower().endswith(UNREAD_ARCHIVE_SUFFIXES):
        return partial(
            raise_refusal, f"{quote(member.path)} is an archive of a kind that is not read: send .zip or .tar.gz"
        )
    return None


def raise_refusal(reason: str) -> Iterable[Member]:
    """Raise RefusedSubmissionError with this reason."""
    raise RefusedSubmissionError(reason)


def collect_from_archive(name: str, path: Path, limits: SubmissionLimits) -> Submissions:
    """Find the submissions in an archive of a class.  ValueError: it cannot be read."""
    try:
        members = list_archive(name, path.open("rb"), path.stat().st_size, limits, limits.class_bytes)
        groups, escaping = group_members(members, strip_suffix(name))
    except Exception as error:  # whatever a damaged archive makes of its reader
        raise ValueError(f"{quote(name)} cannot be read: {error}; unpack it, and give the folder") from error
    listers: dict[str, Lister | None] = {name: choose_group(group, limits) for name, group in groups.items()}
    return build_class(
        {**listers, **{name: partial(raise_refusal, reason) for name, reason in escaping.items()}}, limits
    )


def choose_group(group: list[Member], limits: SubmissionLimits) -> Lister | None:
    """Return what lists the files of a group: the file itself, or those of the folder."""
    return choose_file_lister(group[0], limits) if is_file(group) else lambda: [drop_first(m) for m in group]


def is_file(group: list[Member]) -> bool:
    """Whether a group is a file, and no folder."""
    return len(group) == 1 and len(split_path(group[0].path)) == 1


def group_members(members: Iterable[Member], stem: str) -> tuple[dict[str, list[Member]], dict[str, str]]:
    """Return the members of an archive by the first part of their paths, below the one folder that bears the name of
    the archive or holds several others; and why those are refused that lead outside."""
    groups: dict[str, list[Member]] = {}
    refused: dict[str, str] = {}
    for member in members:
        first = member.path.replace("\\", "/").lstrip("/.").partition("/")[0]
        try:
            parts = split_path(member.path, "archive member")
        except RefusedSubmissionError as refusal:
            refused[first or member.path] = str(refusal)
        else:
            if parts and not is_skipped(parts):
                groups.setdefault(parts[0], []).append(member)
    if len(groups) == 1 and not refused:
        ((only, group),) = groups.items()
        inner = {} if is_file(group) else group_members(map(drop_first, group), "")[0]
        if inner and (only == stem or sum(not is_source(name) for name in inner) == len(inner) > 1):
            return inner, {}
    return {name: group for name, group in groups.items() if name not in refused}, refused


def drop_first(member: Member) -> Member:
    """Return a member of a folder as one of what is in it."""
    return Member("/".join(split_path(member.path)[1:]), member.kind, member.read)


def build_single(name: str, lister: Lister, limits: SubmissionLimits) -> Submissions:
    """Return the one submission that there is."""
    return Submissions({name: partial(read_submission, name, lister, limits)}, is_single=True)


def build_class(listers: Mapping[str, Lister | None], limits: SubmissionLimits) -> Submissions:
    """Return the submissions of a class by the names of their files and folders, without what says the kind where that
    leaves them different."""
    found = {name: lister for name, lister in listers.items() if lister and not name.startswith(".")}
    stems = Counter(strip_suffix(name) for name in found)
    named = {
        short if stems[short := strip_suffix(name)] == 1 and short not in found else name: lister
        for name, lister in found.items()
    }
    readers = {name: partial(read_submission, name, named[name], limits) for name in sorted(named)}
    return Submissions(readers, tuple(sorted(name for name in listers if name not in found)))


def read_submission(name: str, lister: Lister, limits: SubmissionLimits) -> Submission:
    """Read one submission."""
    try:
        return gather_submission(name, lister(), limits)
    except RefusedSubmissionError as refusal:
        return Submission(name, invalid=str(refusal))
