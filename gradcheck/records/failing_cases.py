"""Failing cases on disk: one file for each finding, tried first next time and replayed one by one."""

import json
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gradcheck.declaration.op import Op, Several
from gradcheck.records.case import Case, CaseError
from gradcheck.records.results import Finding

SCHEMA = "gradcheck-kept/1"
FAILING_CASES_FOLDER = Path(".gradcheck")


class FailingCaseError(ValueError):
    """A kept case that cannot be read; the message names the file and says what is wrong with it."""


class FailingCaseWarning(UserWarning):
    """A kept case that could not be written or read: the check goes on without it."""


@dataclass(frozen=True)
class FailingCase:
    """A case on which a law did not hold.

    target: where its op was found, "" for the library.  input: what the finding was about, "" where it was about none.
    declaration: what `declaration(op)` said then, "" where nobody noted it.
    """

    target: str
    law: str
    input: str
    status: str
    case: Case
    declaration: str = ""

    @property
    def subject(self) -> tuple[str, str, str, str]:
        """What a later case must share to take this one's place."""
        return self.target, self.case.op, self.law, self.input


def describe_declaration(op: Op) -> str:
    """What an op may be given, in one line: a case kept under another declaration may not be lawful any more."""
    words = []
    for name, declared in op.inputs.items():
        array = declared.array if isinstance(declared, Several) else declared
        words.append(f"{name}: {'several ' * isinstance(declared, Several)}{array.domain.name} ({array.shape})")
    words += [f"{name}: {allowed}" for name, allowed in [*op.settings.items(), *op.sizes.items()]]
    return ", ".join([*words, f"outputs: {' '.join(op.outputs)}"])


def build_case_path(finding: Finding, folder: Path = FAILING_CASES_FOLDER) -> Path | None:
    """The file that keeps this finding's case; None where it has no case."""
    if finding.case is None:
        return None
    return folder / f"{build_file_stem(finding)}-{finding.case.digest}.json"


def build_file_stem(finding: Finding) -> str:
    """The part of a file name that says what was wrong: op, law and input."""
    return "-".join(map(escape_file_name, (finding.op, finding.law, finding.input)))


def escape_file_name(name: str) -> str:
    """A name as part of a file name, in which "-" divides the parts; "all" for none."""
    return re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_") or "all"


def save_failing_case(
    finding: Finding, target: str, folder: Path = FAILING_CASES_FOLDER, declaration: str = ""
) -> Path | None:
    """Write the finding's case and remove what was kept of the same subject before.

    Returns the file, None where there is no case to keep or the folder cannot be written, which is a KeptWarning.
    """
    path = build_case_path(finding, folder)
    if path is None or finding.case is None:
        return None
    kept = FailingCase(target, finding.law, finding.input, finding.status, finding.case, declaration)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for older in find_replaced_files(finding, kept, folder):
            older.unlink()
        path.write_text(encode_failing_case(kept), encoding="utf-8")
    except OSError as error:
        warnings.warn(f"the failing case of {finding.op} is not kept: {error}", FailingCaseWarning, stacklevel=2)
        return None
    return path


def find_replaced_files(finding: Finding, kept: FailingCase, folder: Path) -> Iterator[Path]:
    """Files that hold an older case of the same subject, and those under its name that are broken."""
    name = re.compile(re.escape(build_file_stem(finding)) + "-[0-9a-f]{8}[.]json")
    for path in sorted(folder.iterdir()):
        if name.fullmatch(path.name):
            try:
                if load_failing_case(path).subject == kept.subject:
                    yield path
            except FailingCaseError:
                yield path


def encode_failing_case(kept: FailingCase) -> str:
    """The text of a kept case, the same bytes for the same case; the order of its inputs is that of forward."""
    data = {name: getattr(kept, name) for name in ("target", "law", "input", "status", "declaration")}
    return json.dumps({"schema": SCHEMA, **data, "case": kept.case.to_json()}, indent=1) + "\n"


def load_failing_case(path: Path) -> FailingCase:
    """The case that `keep` wrote.  Raises KeptError where the file is missing, truncated or of another schema."""
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
    """The cases kept of one op under the same declaration, file by file.  A broken file is a FailingCaseWarning."""
    cases = []
    for path in sorted(folder.glob(f"{escape_file_name(op)}-*.json")):
        try:
            kept = load_failing_case(path)
        except FailingCaseError as error:
            warnings.warn(f"{error}; delete it", FailingCaseWarning, stacklevel=2)
            continue
        if (kept.case.op, kept.target, kept.declaration) == (op, target, declaration):
            cases.append(kept.case)
    return cases
