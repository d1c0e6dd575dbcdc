"""Imports point one way, a heavy library stays in its room, and importing gradcheck costs nothing."""

import ast
import os
import subprocess
import sys
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import gradcheck
from gradcheck.audit.agent_source import SHARED_MODULES

ROOT = Path(gradcheck.__file__).parent

LAYERS = (
    (
        "arrays",
        "atomic_files",
        "escaping",
        "extensions",
        "formatting",
        "isolation",
        "private_interfaces",
        "process_exit",
        "repository",
        "seeding",
        "spelling",
    ),
    ("declaration", "sandbox"),
    ("coverage", "records"),
    ("evaluation", "graphs", "ops"),
    ("networks",),
    ("generation",),
    ("strategies", "vectors"),
    ("oracles",),
    ("causes",),
    ("laws",),
    ("checking",),
    ("adapters",),
    ("discovery",),
    ("report",),
    ("running",),
    ("audit", "project_setup"),
    ("__main__", "assertion", "cli", "pytest_plugin"),
)
"""Each part of the package may import from its own layer and those above it, never from one below."""

ROOMS = {
    "jax": (
        "adapters.frameworks.jax_program",
        "adapters.frameworks.jax_rule",
        "adapters.frameworks.under_jax",
        "ops.recurrent.recurrence",
        "oracles.autodiff",
        "oracles.jaxpr.high_primitives",
        "oracles.jaxpr.inlining",
        "oracles.jaxpr.symbolic_sizes",
        "oracles.jaxpr.trace",
        "oracles.xla",
    ),
    "flint": ("vectors.ball_arrays", "vectors.derivatives", "vectors.flags"),
    "torch": ("adapters.conventions.torch", "adapters.frameworks.torch_graph", "adapters.frameworks.torch_noise"),
    "hypothesis": ("generation.case_strategies", "generation.hypothesis_runs", "generation.shrinking", "strategies"),
    "tabulate": ("report.text", "report.markdown"),
    "jinja2": ("report.html.environment",),
    "click": (
        "cli.audit_run",
        "cli.check_run",
        "cli.commands",
        "cli.errors",
        "cli.files",
        "cli.formats",
        "cli.init_run",
    ),
    "rich": ("running.progress",),
    "pytest": (
        "pytest_plugin",
        "pytest_plugin.case_progress",
        "pytest_plugin.collectors",
        "pytest_plugin.fixture",
        "pytest_plugin.hookspecs",
        "pytest_plugin.host_check",
        "pytest_plugin.items",
        "pytest_plugin.marker",
        "pytest_plugin.options",
        "pytest_plugin.outcomes",
        "pytest_plugin.project",
        "pytest_plugin.reporter",
        "pytest_plugin.run_records",
        "pytest_plugin.scheduling",
        "pytest_plugin.selection",
        "pytest_plugin.usage_errors",
        "pytest_plugin.workers",
    ),
    "xdist": ("pytest_plugin.scheduling",),
    "multiprocessing": ("running.supervisor", "running.worker"),
}
"""Where a heavy library may be imported."""

FIRST_USE = ("jax", "torch", "hypothesis", "jinja2", "tabulate", "rich")
"""Libraries that are imported inside a function, so that they are loaded when they are needed and not before."""

AT_ONCE = {"generation.case_strategies": {"hypothesis"}, "strategies": {"hypothesis"}}
"""Modules that are imported inside a function, or by tests of strategies, for the sake of what they import at once."""

USERS_OF_OPS = ("ops", "graphs", "networks", "discovery.library", "audit.assignments")
"""All that may import gradcheck.ops, with what is below them: what judges an op shares no code with it."""


SENT_AS_TEXT = "audit.agent"
"""Modules that run where there is no gradcheck, beside those of SHARED_MODULES: the standard library, NumPy and each
other is all they import."""


def module_name(path):
    """The dotted name below gradcheck: "" for the package itself."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(ROOT.rglob("*.py"))}
OWN = [name for name in MODULES if name]


@cache
def tree(module):
    """The syntax tree of a module."""
    return ast.parse(MODULES[module].read_text())


def imported(nodes):
    """The dotted names that these nodes import, `from a import b` as a.b."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def own_imports(module):
    """The modules of this package that a module imports, on first use or at once."""
    for name in imported(ast.walk(tree(module))):
        if name.startswith("gradcheck."):
            below = name.removeprefix("gradcheck.")
            yield below if below in MODULES else below.rpartition(".")[0]


