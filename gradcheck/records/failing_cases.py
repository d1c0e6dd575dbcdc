"""Failing cases on disk: one file for each finding, examined first in the next run, and replayed one by one."""

import hashlib
import json
import os
import re
import stat
import warnings
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from gradcheck.atomic_files import write_atomically
from gradcheck.declaration.inputs import Several
from gradcheck.declaration.op import Op
from gradcheck.escaping import cut_text
from gradcheck.records.case import Case
from gradcheck.records.results import Finding, FindingKind

SCHEMA = "gradcheck-kept/1"
FAILING_CASES_FOLDER = Path(".gradcheck")
MAX_PART_LENGTH = 60
"""Characters of a name in the name of a file, of which file systems take 255."""


class FailingCaseError(ValueError):
    """A failing case that cannot be read; the message names the file and says what is wrong with it."""


class FailingCaseWarning(UserWarning):
    """A failing case that could not be written or read: the check goes on without it."""


@dataclass(frozen=True)
class FailingCase:
    """A case on which a law did not hold.

    target: where its op was found, "" for the library.  input: the name of the finding's subject, "" for the whole op.
    declaration: the text of `describe_declaration(op)` at that time, "" where it was not recorded.  kind: of the
    finding, "disagrees" where it was not recorded.
    """

    target: str
    law: str
    input: str
    status: str
    case: Case
    declaration: str = ""
    kind: str = FindingKind.DISAGREES

    @property
    def subject(self) -> tuple[str, str, str, str, str]:
        """The identity of what failed: a later case with the same one replaces this case."""
        return self.target, self.case.op, self.law, self.input, self.kind


def describe_declaration(op: Op) -> str:
    """Return the declaration of an op in one line.  A case saved under another declaration may no longer be lawful."""
    words = []
    for name, declared in op.inputs.items():
        array = declared.array if isinstance(declared, Several) else declared
        words.append(f"{name}: {'several ' * isinstance(declared, Several)}{array.domain.name} ({array.shape})")
    words += [f"{name}: {allowed}" for name, allowed in [*op.settings.items(), *op.sizes.items()]]
    return ", ".join([*words, f"outputs: {' '.join(op.outputs)}"])


def build_case_path(finding: Finding, folder: Path = FAILING_CASES_FOLDER) -> Path | None:
    """Return the file for this finding's case; None where it has no case."""
    if finding.case is None:
        return None
    return folder / f"{build_file_stem(finding)}-{finding.case.digest}.json"


def build_file_stem(finding: Finding) -> str:
    """Return the part of a file name that identifies op, law and input."""
    return "-".join(map(escape_file_name, (finding.op, finding.law, finding.input)))


def escape_file_name(name: str) -> str:
    """Return a name as part of a file name, in which "-" separates the parts; "all" for an empty name."""
    plain = re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_") or "all"
    if len(plain) <= MAX_PART_LENGTH:
        return plain
    digest = hashlib.blake2b(name.encode(errors="backslashreplace"), digest_size=4).hexdigest()
    return f"{plain[: MAX_PART_LENGTH - 9]}_{digest}"


def save_failing_case(
    finding: Finding, target: str, folder: Path = FAILING_CASES_FOLDER, declaration: str = ""
) -> Path | None:
    """Write the finding's case and remove the earlier case of the same subject.

    Returns the file; None where there is no case to write, or where the folder cannot be written, which is a
    FailingCaseWarning.
    """
    path = build_case_path(finding, folder)
    if path is None or finding.case is None:
        return None
    failing_case = FailingCase(
        target, finding.law, finding.input, finding.status, finding.case, declaration, finding.kind
    )
    try:
        make_folder(folder)
        write_atomically(encode_failing_case(failing_case), path)
        for older in find_replaced_files(finding, failing_case, folder):
            if older != path:
                older.unlink()
    except OSError as error:
        op = cut_text(finding.op)
        warnings.warn(f"the failing case of {op} is not kept: {error}", FailingCaseWarning, stacklevel=2)
        return None
    return path


def make_folder(folder: Path) -> None:
    """Make the folder of failing cases, with a file that has git leave it alone.  Raises OSError."""
    is_new = not folder.is_dir()
    folder.mkdir(parents=True, exist_ok=True)
    if is_new or os.listdir(folder) == ["xla"]:
        with suppress(FileExistsError), (folder / ".gitignore").open("x", encoding="utf-8") as file:
            file.write("# made by gradcheck: failing cases of this machine, tried first in the next run\n*\n")


