"""What was raised, where in the submission, and of which kind it is."""

import pytest

from gradcheck.audit.agent.failures import classify, describe_failure, find_student_line
from tests.audit.agent.student_files import call, load, load_files, make_notebook


@pytest.mark.parametrize(
    ("body", "kind", "hint"),
    [
        ("return np.product(x)", "numpy-removed", "np.product (line 4), use np.prod"),
        ("return x.astype(np.float)", "numpy-removed", "np.float (line 4), use float"),
        ("return np.no_such_thing(x)", "error", ""),
        ("raise NotImplementedError('later')", "not-implemented", ""),
        ("return y + 1", "missing-name", "y"),
        ("for i in xrange(3): pass", "python2", "xrange"),
        ("return {}.has_key(1)", "python2", "has_key"),
        ("print >>x, 1", "python2", "print >>"),
        ("return absent.f(x)", "missing-module", "absent.f"),
        ("raise SystemExit(0)", "exit", ""),
        ("raise MemoryError", "memory", ""),
        ("return 1 / 0", "error", ""),
        ("return None + x", "not-implemented", "a value is None"),
        ("return None.T", "not-implemented", "a value is None"),
        ("assert False, 'TODO'", "not-implemented", ""),
    ],
)
def test_a_failure_has_its_kind_and_place(agent, body, kind, hint):
    load(agent, layers=f"import numpy as np\nimport absent\ndef f(x):\n    {body}\n")
    answer = call(agent, "f", 1.0 if "astype" not in body else __import__("numpy").ones(2))
    assert (answer["kind"], answer["hint"], answer["file"], answer["line"]) == (kind, hint, "layers.py", 4)


def test_arguments_that_do_not_fit_are_no_fault_within(agent):
    load(agent, layers="def f(x): return x\n")
    answer = call(agent, "f", 1, 2)
    assert (answer["kind"], answer["raised"], answer["file"]) == ("signature", "TypeError", "")


def test_the_place_is_the_innermost_line_of_the_submission(agent):
    load_files(
        agent, {"n.ipynb": make_notebook("def g(x):\n    return [][x]", "def f(x):\n    return g(x)"), "b.py": ""}
    )
    answer = call(agent, "f", 3)
    assert (answer["file"], answer["cell"], answer["line"]) == ("n.ipynb", 2, 2)


@pytest.mark.parametrize("text", ["raise SystemExit", "return 3", "return 'x' * 10**6"])
def test_an_exception_with_an_odd_text_is_described(agent, text):
    load(agent, a=f"class E(Exception):\n    def __str__(self):\n        {text}\ndef f():\n    raise E\n")
    answer = call(agent, "f")
    assert answer["raised"] == "E"
    assert len(answer["message"]) <= 1000


def test_an_exception_from_elsewhere_has_no_place():
    assert find_student_line(ValueError(), {"a.py"}) == ("", 0, 0)
    assert describe_failure(KeyError("k"), {})["message"] == "'k'"
    assert classify(ValueError(), 0) == {"kind": "error"}
