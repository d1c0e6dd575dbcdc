"""An empty folder to work in."""

import sys

import pytest


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder to work in; what is imported from it is forgotten afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if any(str(tmp_path) in place for place in find_places(sys.modules[name])):
            del sys.modules[name]


def find_places(module):
    """The file of a module, and the folders of a package, which may have no file."""
    return [str(getattr(module, "__file__", "")), *map(str, getattr(module, "__path__", ()))]
