"""Functions are found by their names, the one that counts of several."""

import ast

import pytest

from gradcheck.audit.agent.finding import (
    explain_absence,
    find_candidates,
    find_function,
    list_definitions,
    names_of,
    rank_definition,
    read_parameters,
    resolve,
    walk_definitions,
)
from gradcheck.audit.agent.loading import Loader
from tests.audit.agent.student_files import call, find, load, load_files, make_notebook, run


def test_a_function_is_found_with_its_place_and_parameters(agent):
    load(agent, cs231n__layers="\ndef f(x, w=1e-5, *args, mode='train', **more):\n    return x\n")
    found = find(agent, "f")
    assert (found["state"], found["file"], found["line"], found["cell"]) == ("found", "cs231n/layers.py", 2, 0)
    assert [(p["name"], p["kind"], p["default"]) for p in found["parameters"]] == [
        ("x", "positional", ""),
        ("w", "positional", "1e-05"),
        ("args", "var_positional", ""),
        ("mode", "keyword_only", "'train'"),
        ("more", "var_keyword", ""),
    ]


def test_a_function_with_a_body_counts_before_one_without(agent):
    load(agent, layers="def f(x): pass\n", old__layers="def f(x): return 2\n")
    found = find(agent, "f")
    assert (found["file"], found["candidates"]) == ("old/layers.py", [{"file": "layers.py", "cell": 0, "line": 1}])


def test_the_latest_of_a_file_counts(agent):
    load_files(agent, {"n.ipynb": make_notebook("def f(): return 1", "def f(): return 2")})
    assert (find(agent, "f")["cell"], run(agent, "f")) == (3, 2)


def test_modules_count_before_notebooks_and_those_near_the_top_before_others(agent):
    files = {
        "n.ipynb": make_notebook("def f(): return 1"),
        "a/b.py": "def f(): return 2\n",
        "c.py": "def f(): return 3\n",
    }
    load_files(agent, files)
    assert run(agent, "f") == 3


def test_one_that_cannot_be_loaded_leaves_its_place_to_another(agent):
    load(agent, a="@nothing\ndef f(): return 1\n", b__c="def f(): return 2\n")
    assert (find(agent, "f")["file"], run(agent, "f")) == ("b/c.py", 2)


def test_methods_are_found_in_classes_also_those_of_a_base(agent):
    load(agent, nets="class A:\n    def loss(self, x): return x + 1\nclass B(A):\n    def other(self): pass\n")
    assert (find(agent, "A.loss")["line"], find(agent, "B.other")["state"]) == (2, "unimplemented")
    assert find(agent, "B.loss")["state"] == "found"
    assert run(agent, "A.loss", 0, 2) == 3
    assert find(agent, "A.gone")["state"] == "not found"


def test_names_in_branches_and_by_assignment_are_found(agent):
    load(
        agent,
        a="if True:\n    def f(): return 1\ntry:\n    g = lambda x: x\nexcept E:\n    pass\n",
        b="def make(): return len\nh = make()\n",
    )
    assert (run(agent, "f"), run(agent, "g", 2), run(agent, "h", "abc")) == (1, 2, 3)


def test_what_is_not_there_is_not_found(agent):
    load(agent, a="x = 1\n", b="def g(: pass\n")
    assert (find(agent, "f")["state"], find(agent, "f")["function"]) == ("not found", 0)


@pytest.mark.parametrize(
    ("text", "words"), [("def f(x):\n    print 'x'\n", "Python 2"), ("def f(x:\n    return 1\n", "SyntaxError")]
)
def test_a_function_in_a_file_that_cannot_be_read_is_unloadable(agent, text, words):
    load(agent, a=text, b="def g(): return 1\n")
    found = find(agent, "f")
    assert (found["state"], found["file"]) == ("unloadable", "a.py")
    assert f"a.py: {words}" in found["reason"]
    assert run(agent, "g") == 1


def test_code_that_is_nested_without_end_is_no_crash(agent):
    chain = "if x == 0: pass\n" + "".join(f"elif x == {i}: pass\n" for i in range(1, 900))
    load(agent, a=chain + "def f(): return 1\n", b="def g(x): return " + "+".join(["x"] * 3000) + "\n")
    assert find(agent, "f")["state"] in ("found", "unloadable")
    assert find(agent, "g")["state"] in ("found", "unloadable", "not found")


def test_a_definition_that_fails_says_why(agent):
    load(agent, a="def f(x=missing): return x\n")
    assert find(agent, "f")["reason"] == "NameError: name 'missing' is not defined"


def test_a_name_that_is_no_function_says_so(agent):
    load(agent, a="f = 3\n")
    assert (find(agent, "f")["state"], find(agent, "f")["reason"]) == ("unloadable", "f is no function")


def test_an_unimplemented_function_can_be_called_all_the_same(agent):
    load(agent, a="def f(x):\n    out = None\n    return out, x\n")
    assert (find(agent, "f")["state"], find(agent, "f")["blank"]) == ("unimplemented", [0])
    assert "returned" in call(agent, "f", 1)


def test_small_parts():
    loader = Loader({"a.py": b"class A:\n    def f(self): pass\n    def f(self): return 1\nb = 1\n"})
    (candidate,) = list_definitions(loader.sources["a.py"], "A.f")
    assert candidate.node.lineno == 3
    assert find_candidates(loader, "b")[0].describe() == {"file": "a.py", "cell": 0, "line": 4}
    assert rank_definition(candidate) < rank_definition(find_candidates(loader, "b")[0])
    assert resolve(loader, "a.py", "b") == (None, "b is no function")
    assert find_function(loader, "A")[0]["state"] == "found"
    assert explain_absence(loader, "c")["state"] == "not found"
    assert names_of(ast.parse("x, y = 1, 2").body[0]) == {"x", "y"}
    assert len(list(walk_definitions(ast.parse("try:\n    a = 1\nexcept E:\n    b = 2").body))) == 2
    assert read_parameters(ast.parse("def f(a, /, b=1): pass").body[0])[0]["default"] == ""
    loader.close()
