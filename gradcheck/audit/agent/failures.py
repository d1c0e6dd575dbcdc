"""What a student's code raised, as a record: its type, message and place, and whether the work is merely unfinished."""

import re
import traceback
from typing import Any

from gradcheck.audit.agent.stand_ins import PYTHON_2_NAMES
from gradcheck.audit.agent.statements import PREFIX, describe
from gradcheck.audit.agent.trees import clip_text, get_type_name

REMOVED_FROM_NUMPY = {
    **{name: name for name in ("int", "float", "bool", "complex", "object", "str")},
    **{"long": "int", "unicode": "str", "product": "np.prod", "cumproduct": "np.cumprod", "alltrue": "np.all"},
    **{"sometrue": "np.any", "in1d": "np.isin", "row_stack": "np.vstack", "trapz": "np.trapezoid", "Inf": "np.inf"},
    **{"float_": "np.float64", "complex_": "np.complex128", "NaN": "np.nan", "Infinity": "np.inf", "infty": "np.inf"},
    **{"asfarray": "np.asarray(…, dtype=float)", "msort": "np.sort(…, axis=0)", "mat": "np.asmatrix"},
    **{"asscalar": "x.item()", "round_": "np.round", "int0": "np.intp", "bool8": "np.bool_", "cast": "np.asarray"},
    **{"find_common_type": "np.result_type", "rank": "np.ndim", "PINF": "np.inf", "NINF": "-np.inf"},
}
"""Names that NumPy 1.20 to 2.4 removed, and what to write."""
MISSING_ATTRIBUTE = re.compile(
    r"module '(?:numpy|np)' has no attribute '(\w+)'|cannot import name '(\w+)' from 'numpy'"
)
PYTHON_2_METHODS = {"has_key", "iteritems", "itervalues", "iterkeys"}
FAILURE_KINDS = {
    NotImplementedError: "not-implemented",
    MemoryError: "memory",
    SystemExit: "exit",
    KeyboardInterrupt: "exit",
}


def describe_failure(error: BaseException, files: Any) -> dict[str, Any]:
    """Return what was raised.  files: those of the submission by path; the place is the innermost line in one.  A name
    is of a missing module where all names of one are imported."""
    file, cell, line = find_student_line(error, files)
    failure: dict[str, Any] = {
        "raised": get_type_name(error),
        "message": describe(error),
        "file": file,
        "cell": cell,
        "line": line,
        "kind": "error",
        "hint": "",
    }
    kind = {"kind": "signature"} if isinstance(error, TypeError) and not file else classify(error, line)
    stars = files[file].missing_stars if file and kind["kind"] == "missing-name" else []
    if stars:
        kind = {"kind": "missing-module", "hint": f"{kind['hint']}, perhaps of {', '.join(stars[:3])}"}
    return {**failure, **kind}


def classify(error: BaseException, line: int) -> dict[str, Any]:
    """Return the kind of a failure where it is no plain error, and what to do about it: "not-implemented",
    "missing-name", "missing-module", "numpy-removed", "python2", "memory" or "exit"; "signature" is what cannot be
    called with these arguments."""
    hint = describe_old_code(error, line)
    if hint:
        return hint
    if isinstance(error, ImportError):
        return {"kind": "missing-module", "hint": clip_text(str(error.name or ""))}
    if isinstance(error, (AttributeError, TypeError)) and "'NoneType'" in describe(error):
        return {"kind": "not-implemented", "hint": "a value is None"}
    if isinstance(error, AssertionError) and "todo" in describe(error).lower():
        return {"kind": "not-implemented"}
    if isinstance(error, NameError):
        return {"kind": "missing-name", "hint": clip_text(str(error.name or ""))}
    return {"kind": next((kind for cls, kind in FAILURE_KINDS.items() if isinstance(error, cls)), "error")}


def describe_old_code(error: BaseException, line: int) -> dict[str, Any]:
    """Return the kind and the hint of code that an earlier Python or NumPy would have run; nothing of other code."""
    message = describe(error)
    removed = MISSING_ATTRIBUTE.search(message) if isinstance(error, (AttributeError, ImportError)) else None
    name = next(filter(None, removed.groups()), "") if removed else ""
    if name in REMOVED_FROM_NUMPY:
        return {"kind": "numpy-removed", "hint": f"np.{name} (line {line}), use {REMOVED_FROM_NUMPY[name]}"}
    missing = str(error.name or "") if isinstance(error, (AttributeError, NameError)) else ""
    if missing in (PYTHON_2_METHODS if isinstance(error, AttributeError) else PYTHON_2_NAMES):
        return {"kind": "python2", "hint": missing}
    if isinstance(error, TypeError) and 'Did you mean "print(' in message:
        return {"kind": "python2", "hint": "print >>"}
    return {}


def find_student_line(error: BaseException, files: Any) -> tuple[str, int, int]:
    """Return the file, the number of the cell, and the line of the innermost code of the submission."""
    place = ("", 0, 0)
    for frame, line in traceback.walk_tb(error.__traceback__):
        name = frame.f_code.co_filename.removeprefix(f"{PREFIX}/")
        path, cell = (name, "") if name in files else name.rpartition("#")[::2]
        if path in files:
            place = (path, int(cell) if cell.isdecimal() else 0, line)
    return place
