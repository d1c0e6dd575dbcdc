"""One name, one thing: no top-level name is defined in two modules of the package."""

import ast
from collections import defaultdict
from pathlib import Path

import gradcheck

ROOT = Path(gradcheck.__file__).parent

INTERFACES = {
    "LAW": "a law, in its file",
    "examine": "how a law examines a case",
    "explain_finding": "how a law explains what it found",
    "CONVENTION": "a calling convention, in its file",
    "code": "how code that follows a calling convention is called",
    "recognises": "whether code follows a calling convention",
    "TABLE": "the primitives of JAX that a module has counterparts of",
    "HANDLERS": "what an agent in the sandbox does on request",
    "SCHEMA": "the schema of a kind of file",
    "check": "the public function, and the command of its name",
    "__all__": "what a package exports",
}
"""Names that several modules define since others look for them there, and what they are."""


def defined_in(statement):
    """The names that a statement of a module defines."""
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        return [statement.name]
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return [node.id for target in targets if target for node in ast.walk(target) if isinstance(node, ast.Name)]


def modules_by_name():
    """The modules that define each name, but for ops, networks and model answers, whose parts have the same names."""
    found = defaultdict(list)
    for path in sorted(ROOT.rglob("*.py")):
        if not {"ops", "networks", "assignments"} & {*path.relative_to(ROOT).parts}:
            for statement in ast.parse(path.read_text()).body:
                for name in defined_in(statement):
                    found[name].append(str(path.relative_to(ROOT)))
    return {name: sorted(set(modules)) for name, modules in found.items()}


def test_no_name_is_defined_in_two_modules():
    repeated = {name: modules for name, modules in modules_by_name().items() if len(modules) > 1}
    assert {name: modules for name, modules in repeated.items() if name not in INTERFACES} == {}


def test_an_interface_is_defined_in_several_modules():
    found = modules_by_name()
    assert [name for name in INTERFACES if len(found.get(name, [])) < 2] == []