def libraries(nodes):
    """The heavy libraries that these nodes import."""
    return {name.partition(".")[0] for name in imported(nodes)} & ROOMS.keys()


def at_once(module):
    """The nodes that run when a module is imported."""
    waiting = list(tree(module).body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            waiting += ast.iter_child_nodes(node)


def layer(module):
    """The layer that a module stands in."""
    part = module.partition(".")[0]
    return next(i for i, parts in enumerate(LAYERS) if part in parts)


every = pytest.mark.parametrize("module", OWN)


def test_every_module_stands_in_a_layer():
    known = {part for parts in LAYERS for part in parts}
    assert {module.partition(".")[0] for module in OWN} <= known


@every
def test_imports_point_one_way(module):
    assert [other for other in own_imports(module) if other and layer(other) > layer(module)] == []


@every
def test_only_the_library_graphs_and_networks_import_the_ops(module):
    if not f"{module}.".startswith(tuple(f"{user}." for user in USERS_OF_OPS)):
        assert [other for other in own_imports(module) if f"{other}.".startswith("ops.")] == []


SENT = [name for name in OWN if f"{name}.".startswith(f"{SENT_AS_TEXT}.") or name in SHARED_MODULES]


@pytest.mark.parametrize("module", SENT)
def test_what_is_sent_as_text_stands_alone(module):
    others = {name.partition(".")[0] for name in imported(ast.walk(tree(module)))} - {"gradcheck"}
    assert others <= {*sys.stdlib_module_names, "numpy"}
    assert set(own_imports(module)) <= set(SENT)


def test_there_is_no_import_cycle():
    graph = {module: set(own_imports(module)) - {module, ""} for module in OWN}
    assert len(list(TopologicalSorter(graph).static_order())) == len(OWN)


@every
def test_a_heavy_library_stays_in_its_room(module):
    assert [library for library in libraries(ast.walk(tree(module))) if module not in ROOMS[library]] == []


@every
def test_a_heavy_library_is_loaded_on_first_use(module):
    assert libraries(at_once(module)) & set(FIRST_USE) == AT_ONCE.get(module, set())


@pytest.mark.parametrize("library", ["jax", "torch", "hypothesis", "jinja2", "tabulate"])
def test_a_room_is_in_use(library):
    assert any(library in libraries(ast.walk(tree(room))) for room in ROOMS[library] if room in MODULES)


def without_coverage():
    """The environment of a process that coverage does not measure: it loads more than it measures."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}


def loaded_by(statement):
    """The libraries in memory after a statement in a fresh process."""
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    environment = {**without_coverage(), "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in done.stdout.split()}


def test_importing_the_package_loads_nothing():
    assert loaded_by("import gradcheck") & {*ROOMS, "numpy"} == set()


def test_the_pytest_plugin_loads_pytest_alone():
    assert loaded_by("import gradcheck.pytest_plugin") & {*ROOMS, "numpy", "scipy"} == {"pytest"}


def test_declaring_an_op_loads_numpy_alone():
    assert loaded_by("from gradcheck.discovery.library import load_library_ops; load_library_ops()") & {
        *ROOMS,
        "numpy",
    } == {"numpy"}


def test_declaring_an_op_by_its_public_names_loads_numpy_alone():
    assert loaded_by("from gradcheck import Array, Op, choice, pointwise, real, whole") & {*ROOMS, "numpy"} == {"numpy"}


@pytest.mark.slow
def test_without_pytest_the_library_and_the_command_line_work(tmp_path):
    (tmp_path / "pytest.py").write_text("raise ModuleNotFoundError('no pytest')\n")
    (tmp_path / "square.py").write_text(
        "def forward(x):\n    return x * x, x\n\n\ndef backward(dy, x):\n    return dy\n"
    )
    environment = {**without_coverage(), "PYTHONPATH": os.pathsep.join([str(tmp_path), *filter(None, sys.path)])}

    def run(*command):
        return subprocess.run(
            [sys.executable, *command], env=environment, capture_output=True, text=True, check=False, cwd=tmp_path
        )

    assert "no pytest" in run("-c", "import gradcheck.pytest_plugin").stderr
    library = "from gradcheck import check, find; print(check(find('square.py')[0], examples=4).status)"
    assert run("-c", library).stdout == "failed\n"
    assert run("-m", "gradcheck", "check", "square.py", "--examples", "4").returncode == 1
