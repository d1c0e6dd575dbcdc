"""The table of all vectors in reference/README.md."""

from collections.abc import Iterable

from gradcheck.records.golden_vectors import VectorFile

MARK = "<!-- made by gradcheck vectors --write -->\n"
"""What stands above the table, which is the end of the file."""


def replace_index(readme: str, files: Iterable[VectorFile]) -> str:
    """Return the README with the table of these files.  Raises ValueError where the mark is missing."""
    head, mark, _ = readme.partition(MARK)
    if not mark:
        raise ValueError(f"there is no line {MARK.strip()!r}")
    return f"{head}{mark}\n{render_index(files)}"


def render_index(files: Iterable[VectorFile]) -> str:
    """Render a Markdown table: each op with its formula, its source and its cases."""
    rows = [
        f"| [{file.op}]({file.op}.json) | {escape_cell(file.about['formula'])} | {escape_cell(file.about['source'])} "
        f"| {len(file.vectors) or escape_cell(file.infeasible)} |"
        for file in files
    ]
    return "\n".join(["| op | formula | source | cases |", "| --- | --- | --- | --- |", *rows]) + "\n"


def escape_cell(text: str) -> str:
    """Escape what Markdown takes for markup within a cell."""
    return text.replace("|", "\\|").replace("*", "\\*").replace("_", "\\_")
