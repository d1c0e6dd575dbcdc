"""Tests mirror the package: gradcheck/ROOM/MODULE.py is tested by tests/ROOM/test_MODULE.py, and the other way round.

An `__init__.py` that holds code is tested by a file named for its folder.
"""

import ast
from pathlib import Path

import pytest

import gradcheck

PACKAGE, TESTS = Path(gradcheck.__file__).parent, Path(__file__).parent

WITHOUT_A_FILE_OF_THEIR_OWN = {
    "__init__.py": "tests/test_public_names.py: the names of the package",
    "__main__.py": "tests/cli/test_commands.py: the command line as a module",
    "audit/assignments": "model answers; tests/audit/test_model_ops.py checks each of them",
    "discovery/target_errors.py": "two exceptions; tests/discovery/test_targets.py and test_module_ops.py meet them",
    "networks": "as the ops",
    "ops": "every op is checked by tests/discovery/test_library.py, and those of the lecture by tests/ops",
    "oracles/oracle.py": "a Protocol, which every oracle of tests/oracles/test_registry.py follows",
    "report/audit/gradebooks/gradebook.py": "a Protocol; tests/report/audit/gradebooks/test_registry.py loads each",
    "report/audit/show.py": "three names; tests/report/audit/test_function_section.py says what each of them hides",
    "report/context.py": "a record without functions; every renderer of tests/report/test_registry.py is handed one",
    "report/renderer.py": "a Protocol, which every renderer of tests/report/test_registry.py follows",
    "sandbox/inside/values.py": "constants; tests/sandbox/inside/test_value_encoding.py and test_value_decoding.py",
    "running/located_op.py": "a record without functions; tests/running/test_session.py makes some",
    "running/plan.py": "a record without functions; tests/running/test_one_op.py goes by one",
}
"""Folders and modules without a test file of their name, and what tests them instead."""

WITHOUT_A_MODULE = {
    "audit/agent/test_course_styles.py": "the whole agent, on files in the styles of real courses",
    "audit/test_generated_class.py": "the whole audit, on a class with known verdicts",
    "benchmarks": "the programs in benchmarks/, which are no part of the package",
    "corpus": "faults that the checks must find: that each is found, and nothing else",
    "integrations": "the files by which other tools run gradcheck: the action, the hook, the image, the recipe",
    "networks/test_twins.py": "the networks: that they agree with the same written in JAX, and learn",
    "report/html/test_in_browser.py": "the pages of a run and of an audit, in a real browser",
    "reference": "reference/: the loops in several languages, the schema and the README of the golden vectors",
    "ops/test_lecture.py": "the examples of the lecture, made of many ops",
    "sandbox/test_attacks.py": "real attacks in real workers, at each level",
    "test_audit_guide.py": "docs/audit.md, the how-to for instructors",
    "test_course_file.py": "a file as students hand it in, on the command line",
    "test_ending_code.py": "every end of code under test at every front",
    "test_docs.py": "docs/ and CONTRIBUTING.md",
    "test_examined_inputs.py": "which inputs of a user's files are examined, in processes",
    "test_examples.py": "examples/",
    "test_imports.py": "which room may import which",
    "test_mirror.py": "this file",
    "test_names.py": "the names of the whole package",
    "test_odd_code.py": "code that returns, raises or changes what it should not, before all of the package",
    "test_public_names.py": "the names that gradcheck/__init__.py exports",
    "test_pages.py": "the examples of README.md and of the pages below docs/",
    "test_readme.py": "the files, commands and figures of README.md",
    "test_regressions_guide.py": "docs/regressions.md, the how-to for baselines and histories",
    "test_right_code.py": "right code in the styles of other people, and faults of the same look",
    "test_smallest_findings.py": "what is found in wrong code of real use: how much, how small, with which hint",
}
"""Folders and test files that belong to no module, and what they test."""


def holds_code(path):
    """Whether a module does anything but explain itself, import, and say what is exported."""
    statements = ast.parse(path.read_text()).body
    return any(not isinstance(s, (ast.Expr, ast.Import, ast.ImportFrom)) for s in statements)


def find_test_file(module):
    """The file that tests a module, both relative to their folders."""
    name = module.parent.name or PACKAGE.name if module.name == "__init__.py" else module.stem
    return module.parent / f"test_{name}.py"


def is_excused(path, table):
    """Whether a path, or a folder that it is in, stands in a table."""
    return any(str(part) in table for part in (path, *path.parents))


MODULES = sorted(
    path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py") if path.name != "__init__.py" or holds_code(path)
)
TEST_FILES = sorted(path.relative_to(TESTS) for path in TESTS.rglob("test_*.py"))


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_a_module_has_its_test_file_or_says_what_tests_it(module):
    assert (TESTS / find_test_file(module)).is_file() != is_excused(module, WITHOUT_A_FILE_OF_THEIR_OWN)


@pytest.mark.parametrize("file", TEST_FILES, ids=str)
def test_a_test_file_has_its_module_or_says_what_it_tests(file):
    assert (file in map(find_test_file, MODULES)) != is_excused(file, WITHOUT_A_MODULE)


@pytest.mark.parametrize(
    ("table", "folder"), [(WITHOUT_A_FILE_OF_THEIR_OWN, PACKAGE), (WITHOUT_A_MODULE, TESTS)], ids=["package", "tests"]
)
def test_what_is_excused_is_there(table, folder):
    assert [name for name in table if not (folder / name).exists()] == []
