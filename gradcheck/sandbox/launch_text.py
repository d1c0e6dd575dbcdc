"""The program of a zygote as one text: the modules of `sandbox.inside`, an agent, and what they are called with.

It is sent over standard input, so that a worker finds no folder of this package, and no path in its arguments.
"""

import sysconfig
from importlib.util import find_spec
from pathlib import Path

from gradcheck.sandbox.inside.frames import FrameCaps

INSIDE = (
    *("values", "value_encoding", "value_decoding", "frames"),
    *("kernel", "landlock", "seccomp", "namespaces", "confinement"),
    *("serving", "zygote"),
)
"""The modules that are sent, each after those that it imports."""

IMPORTED_EARLY = (
    *("bz2", "collections", "ctypes", "dataclasses", "decimal", "fractions", "functools", "hashlib", "importlib.abc"),
    *("itertools", "linecache", "lzma", "math", "numpy.fft", "numpy.linalg", "numpy.random", "random", "statistics"),
    *("traceback", "typing", "uuid", "warnings"),
)
"""Modules that a worker has without reading a file; some load libraries of the system, which it may not read."""

TEMPLATE = """\
import os, sys, types
null = os.open(os.devnull, os.O_RDONLY)
os.dup2(null, 0)
os.close(null)
sys.path[:0] = {parents!r}
for name in {packages!r}:
    __import__(name)
for name in {early!r}:
    try:
        __import__(name)
    except ImportError:  # of a Python that was built without a library
        pass
del sys.path[:{count}]
for name, text in {modules!r}:
    module = types.ModuleType(name)
    sys.modules[name] = module
    exec(compile(text, name, "exec"), module.__dict__)
own = [name for name in sys.modules if name.startswith("gradcheck")]
inside = {{name: sys.modules.pop(name) for name in own}}
agent = sys.modules["agent"]
found = lambda name: inside["gradcheck.sandbox.inside." + name]
plan = found("confinement").ConfinementPlan(frozenset({mechanisms!r}), {limits!r}, {paths!r})
caps = found("frames").FrameCaps({header}, {payload})
found("zygote").run_zygote({control}, plan, caps, agent.HANDLERS, {parent})
"""


def read_inside(name: str) -> str:
    """The text of one module of `sandbox.inside`."""
    return Path(__file__).with_name("inside").joinpath(f"{name}.py").read_text(encoding="utf-8")


def find_package(name: str) -> Path:
    """The folder of an installed package.  ValueError where there is none."""
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations or spec.origin is None:
        raise ValueError(f"no installed package {name} in a folder of its own")
    return Path(spec.origin).parent.resolve()


def list_readable_folders(packages: tuple[str, ...]) -> list[str]:
    """The folders that a worker reads: of the standard library, and of packages with the libraries beside them."""
    library = {Path(sysconfig.get_path(kind)).resolve() for kind in ("stdlib", "platstdlib")}
    folders = [find_package(name) for name in packages]
    beside = [folder.with_name(f"{folder.name}.libs") for folder in folders]
    return [str(path) for path in [*sorted(library), *folders, *filter(Path.is_dir, beside)]]


def write_launch_text(
    agent: str,
    packages: tuple[str, ...],
    mechanisms: frozenset[str],
    limits: dict[str, tuple[int, int]],
    caps: FrameCaps,
    control: int,
    parent: int,
) -> str:
    """The program of a zygote.  agent: a module with a table HANDLERS.  packages: what may be imported beside the
    standard library.  control: the descriptor of the socket to the parent.  parent: its number, as
    `run_zygote` takes it."""
    parents = sorted({str(find_package(name).parent) for name in packages})
    return TEMPLATE.format(
        parents=parents,
        packages=packages,
        early=IMPORTED_EARLY,
        count=len(parents),
        modules=[*((f"gradcheck.sandbox.inside.{name}", read_inside(name)) for name in INSIDE), ("agent", agent)],
        mechanisms=sorted(mechanisms),
        limits=limits,
        paths=list_readable_folders(packages),
        header=caps.header,
        payload=caps.payload,
        control=control,
        parent=parent,
    )
