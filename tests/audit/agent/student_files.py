"""Small files in the styles of real courses, and short ways to ask an agent about them."""

import json
from textwrap import dedent

from gradcheck.audit.agent.trees import HeldObject, read_tree
from gradcheck.audit.packed_arguments import pack_arguments


def encode_files(files):
    """The bytes of these texts by path."""
    return {path: dedent(text).encode() for path, text in files.items()}


def make_notebook(*cells):
    """The text of a notebook with these cells of code."""
    rows = [{"cell_type": "code", "source": dedent(cell).splitlines(keepends=True)} for cell in cells]
    return json.dumps({"cells": [{"cell_type": "markdown", "source": ["# Homework"]}, *rows], "nbformat": 4})


def load(agent, **files):
    """Load files, "a__b" standing for "a/b.py" and "a_ipynb" for "a.ipynb"; returns the status of each by path."""
    return load_files(agent, {name.replace("__", "/") + ".py": text for name, text in files.items()})


def load_files(agent, files):
    """Load files by their paths; returns the status of each."""
    return {row["file"]: row for row in agent.load(encode_files(files))}


def find(agent, name):
    """What is known of a function."""
    return agent.find([name])[name]


def call(agent, name, *args, how=None, **kwargs):
    """The answer to a call of a function by its name."""
    return call_token(agent, find(agent, name)["function"], *args, how=how, **kwargs)


def call_token(agent, token, *args, how=None, **kwargs):
    """The answer to a call of what a token stands for."""
    return agent.call(token, pack_arguments(args, kwargs)[0], how or {})


def call_through(agent, text, name, *args):
    """What a caller returns, a function named call, that calls what is found by a name."""
    caller = agent.define(dedent(text), "call")
    return read_tree(call_token(agent, caller, HeldObject(find(agent, name)["function"]), *args)["returned"])


def run(agent, name, *args, **kwargs):
    """What a function returns."""
    answer = call(agent, name, *args, **kwargs)
    assert "raised" not in answer, answer
    return read_tree(answer["returned"])
