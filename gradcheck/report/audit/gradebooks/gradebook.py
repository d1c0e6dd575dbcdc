"""The Protocol of a gradebook, which makes the files that one system of marks takes."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from gradcheck.records.audit import Audit
    from gradcheck.report.audit.show import Show


class Gradebook(Protocol):
    """One format of marks.  name: by which it is chosen."""

    @property
    def name(self) -> str:
        """The name of the format."""

    def render(self, audit: "Audit", show: "Show", export: str) -> Mapping[str, str]:
        """Write the marks of an audit: the texts of files by their paths below the folder of the audit; equal audits
        give equal texts.

        show: how much of the diagnosis students are told.  export: the text of the file that a teacher exported, ""
        without; only a format that fills such a file reads it.  Raises GradebookError where it cannot be filled.
        """
