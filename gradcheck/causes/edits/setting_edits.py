"""The names of mistakes whose edit brings in a setting: by what the setting does, whatever the code calls it."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from gradcheck.causes.cause import Cause
from gradcheck.causes.edits.candidates import Candidate
from gradcheck.causes.edits.source_file import MOST_SOURCES, SourceFile
from gradcheck.causes.setting_names import IGNORED_BY, WITHOUT_EFFECT
from gradcheck.causes.setting_roles import find_role
from gradcheck.declaration.op import Op

OF_INDICES = frozenset({"wrong-index", "term-missing", "factor-missing", "setting-factor"})
"""Names of edits that bring a value into an index, or a factor or a term, of which the setting tells more."""
NAME_IN_CODE = re.compile(r"[^\W\d]\w*")
"""A name in a text of code."""


def name_by_settings(op: Op, candidate: Candidate) -> Cause:
    """Return the cause of an edit; of one that brings in a setting by what that does, or that it is a factor."""
    cause, patch = candidate.cause, candidate.make_patch(0)
    before, after = (Counter(NAME_IN_CODE.findall(text)) for text in (patch.before, patch.after))
    added = {*(after - before)} - {"self"}
    names = find_meanings(candidate.of.unit.source)
    settings = {names.get(name, name) for name in added}
    if not settings or not settings <= {*op.settings} or cause.name not in OF_INDICES:
        return cause
    role = find_role(op, next(iter(settings))) if len(settings) == 1 else ""
    if role in WITHOUT_EFFECT:
        return replace(cause, name=IGNORED_BY[role])
    return replace(cause, name="setting-factor") if cause.name == "factor-missing" else cause


@lru_cache(maxsize=MOST_SOURCES)
def find_meanings(source: SourceFile) -> dict[str, str]:
    """Find the names of a file that are short for a member of an object or a dictionary, as p is for padding in
    `p = self.padding`, with the names of these; without those that stand for several."""
    found = dict[str, set[str]]()
    assigned = ((t, node.value) for node in ast.walk(source.tree) if isinstance(node, ast.Assign) for t in node.targets)
    for target, value in assigned:
        for name, meaning in list_pairs(target, value):
            found.setdefault(name, set()).add(meaning)
    return {name: meaning for name, meanings in found.items() if len(meanings) == 1 for meaning in meanings if meaning}


def list_pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, str]]:
    """Yield the names that are assigned, each with that of the member that it gets; "" for anything else."""
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        for one, own in zip(target.elts, value.elts, strict=True):
            yield from list_pairs(one, own)
    elif isinstance(target, ast.Name):
        yield target.id, name_member(value)


def name_member(value: ast.expr) -> str:
    """Return the name of the member that an expression takes; "" for any other."""
    if isinstance(value, ast.Attribute):
        return value.attr
    key = value.slice if isinstance(value, ast.Subscript) else None
    return str(key.value) if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""
