"""Failing cases on disk: one file for each finding, examined first in the next run, and replayed one by one."""

import json
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gradcheck.declaration.inputs import Several
from gradcheck.declaration.op import Op
from gradcheck.records.case import Case, CaseError
from gradcheck.records.results import Finding

SCHEMA = "gradcheck-kept/1"
FAILING_CASES_FOLDER = Path(".gradcheck")


class FailingCaseError(ValueError):
    """A failing case that cannot be read; the message names the file and says what is wrong with it."""


class FailingCaseWarning(UserWarning):
    """A failing case that could not be written or read: the check goes on without it."""


@dataclass(frozen=True)
class FailingCase:
    """A case on which a law did not hold.

    target: where its op was found, "" for the library.  input: the name of the finding's subject, "" for the whole op.
    declaration: the text of `describe_declaration(op)` at that time, "" where it was not recorded.
    """

    target: str
    law: str
    input: str
    status: str
    case: Case
    declaration: str = ""

    @property
    def subject(self) -> tuple[str, str, str, str]:
        """The identity of what failed: a later case with the same one replaces this case."""
        return self.target, self.case.op, self.law, self.input


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
    return re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_") or "all"


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
    failing_case = FailingCase(target, finding.law, finding.input, finding.status, finding.case, declaration)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for older in find_replaced_files(finding, failing_case, folder):
            older.unlink()
        path.write_text(encode_failing_case(failing_case), encoding="utf-8")
    except OSError as error:
        warnings.warn(f"the failing case of {finding.op} is not kept: {error}", FailingCaseWarning, stacklevel=2)
        return None
    return path


def find_replaced_files(finding: Finding, failing_case: FailingCase, folder: Path) -> Iterator[Path]:
    """Yield files that hold an earlier case of the same subject, and broken files of that name."""
    name = re.compile(re.escape(build_file_stem(finding)) + "-[0-9a-f]{8}[.]json")
    for path in sorted(folder.iterdir()):
        if name.fullmatch(path.name):
            try:
                if load_failing_case(path).subject == failing_case.subject:
                    yield path
            except FailingCaseError:
                yield path


def encode_failing_case(failing_case: FailingCase) -> str:
    """Return the text of a failing case: equal bytes for equal cases; the order of its inputs is that of forward."""
    data = {name: getattr(failing_case, name) for name in ("target", "law", "input", "status", "declaration")}
    return json.dumps({"schema": SCHEMA, **data, "case": failing_case.case.to_json()}, indent=1) + "\n"


def load_failing_case(path: Path) -> FailingCase:
    """Return the case that `save_failing_case` wrote.  Raises FailingCaseError where the file is missing, truncated or
    of another schema."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FailingCaseError(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise FailingCaseError(f"{path}: this is not JSON, or it is truncated: {error}") from None
    schema = data.get("schema") if isinstance(data, dict) else type(data).__name__
    if schema != SCHEMA:
        raise FailingCaseError(
            f"{path}: this is no kept case: its schema is {schema!r}, and this version reads {SCHEMA!r}"
        )
    try:
        words = {name: str(data[name]) for name in ("target", "law", "input", "status")}
        return FailingCase(**words, case=Case.from_json(data["case"]), declaration=str(data.get("declaration", "")))
    except KeyError as missing:
        raise FailingCaseError(f"{path}: the file has no {missing}") from None
    except CaseError as error:
        raise FailingCaseError(f"{path}: {error}") from None


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
    for path in sorted(folder.glob(f"{escape_file_name(op)}-*.json")):
        try:
            failing_case = load_failing_case(path)
        except FailingCaseError as error:
            warnings.warn(f"{error}; delete it", FailingCaseWarning, stacklevel=2)
            continue
        if (failing_case.case.op, failing_case.target, failing_case.declaration) == (op, target, declaration):
            cases.append(failing_case.case)
    return cases
