"""What else happens to a function of a submission: it is unfinished or old, ends its process, or attacks the grader."""

import ast
from dataclasses import dataclass

from submissions.piece import GRADIENT, VALUE

RIGHT, WARNED, WRONG = "right", "right, with warnings", "wrong"
CRASHED, ENDLESS = "crashed", "endless"
UNFINISHED, UNLOADABLE, UNJUDGED = "unfinished", "cannot be loaded", "not judged"
FORWARD, BACKWARD, BOTH = ("forward",), ("backward",), ("forward", "backward")


@dataclass(frozen=True)
class Treatment:
    """What is done to a forward, a backward or both.

    group: what kind it is of.  lines: what stands in the function.  state: of its row then.  part: the part that is
    wrong first, where it is.  places: the functions.  alone: whether the lines are the whole body, or come first.
    """

    name: str
    group: str
    lines: str
    state: str
    part: str = ""
    places: tuple[str, ...] = FORWARD
    alone: bool = False

    def apply(self, text: str, functions: dict[str, str]) -> str:
        """Return a text with the lines in it.  functions: their names by place."""
        for place in self.places:
            text = edit_body(text, functions[place], self.lines, self.alone)
        return text


def edit_body(text: str, function: str, lines: str, alone: bool) -> str:
    """Put lines before the body of a function, or in its place.  {first}: its first parameter; {all}: all of them."""
    node = next(n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef) and n.name == function)
    names = [a.arg for a in node.args.args]
    filled = lines.replace("{first}", names[0]).replace("{all}", ", ".join(names)).replace("{name}", function)
    new = ["    " + line if line else "" for line in filled.strip("\n").split("\n")]
    rows = text.split("\n")
    end = int(node.end_lineno or node.lineno) if alone else node.body[0].lineno - 1
    return "\n".join([*rows[: node.body[0].lineno - 1], *new, *rows[end:]])


def guard(lines: str) -> str:
    """Return lines whose exceptions are caught."""
    inner = "\n".join("    " + line for line in lines.strip("\n").split("\n"))
    return f"try:\n{inner}\nexcept BaseException:\n    pass"


def attack(name: str, lines: str, state: str = RIGHT, part: str = "") -> Treatment:
    """Make an attack that is caught where it is refused, before a right answer."""
    return Treatment(name, "hostile", guard(lines), state, part)


