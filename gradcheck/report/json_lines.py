"""Reports for programs that read line by line: the run without its results, then a line for each op."""

import json
from typing import TYPE_CHECKING, Any

from gradcheck.records.codec import encode_record
from gradcheck.report.context import ReportContext
from gradcheck.report.renderer import Renderer

if TYPE_CHECKING:
    from gradcheck.records.results import Run


class JSONLinesRenderer:
    """The format `jsonl`.  `record` says what a line holds: "run" in the first, "op" in the others."""

    name = "jsonl"
    suffix = ".jsonl"
    shows_comparison = False

    def render(self, run: "Run", context: ReportContext) -> str:
        """Encode the run; a comparison has no place in it."""
        from gradcheck.records.results import SCHEMA

        head = {"schema": SCHEMA, **encode_record(run)}
        results = head.pop("results")
        return encode_line({"record": "run", **head}) + "".join(encode_line({"record": "op", **r}) for r in results)


def encode_line(record: dict[str, Any]) -> str:
    """Encode one record as a line."""
    return json.dumps(record, separators=(",", ":"), allow_nan=False) + "\n"


JSON_LINES: Renderer = JSONLinesRenderer()