def find_replaced_files(finding: Finding, failing_case: FailingCase, folder: Path) -> Iterator[Path]:
    """Yield files that hold an earlier case of the same subject, and broken files of that name."""
    name = re.compile(re.escape(build_file_stem(finding)) + "-[0-9a-f]{8}[.]json")
    for path in sorted(folder.iterdir()):
        if name.fullmatch(path.name) and path.is_file():
            try:
                if load_failing_case(path).subject == failing_case.subject:
                    yield path
            except FailingCaseError:
                yield path


def encode_failing_case(failing_case: FailingCase) -> str:
    """Return the text of a failing case: equal bytes for equal cases; the order of its inputs is that of forward."""
    data = {name: getattr(failing_case, name) for name in ("target", "law", "input", "status", "declaration", "kind")}
    return json.dumps({"schema": SCHEMA, **data, "case": failing_case.case.to_json()}, indent=1) + "\n"


def load_failing_case(path: Path) -> FailingCase:
    """Return the case that `save_failing_case` wrote.  Raises FailingCaseError where the file is missing, truncated, of
    another schema, or holds what no check saves."""
    try:
        return decode_failing_case(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FailingCaseError(f"{path}: cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise FailingCaseError(f"{path}: cannot be read: {cut_text(str(error))}") from None


def decode_failing_case(text: str) -> FailingCase:
    """Return the case that `encode_failing_case` wrote.  Raises ValueError, which says what is wrong."""
    try:
        data = json.loads(text)
    except ValueError as error:
        raise ValueError(f"this is not JSON, or it is truncated: {error}") from None
    schema = data.get("schema") if isinstance(data, dict) else type(data).__name__
    if schema != SCHEMA:
        raise ValueError(f"this is no kept case: its schema is {schema!r}, and this version reads {SCHEMA!r}")
    try:
        words = {name: str(data[name]) for name in ("target", "law", "input", "status")}
    except KeyError as missing:
        raise ValueError(f"the file has no {missing}") from None
    if "case" not in data:
        raise ValueError("the file has no 'case'")
    later = {"declaration": str(data.get("declaration", "")), "kind": str(data.get("kind", FindingKind.DISAGREES))}
    return FailingCase(**words, case=Case.from_json(data["case"]), **later)


def load_case(path: str | Path) -> Case:
    """Load the case of a failing-case file, to look at it or to call an op on it.

    Parameters
    ----------
    path : str or Path
        A file of the folder .gradcheck.

    Returns
    -------
    Case
        Its inputs are ``case.point``, its upstream ``case.upstream``.

    Raises
    ------
    FailingCaseError
        If the file is missing, truncated or of another schema.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from gradcheck import adapt, check, load_case
    >>> from gradcheck.records.failing_cases import save_failing_case
    >>> op = adapt(lambda x: (x * x, x), lambda dy, x: x * dy, name="half", x="N")
    >>> finding = check(op, examples=4, laws=("gradient",), shrink=False).findings[0]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     case = load_case(save_failing_case(finding, "", Path(folder)))
    >>> case.op, case.digest == finding.case.digest
    ('half', True)
    """
    return load_failing_case(Path(path)).case


def load_cases_of_op(op: str, target: str, folder: Path = FAILING_CASES_FOLDER, declaration: str = "") -> list[Case]:
    """Return the failing cases of one op under this declaration, sorted by file name.  A broken file is a
    FailingCaseWarning."""
    cases = []
    for path in list_case_files(folder, f"{escape_file_name(op)}-*.json"):
        try:
            require_regular_file(path)
            failing_case = load_failing_case(path)
        except FailingCaseError as error:
            warnings.warn(f"{error}; delete it", FailingCaseWarning, stacklevel=2)
            continue
        if (failing_case.case.op, failing_case.target, failing_case.declaration) == (op, target, declaration):
            cases.append(failing_case.case)
    return cases


def list_case_files(folder: Path, pattern: str) -> list[Path]:
    """List the files of a folder whose names match, sorted; a folder that cannot be read is a FailingCaseWarning."""
    try:
        return sorted(folder / name for name in os.listdir(folder) if fnmatchcase(name, pattern))
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        warnings.warn(f"{folder}: cannot be read: {error.strerror}", FailingCaseWarning, stacklevel=2)
        return []


def require_regular_file(path: Path) -> None:
    """Raise FailingCaseError for anything but a regular file, as for a pipe, which would never end."""
    with suppress(OSError):
        if not stat.S_ISREG(path.stat().st_mode):
            raise FailingCaseError(f"{path}: cannot be read: it is no file")