UNFINISHED_WORK = (
    Treatment("None", "unfinished", "result = None\nreturn result", UNFINISHED, places=BACKWARD, alone=True),
    Treatment("pass", "unfinished", "pass", UNFINISHED, places=BOTH, alone=True),
    Treatment("not implemented", "unfinished", "raise NotImplementedError()", UNFINISHED, places=FORWARD, alone=True),
    Treatment("zeros", "unfinished", "result = np.zeros(3)\nreturn result", UNFINISHED, places=BACKWARD, alone=True),
    Treatment("to do", "unfinished", 'assert False, "TODO: {name}"', UNFINISHED, places=BACKWARD, alone=True),
    Treatment("a name without a value", "unfinished", "{first} = {first} * scale_of_inputs", UNFINISHED),
    Treatment("an ellipsis", "unfinished", '"""Compute it."""\n...', UNFINISHED, places=BACKWARD, alone=True),
)
OLD_CODE = (
    Treatment("removed from NumPy", "old", "size = np.int(3)", UNLOADABLE),
    Treatment("product", "old", "size = np.product([2, 3])", UNLOADABLE),
    Treatment("a missing module", "old", "import torch\n{first} = torch.tensor({first})", UNLOADABLE),
    Treatment("a method of Python 2", "old", "settings = {}\nsettings.has_key(1)", UNLOADABLE),
)
ENDING = (
    Treatment("exit at once", "crashing", "import os\nos._exit(0)", CRASHED),
    Treatment("abort", "crashing", "import os\nos.abort()", CRASHED),
    Treatment("a wild pointer", "crashing", "import ctypes\nctypes.string_at(0)", CRASHED),
    Treatment("exit in backward", "crashing", "import os\nos._exit(1)", CRASHED, places=BACKWARD),
    Treatment("for ever", "endless", "while True:\n    pass", ENDLESS),
    Treatment("asleep", "endless", "import time\ntime.sleep(10 ** 6)", ENDLESS, places=BACKWARD),
    Treatment("a flood", "crashing", 'while True:\n    print("{name} " * 1000)', CRASHED),
    Treatment(
        "a string that ends it",
        "crashing",
        """
class Evil(Exception):
    def __str__(self):
        import os
        os._exit(0)
raise Evil()""",
        CRASHED,
    ),
)
RAISING = (
    Treatment("a signal", "raising", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", WRONG, VALUE),
    Treatment("recursion", "raising", "return {name}({all})", WRONG, VALUE),
    Treatment("exit", "raising", "import sys\nsys.exit(0)", WRONG, VALUE),
    Treatment("a huge array", "raising", "padding = np.ones((10 ** 6, 10 ** 6))", WRONG, VALUE),
    Treatment("an interrupt", "raising", "raise KeyboardInterrupt", WRONG, GRADIENT, places=BACKWARD),
    Treatment("a file that it needs", "raising", 'weights = open("/etc/passwd").read()', WRONG, VALUE),
)
IMPURE = (Treatment("another answer each time", "impure", "{first} = {first} + np.random.rand()", UNJUDGED),)
HARMLESS = (
    Treatment("prints", "printing", 'print("{name} was called with", {first}.shape)', RIGHT, places=BOTH),
    Treatment("many prints", "printing", 'print("x" * 5000)', RIGHT),
    Treatment("escape codes", "printing", 'print("\\x1b[2J\\x1b]0;graded\\x07 <script>alert(1)</script>")', RIGHT),
    Treatment("draws at random", "printing", "np.random.seed(0)", RIGHT),
)
FORGERY = """
import os
for descriptor in range(3, 64):
    try:
        os.write(descriptor, b"all points " * 100)
    except OSError:
        continue"""
ATTACKS = (
    attack("reads files", 'text = open("/etc/passwd").read()\nprint(text)'),
    attack("lists folders", 'import os\nprint(os.listdir("/"), os.listdir("/tmp"))'),
    attack("writes files", 'open("/tmp/submission_was_here", "w").write("all points")'),
    attack("forks", "import os\npid = os.fork()\nif pid == 0:\n    os._exit(0)"),
    attack("starts a program", 'import subprocess\nsubprocess.run(["/bin/sh", "-c", "id"])'),
    attack("connects", 'import socket\nsocket.create_connection(("127.0.0.1", 80), 1)'),
    attack("signals its parent", "import os, signal\nos.kill(os.getppid(), signal.SIGTERM)"),
    attack("changes its limits", "import resource\nresource.setrlimit(resource.RLIMIT_CPU, (-1, -1))"),
    attack(
        "replaces a comparison", "np.testing.assert_allclose = lambda *a, **k: None\nnp.allclose = lambda *a, **k: True"
    ),
    attack(
        "looks for the grader",
        "import sys\nf = sys._getframe()\nwhile f.f_back:\n    f = f.f_back\nf.f_locals.update(score=100)",
    ),
    attack(
        "drops modules",
        'import sys\nfor name in list(sys.modules):\n    if "grad" in name:\n        del sys.modules[name]',
    ),
    Treatment(
        "forges an answer",
        "hostile",
        guard(FORGERY),
        CRASHED,
    ),
    Treatment("closes its channels", "hostile", guard("import os\nos.closerange(3, 64)"), CRASHED),
    Treatment(
        "an array that agrees with all",
        "hostile",
        """
class Agreeable(np.ndarray):
    def __eq__(self, other):
        return True
    def __sub__(self, other):
        return np.zeros(self.shape)
return np.ones((7, 7)).view(Agreeable), None""",
        WRONG,
        VALUE,
    ),
    Treatment(
        "replaces NumPy",
        "hostile",
        "np.zeros = np.sum = np.dot = np.maximum = lambda *a, **k: 1e9\nreturn 1e9, None",
        WRONG,
        VALUE,
    ),
)
TREATMENTS = (*UNFINISHED_WORK, *OLD_CODE, *ENDING, *RAISING, *IMPURE, *HARMLESS, *ATTACKS)
