"""The agent as one text, which a worker runs where there is no gradcheck."""

from importlib.resources import files

AGENT_PACKAGE = "gradcheck.audit.agent"
AGENT_NAME = "submission_agent"
"""What the agent is called in the worker."""
AGENT_PROGRAM = '''"""The agent: `HANDLERS` holds what it does on request."""
import importlib.abc, importlib.util, sys

AGENT_NAME, SOURCES = %r, %r

class AgentModules(importlib.abc.Loader, importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name == AGENT_NAME or name.removeprefix(AGENT_NAME + ".") in SOURCES:
            return importlib.util.spec_from_loader(name, self, is_package=name == AGENT_NAME)

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
    sources = {
        "" if name == "__init__" else name: modules[name].read_text("utf-8").replace(AGENT_PACKAGE, AGENT_NAME)
        for name in sorted(modules)
    }
    return AGENT_PROGRAM % (AGENT_NAME, sources, AGENT_NAME)
