"""The documents for contributors name what exists, and the map has a line for each room."""

import ast
import re
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

import gradcheck
from gradcheck.report.registry import BUILT_IN_RENDERERS, load_renderer
from tests.test_imports import LAYERS

PACKAGE = Path(gradcheck.__file__).parent
ROOT = Path(__file__).parents[1]
DOCUMENTS = ("docs/architecture.md", "docs/glossary.md", "CONTRIBUTING.md")
MAP = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")

PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)*/?")
NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")

OF_OTHERS = frozenset({"lru_cache", "sys.path", "sys.modules", "conftest.py", ".gradcheck/"})
"""Names in the documents that are none of this repository's."""


def read_spans(document):
    """What a document writes as code, within its sentences."""
    text = (ROOT / document).read_text(encoding="utf-8")
    return re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL))


def find_names(document):
    """The dotted names in a document, and the single words that only a program has: snake_case and CamelCase."""
    words = {span.removesuffix("()") for span in read_spans(document)} - OF_OTHERS
    names = {word for word in words if NAME.fullmatch(word) and not is_path(word)}
    return {name for name in names if re.search(r"[._]|[a-z][A-Z]", name)} - find_groups()


def find_paths(document):
    """The paths in a document."""
    return {span for span in read_spans(document) if is_path(span)} - OF_OTHERS


def is_path(word):
    """Whether a word is a path: it has a slash, or the suffix of a file."""
    return bool(PATH.fullmatch(word)) and ("/" in word or word.endswith((".py", ".md", ".toml", ".yaml", ".json")))


@cache
def find_groups():
    """The groups of entry points that the registries read."""
    texts = [file.read_text(encoding="utf-8") for file in PACKAGE.glob("*/registry.py")]
    return {group for text in texts for group in re.findall(r'"(gradcheck\.[a-z]+)"', text)}


@cache
def index_definitions():
    """Every name that the package defines, with the top-level modules of those that a module defines at its top."""
    everywhere, at_top = set(), {}
    for file in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        everywhere.update(name for node in ast.walk(tree) for name in list_defined_names(node))
        module = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for name in (name for node in tree.body for name in list_defined_names(node)):
            at_top.setdefault(name, module)
    return everywhere, at_top


def list_defined_names(node):
    """The names that one statement or one parameter defines."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return [node.name]
    if isinstance(node, ast.arg):
        return [node.arg]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def exists(name):
    """Whether a name is there: a module, a member of one, a member of a class, or any name that is defined."""
    everywhere, at_top = index_definitions()
    first, *rest = name.split(".")
    if not rest:
        return name in everywhere
    found_as_class = first in at_top and has_member(getattr(import_module(at_top[first]), first), rest)
    return found_as_class or is_in_module(name if first in ("gradcheck", "tests") else f"gradcheck.{name}")


def is_in_module(name):
    """Whether a dotted name is a module, or a member of the longest part of it that is one."""
    parts = name.split(".")
    longest = next((n for n in range(len(parts), 0, -1) if is_module(".".join(parts[:n]))), 0)
    return bool(longest) and has_member(import_module(".".join(parts[:longest])), parts[longest:])


def is_module(name):
    """Whether a dotted name is that of a module."""
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def has_member(owner, names):
    """Whether an object has a member of this name, which has the next, and so on; a field without a default is one."""
    if not names:
        return True
    if names[0] in getattr(owner, "__dataclass_fields__", ()):
        return len(names) == 1
    return hasattr(owner, names[0]) and has_member(getattr(owner, names[0]), names[1:])


def read_tree():
    """The paths of the map below gradcheck/, in its order."""
    block = MAP.partition("```\ngradcheck/\n")[2].partition("```")[0]
    folders, paths = [], []
    for indent, name in re.findall(r"^( +)([\w./]+)  +\S", block, re.MULTILINE):
        depth = len(indent) // 2 - 1
        folders[depth:] = [name]
        paths.append("".join(folders))
    return paths


def is_package(folder):
    """Whether a folder is a room: it holds modules."""
    return (folder / "__init__.py").is_file()


def test_every_room_has_its_line():
    modules = {file.name for file in PACKAGE.glob("*.py") if file.name != "__init__.py"}
    rooms = {f"{d.relative_to(PACKAGE).as_posix()}/" for d in PACKAGE.rglob("*") if is_package(d)}
    families = {room for room in rooms if re.fullmatch("ops/.+", room)}
    assert sorted(read_tree()) == sorted(modules | (rooms - families))


def test_the_map_stands_in_the_order_of_the_layers():
    layers = [next(i for i, layer in enumerate(LAYERS) if re.split(r"[./]", path)[0] in layer) for path in read_tree()]
    assert layers == sorted(layers)
    assert MAP.partition("```\ngradcheck/\n")[2].partition("```")[0].strip().count("\n\n") == len(LAYERS) - 1


@pytest.mark.slow
@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_names_exist(document):
    names = find_names(document)
    assert names
    assert [name for name in sorted(names) if not exists(name)] == []


@pytest.mark.parametrize("document", ["docs/architecture.md", "CONTRIBUTING.md"])
def test_the_paths_exist(document):
    paths = find_paths(document)
    assert paths
    assert [p for p in sorted(paths) if not (ROOT / p).exists() and not (PACKAGE / p).exists()] == []


@pytest.mark.parametrize("name", ["laws.law.Lawyer", "gradcheck.Opp", "OpCheck.reviews", "no_such_name", "lawz.law"])
def test_a_name_that_does_not_exist_is_found(name):
    assert not exists(name)


@pytest.mark.parametrize("document", ["docs/architecture.md", "CONTRIBUTING.md"])
def test_all_groups_of_entry_points_are_named(document):
    assert find_groups() <= set(read_spans(document))
    registries = (file for file in PACKAGE.glob("*/registry.py") if "ExtensionPoint(" in file.read_text("utf-8"))
    assert len(find_groups()) == len(list(registries))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_files_linked_exist(document):
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", (ROOT / document).read_text(encoding="utf-8"))
    assert [link for link in links if not (ROOT / document).parent.joinpath(link).exists()] == []


def test_a_noun_of_the_glossary_has_one_row():
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    nouns = re.findall(r"^\| \*\*(.+?)\*\* \|", text, re.MULTILINE)
    assert len(nouns) >= 25
    assert sorted(nouns) == sorted(set(nouns))


def test_the_page_of_formats_has_a_row_for_each():
    page = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z]+)` \| `([a-z.]+)` \| .+ \|$", page, re.MULTILINE)
    assert rows == [(form, load_renderer(form).suffix) for form in BUILT_IN_RENDERERS]
