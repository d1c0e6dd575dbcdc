"""Files of a submission as syntax trees, with what is wrong with them in words."""

import ast
import io
import re
import tokenize
import warnings
from dataclasses import dataclass, field

from gradcheck.audit.agent.notebooks import list_cells
from gradcheck.audit.agent.trees import clip_text

PYTHON_2_MESSAGES = (
    "Missing parentheses in call to",
    "multiple exception types must be parenthesized",
    "leading zeros in decimal integer literals",
    "inconsistent use of tabs",
)
"""What Python 3 says of code that was right in Python 2."""
PYTHON_2_LINE = re.compile(
    r"""^\s*(print\s+[^\s(=.\[,+*/-]|print\s*>>|exec\s+["'\w]|raise\s+\w+\s*,|except\s+[\w.()\s,]+,\s*\w+\s*:)|<>|\b\d+L\b|`"""
)


@dataclass
class Chunk:
    """A module, or a cell of a notebook: its statements.  cell: the number of the cell, from 1; 0 in a module."""

    statements: list[ast.stmt]
    cell: int = 0


@dataclass
class StudentFile:
    """A file: its chunks, and its status: "ok", "python2" or "unloadable", with the reason in words.  A notebook is
    "ok" where some of its cells can be read.  unread: the text of what cannot be.
    missing_stars: modules that are not here, of which it imports all names."""

    path: str
    chunks: list[Chunk] = field(default_factory=list)
    status: str = "ok"
    reason: str = ""
    line: int = 0
    unread: str = ""
    missing_stars: list[str] = field(default_factory=list)


def read_source(path: str, data: bytes) -> StudentFile:
    """Parse a file; nothing of it runs."""
    file = StudentFile(path)
    try:
        if path.lower().endswith(".ipynb"):
            cells = [(i, code) for i, code in enumerate(list_cells(data.decode("utf-8-sig", "replace")), 1) if code]
        else:
            cells = [(0, decode_source(data))]
    except (ValueError, RecursionError, AttributeError, TypeError) as error:
        file.status, file.reason = "unloadable", clip_text(f"{type(error).__name__}: {error}")
        return file
    for cell, code in cells:
        parse_chunk(file, code, cell)
    if file.chunks and file.status != "ok" and cells[0][0]:
        file.status = "ok"
    return file


def parse_chunk(file: StudentFile, code: str, cell: int) -> None:
    """Add the statements of a module or a cell to its file, or the reason for which there are none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes and numbers that are written oddly
            file.chunks.append(Chunk(ast.parse(code).body, cell))
    except SyntaxError as error:
        line = error.lineno or 0
        old = is_python_2(error, code.split("\n")[line - 1] if 0 < line <= code.count("\n") + 1 else "")
        file.status, file.line, file.unread = "python2" if old else "unloadable", line, f"{file.unread}{code}\n"
        where = f"cell {cell}, line {line}" if cell else f"line {line}"
        file.reason = clip_text(f"{'Python 2' if old else type(error).__name__}: {error.msg} ({where})")
    except (ValueError, RecursionError, MemoryError) as error:
        file.status, file.unread = "unloadable", f"{file.unread}{code}\n"
        file.reason = clip_text(f"{type(error).__name__}: {error}")


def is_python_2(error: SyntaxError, line: str) -> bool:
    """Whether a line that Python 3 cannot read is one of Python 2."""
    return str(error.msg).startswith(PYTHON_2_MESSAGES) or PYTHON_2_LINE.search(line) is not None


def decode_source(data: bytes) -> str:
    """Return the text of a module by the encoding that it declares; bytes that are not in it become U+FFFD, since they
    stand in comments and messages more often than not."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    except SyntaxError:
        encoding = "utf-8-sig"
    text = data.decode(encoding, "replace").replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\0", "")
