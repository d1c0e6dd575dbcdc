"""Modules of a submission import one another from memory, and one that fails leaves the others."""

import sys

import pytest

from gradcheck.audit.agent.loading import Loader, is_installed, nest_module
from tests.audit.agent.student_files import encode_files, make_notebook


@pytest.fixture
def load_modules():
    """Makes loaders, which are closed after the test."""
    made = []

    def make(files):
        made.append(Loader(encode_files(files)))
        return made[-1]

    yield make
    for loader in made:
        loader.close()


@pytest.mark.parametrize(
    "statement",
    [
        "from cs231n.layers import *",
        "from cs231n.layers import affine",
        "from .layers import affine",
        "from ..cs231n.layers import affine",
        "from . import layers; affine = layers.affine",
        "import cs231n.layers; affine = cs231n.layers.affine",
        "import cs231n.layers as L; affine = L.affine",
        "from cs231n import layers as L; affine = L.affine",
        "from layers import *",
    ],
)
def test_a_module_finds_its_neighbour_as_courses_write_it(load_modules, statement):
    loader = load_modules({"a2/cs231n/layers.py": "def affine(): return 1\n", "a2/cs231n/fc_net.py": statement})
    module = loader.load("a2/cs231n/fc_net.py")
    assert (module.affine(), loader.failures["a2/cs231n/fc_net.py"]) == (1, {})


@pytest.mark.parametrize(
    "statement", ["from cs231n.layers import affine", "import cs231n.layers as L; affine = L.affine"]
)
def test_a_flat_submission_finds_what_was_in_a_package(load_modules, statement):
    loader = load_modules({"layers.py": "def affine(): return 1\n", "fc_net.py": statement})
    assert loader.load("fc_net.py").affine() == 1


def test_a_file_named_as_a_library_hides_it_from_its_neighbours_alone(load_modules):
    loader = load_modules(
        {"hw/random.py": "def seed(): return 'mine'\n", "hw/a.py": "import random\n", "b.py": "import random\n"}
    )
    import random

    assert loader.load("hw/a.py").random.seed() == "mine"
    assert loader.load("b.py").random is random
    assert sys.modules["random"] is random


def test_modules_that_import_each_other_are_loaded_once(load_modules):
    loader = load_modules({"a.py": "import b\ndef f(): return b.g()\n", "b.py": "import a\ndef g(): return 2\n"})
    assert loader.load("a.py").f() == 2
    assert loader.load("b.py").a is loader.load("a.py")


def test_a_statement_that_fails_leaves_those_behind_it(load_modules):
    loader = load_modules({"a.py": "TABLE = {}['k']\nclass A(missing): pass\ndef f(): return 3\n"})
    assert loader.load("a.py").f() == 3
    assert loader.failures["a.py"] == {
        "TABLE": "KeyError: 'k'",
        "A": "NameError: name 'missing' is not defined",
    }


def test_a_file_that_ends_the_process_does_not(load_modules):
    loader = load_modules({"a.py": "import b\ndef f(): return 1\n", "b.py": "class A:\n    raise SystemExit(0)\n"})
    assert loader.load("a.py").f() == 1
    assert loader.failures["b.py"] == {"A": "SystemExit: 0"}


def test_missing_modules_are_stood_in_for_or_replaced_by_what_the_code_has(load_modules):
    loader = load_modules(
        {
            "a.py": """
            import absent_plots.pyplot as plt
            from past.builtins import xrange
            try:
                import absent_gpu as np
            except ImportError:
                import numpy as np
            try:
                from .absent_cython import col2im
            except ImportError:
                print('run setup.py')
            @absent_decorator
            def g(): return 0
            import absent_jit
            @absent_jit.jit(nopython=True)
            def f(x): return np.sum(x)
            """
        }
    )
    module = loader.load("a.py")
    assert (module.f([1, 2]), list(module.xrange(2)), type(module.col2im).__name__) == (3, [0, 1], "StandIn")
    assert loader.missing == {"absent_plots.pyplot", "absent_gpu", "absent_cython", "absent_jit"}
    assert loader.failures["a.py"] == {"g": "NameError: name 'absent_decorator' is not defined"}


def test_an_installed_name_that_is_gone_is_a_failure_of_its_own_statement(load_modules):
    loader = load_modules({"a.py": "from numpy import product, exp\n"})
    assert loader.load("a.py").exp(0) == 1
    assert "cannot import name 'product'" in loader.failures["a.py"]["product"]


def test_the_top_level_of_a_file_does_not_run(load_modules, capsys):
    loader = load_modules({"a.py": "print('hello')\nwhile True: pass\n", "n.ipynb": make_notebook("print('n')\nx = 1")})
    loader.load("a.py")
    assert loader.load("n.ipynb").x == 1
    assert capsys.readouterr().out == ""


def test_what_waits_runs_when_it_is_asked_for(load_modules):
    loader = load_modules({"a.py": "def make(): return len\ncount = make()\n"})
    assert not hasattr(loader.load("a.py"), "count")
    assert (loader.run_waiting("a.py", "count"), loader.load("a.py").count("ab")) == (True, 2)
    assert (loader.run_waiting("a.py", "count"), loader.run_waiting("b.py", "x")) == (False, False)


def test_dataclasses_and_missing_annotations_work(load_modules):
    text = (
        "from dataclasses import dataclass\n@dataclass\nclass A:\n    x: Gone = 1\ndef f(x: Gone) -> Other: return x\n"
    )
    module = load_modules({"a.py": text}).load("a.py")
    assert (module.A().x, module.f(2)) == (1, 2)


def test_small_parts():
    assert (is_installed("numpy"), is_installed("absent_plots")) == (True, False)
    assert nest_module(sys, ("a", "b")).b is sys
