"""The agent as one text, which a worker runs where there is no gradcheck."""

from importlib.resources import files

ROOT, AGENT_PACKAGE = "gradcheck", "gradcheck.audit.agent"
SHARED_MODULES = (
    "arrays",
    "coverage.nested_code",
    "evaluation.private_copies",
    "oracles.error_factors",
    "oracles.noisy_arrays",
)
"""Modules of gradcheck that the agent has beside its own, none of which knows a right answer: the noise by which
rounding is measured, and what that imports."""
AGENT_NAME = "submission_agent"
"""What the agent is called in the worker."""
AGENT_PROGRAM = '''"""The agent: `HANDLERS` holds what it does on request."""
import importlib.abc, importlib.util, sys

AGENT_NAME, SOURCES, PACKAGES = %r, %r, %r

class AgentModules(importlib.abc.Loader, importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        own = name.removeprefix(AGENT_NAME).removeprefix(".")
        if name.partition(".")[0] == AGENT_NAME and own in SOURCES:
            return importlib.util.spec_from_loader(name, self, is_package=own in PACKAGES)

    def exec_module(self, module):
        name = module.__name__.removeprefix(AGENT_NAME).removeprefix(".")
        exec(compile(SOURCES[name], "<" + module.__name__ + ">", "exec"), vars(module))

sys.meta_path.insert(0, AgentModules())
from %s.handlers import HANDLERS
del sys.meta_path[0]
'''


def build_agent_source() -> str:
    """Return the text of a program that defines `HANDLERS`, with the standard library and NumPy alone."""
    modules = {
        path.name.removesuffix(".py"): path for path in files(AGENT_PACKAGE).iterdir() if path.name.endswith(".py")
    }
    shared = {name: files(ROOT).joinpath(f"{name.replace('.', '/')}.py") for name in SHARED_MODULES}
    packages = {name.rpartition(".")[0]: "" for name in SHARED_MODULES if "." in name}
    sources = {
        "" if name == "__init__" else name: rename_modules(path.read_text("utf-8"))
        for name, path in sorted({**modules, **shared}.items())
    }
    return AGENT_PROGRAM % (AGENT_NAME, {**packages, **sources}, sorted({"", *packages}), AGENT_NAME)


def rename_modules(text: str) -> str:
    """Return the text of a module with the imports that it has in the worker."""
    return text.replace(AGENT_PACKAGE, AGENT_NAME).replace(f"from {ROOT}.", f"from {AGENT_NAME}.")
