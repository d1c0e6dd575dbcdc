"""The results of an audit as they come, a line of JSON each, from which an interrupted audit goes on."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from gradcheck.audit.audit_settings import AuditSettings
from gradcheck.audit.submission import Submission
from gradcheck.checking.check import collect_versions
from gradcheck.records.audit import SubmissionResult
from gradcheck.records.codec import encode_record

LOG_NAME = "results.jsonl"


def digest_settings(settings: AuditSettings) -> str:
    """Return a digest of all that every result depends on: the settings, what is asked for, and the versions."""
    assignment = settings.read_assignment()
    digest = hashlib.sha256(repr((settings, assignment, sorted(collect_versions().items()))).encode())
    digest.update(assignment.model.read_bytes())
    return digest.hexdigest()


def digest_task(submission: Submission, basis: str) -> str:
    """Return a digest of all that a result depends on: the files, and what digest_settings returned."""
    digest = hashlib.sha256(basis.encode())
    digest.update(submission.invalid.encode("utf-8", "replace"))
    for path, content in sorted(submission.files.items()):
        digest.update(path.encode("utf-8", "replace") + b"\0" + hashlib.sha256(content).digest())
    return digest.hexdigest()


def append_result(folder: Path, key: str, result: SubmissionResult) -> None:
    """Add a result to the log.  Raises OSError."""
    line = json.dumps({"key": key, "result": encode_record(result)}, separators=(",", ":"))
    with (folder / LOG_NAME).open("a", encoding="utf-8") as file:
        file.write(line + "\n")


def read_results(folder: Path) -> dict[str, SubmissionResult]:
    """Read the results of a log by their digests; a line that was cut by an interrupt is left out."""
    path = folder / LOG_NAME
    return dict(read_lines(path.read_text("utf-8"))) if path.exists() else {}


def read_lines(text: str) -> Iterator[tuple[str, SubmissionResult]]:
    """Yield what the whole lines of a log hold."""
    for line in text.splitlines():
        try:
            data = json.loads(line)
            yield str(data["key"]), SubmissionResult.read(data["result"])
        except (KeyError, TypeError, ValueError):
            continue
