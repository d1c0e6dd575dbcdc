"""What runs of a file when it is loaded, and what waits."""

import ast
from textwrap import dedent

import pytest

from gradcheck.audit.agent.definitions import is_plain, list_targets, split_statements


def split(text):
    found = split_statements(ast.parse(dedent(text)).body)
    return [ast.unparse(statement) for statement in found.kept], sorted(found.waiting)


def test_definitions_imports_and_plain_assignments_run():
    text = "import numpy as np\ndef f(x): return x\nclass A: pass\nEPS = 1e-5\nI = np.eye(3)\nrelu = lambda x: run(x)\n"
    kept, waiting = split(text)
    assert (len(kept), waiting) == (6, [])


def test_work_does_not_run_and_its_results_wait():
    kept, waiting = split(
        "net = train()\nprint(net)\nfor i in range(3): step()\nwhile True: pass\nx, y = np.load('d.npy')\n"
    )
    assert (kept, waiting) == ([], ["net", "x", "y"])


def test_the_guard_of_a_script_is_left_out():
    assert split("if __name__ == '__main__':\n    def f(): pass\n") == ([], [])


def test_branches_keep_what_runs_in_them():
    text = """
        try:
            import cupy as np
            print('fast')
        except ImportError:
            print('slow')
        if flag:
            print(1)
        else:
            def f(): pass
        try:
            train()
        finally:
            print('done')
        with context:
            def g(): pass
        """
    kept, waiting = split(text)
    assert kept == [
        "try:\n    import cupy as np\nexcept ImportError:\n    pass",
        "if flag:\n    pass\nelse:\n\n    def f():\n        pass",
        "def g():\n    pass",
    ]
    assert waiting == []


def test_names_of_one_import_run_apart():
    assert split("from a import b, c as d\n") == (["from a import b", "from a import c as d"], [])


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("x = np.loadtxt('a')", False),
        ("x = np.random.randn(3)", True),
        ("x = f(2)", False),
        ("x: int = int('3')", True),
    ],
)
def test_an_assignment_is_plain_where_it_calls_numpy_and_python_alone(text, plain):
    assert is_plain(ast.parse(text).body[0]) == plain


def test_assigned_names_are_listed():
    assert list_targets(ast.parse("(a, b), c[0] = x").body[0]) == ["a", "b"]


def test_what_is_kept_can_be_compiled():
    text = "try:\n    f()\n    import a\nfinally:\n    g()\ntry:\n    import b\nexcept:\n    c = 1\nelse:\n    d()\n"
    for statement in split_statements(ast.parse(text).body).kept:
        compile(ast.Module([statement], []), "a.py", "exec")
