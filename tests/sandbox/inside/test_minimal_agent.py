"""The agent that comes by itself: files that find each other, stubs, objects that stay."""

import numpy as np
import pytest

from gradcheck.sandbox import Held, OutcomeKind
from gradcheck.sandbox.isolation_record import IsolationLevel

pytestmark = pytest.mark.slow

FILES = {
    "layers/__init__.py": b"from layers.affine import forward\n",
    "layers/affine.py": b"import matplotlib.pyplot as plt\nfrom tools import scale\n\n"
    b"def forward(x, *, times=1):\n    return scale(x) * times, {'x': x, 'plt': plt}\n\n"
    b"def backward(dy, cache):\n    assert cache['x'] is not None, 'no cache'\n    return dy * 2\n",
    "tools.py": "# -*- coding: latin-1 -*-\ndef scale(x):\n    return x * 2  # \xe9\n".encode("latin-1"),
    "main.py": b"import layers\n\ndef _hidden():\n    pass\n\ndef shown():\n    return __file__\n",
}
STUBS = {"matplotlib/__init__.py": b"", "matplotlib/pyplot.py": b"", "tools.py": b"raise ImportError"}


@pytest.fixture
def worker(sandboxes):
    with sandboxes(IsolationLevel.CONFINED).start_worker() as worker:
        yield worker


def load(worker):
    return worker.call("load", {"files": FILES, "stubs": STUBS, "modules": ["main", "layers.affine"]})


def test_files_find_each_other_and_stubs_stand_in(worker):
    assert load(worker).value == {"main": ["shown"], "layers.affine": ["backward", "forward"]}
    assert worker.call("call", {"module": "main", "function": "shown"}).value == "/submission/main.py"


def test_what_does_not_cross_is_held_and_given_back(worker):
    load(worker)
    given = {"module": "layers.affine", "arguments": [np.ones(2)], "keywords": {"times": 3}, "hold": True}
    y, cache = worker.call("call", {**given, "function": "forward"}).value
    assert y.tolist() == [6.0, 6.0]
    assert cache == Held(0)
    back = {"module": "layers.affine", "function": "backward", "arguments": [np.ones(2), cache]}
    assert worker.call("call", back).value.tolist() == [2.0, 2.0]
    assert worker.call("forget", cache.number).kind is OutcomeKind.RETURNED
    failed = worker.call("call", back)
    assert (failed.kind, failed.file, failed.line) == (OutcomeKind.RAISED, "layers/affine.py", 8)


def test_a_file_may_be_called_as_a_module_of_the_standard_library(worker):
    for name in ("random", "agent", "numpy_like"):
        assert worker.call("load", {"files": {f"{name}.py": b"def mine(): return 1"}, "modules": [name]}).value == {
            name: ["mine"]
        }
    assert worker.call("call", {"module": "random", "function": "mine"}).value == 1


def test_a_module_that_nobody_sent_is_not_there(worker):
    outcome = worker.call("load", {"files": {"a.py": b"\nimport gradcheck"}, "modules": ["a"]})
    assert (outcome.error, outcome.file, outcome.line) == ("ModuleNotFoundError", "a.py", 2)


def test_a_file_that_is_no_python_raises(worker):
    outcome = worker.call("load", {"files": {"a.py": b"def f(:\n"}, "modules": ["a"]})
    assert outcome.error == "SyntaxError"
