"""A project to run pytest in."""

import importlib
import multiprocessing.heap  # noqa: F401 - a run within a test would load it, and take it away with itself
import pkgutil
from pathlib import Path

import pytest

import gradcheck
from gradcheck import Array, Op, assert_correct
from gradcheck.running.supervisor import Supervisor
from tests.shared_workers import SharedSupervisor

LAYERS = """
import numpy as np
from gradcheck import Array, Op

def forward(x, w, b):
    print("printed by forward")
    return x @ w + b, (x, w)

def backward(dy, cache):
    x, w = cache
    return dy @ w.T, x.T @ dy, 0.5 * dy.sum(axis=0)

def reference(x, w, b):
    return x @ w + b

affine = Op("affine", forward, backward, reference, inputs={"x": Array("N D"), "w": Array("D M"), "b": Array("M")})
square = Op("square", lambda x: (x * x, x), lambda dy, x: 2 * x * dy, lambda x: x * x, inputs={"x": Array("*S")})
"""
"""An op whose gradient of b is wrong, and one that is right."""


@pytest.fixture(scope="session", autouse=True)
def _warm():
    """Load here what a check loads: pytester forgets what is loaded while pytest runs in this process, and JAX does
    not survive that."""
    for module in pkgutil.walk_packages(gradcheck.__path__, "gradcheck."):
        importlib.import_module(module.name)
    assert_correct(lambda x: (x * x, x), lambda dy, x: 2 * x * dy, reference=lambda x: x * x, examples=2)


class SharedProjectSupervisor(SharedSupervisor):
    """A supervisor whose workers import the package of each project anew."""

    names = ("mynet",)


@pytest.fixture(scope="session")
def shared_workers():
    """The workers of all projects."""
    workers = []
    yield workers
    Supervisor(1, workers).shut_down()


@pytest.fixture(autouse=True)
def _share_workers(monkeypatch, shared_workers):
    """Let pytest in this process use the shared workers."""
    from gradcheck.running.session import Session

    shared = SharedProjectSupervisor(1, shared_workers)
    monkeypatch.setattr("gradcheck.pytest_plugin.workers.open_session", lambda config: Session(shared))
    yield
    shared_workers[:] = shared.workers


class Project:
    """A folder with a pyproject.toml and a package mynet, and pytest in it."""

    def __init__(self, pytester):
        self.pytester, self.path = pytester, pytester.path
        self.table('ops = ["mynet.layers"]')
        self.module("__init__", "")
        self.module("layers", LAYERS)

    def table(self, *lines, examples=4):
        """Write the pyproject.toml, with these lines in its table."""
        pytest_table = ["[tool.pytest.ini_options]", 'testpaths = ["tests"]', 'addopts = "--strict-markers"']
        lines = ["[tool.gradcheck]", f"examples = {examples}", *lines, *pytest_table]
        (self.path / "pyproject.toml").write_text("\n".join(lines) + "\n")

    def file(self, name, content):
        """Write a file of the project."""
        path = Path(self.path, name)
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
        return path

    def module(self, name, content):
        """Write a module of mynet."""
        return self.file(f"mynet/{name}.py", content)

    def tests(self, content, name="test_own"):
        """Write a file of tests that know NumPy, the ops, and a pair of functions."""
        head = "import numpy as np, os, pytest\nfrom gradcheck import Array, Op\nfrom pair import forward, backward\n"
        self.file(
            "tests/pair.py", "def forward(x):\n    return x * x, x\n\ndef backward(dy, x):\n    return 2 * x * dy\n"
        )
        return self.file(f"tests/{name}.py", head + content)

    def run(self, *args):
        """pytest in this process."""
        return self.pytester.runpytest_inprocess(*args)

    def spawn(self, *args):
        """pytest in a process of its own."""
        return self.pytester.runpytest_subprocess(*args)

    def ids(self, *args):
        """The node ids that are collected."""
        return [line for line in self.run("--co", "-q", *args).outlines if "::" in line]


@pytest.fixture
def project(pytester):
    """A project whose ops are named in its settings."""
    return Project(pytester)


@pytest.fixture
def square():
    """An op that is right."""
    return Op("square", lambda x: (x * x, x), lambda dy, x: 2 * x * dy, lambda x: x * x, inputs={"x": Array("*S")})
