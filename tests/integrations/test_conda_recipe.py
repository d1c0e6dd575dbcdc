"""The recipe for conda says what pyproject.toml says, and rattler-build can render it."""

import tomllib
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from gradcheck import __version__

ROOT = Path(__file__).parents[2]
FILE = ROOT / "conda" / "recipe.yaml"
RECIPE = YAML(typ="safe").load(FILE)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_it_is_of_this_version():
    assert RECIPE["context"]["version"] == __version__


def test_it_requires_what_the_package_requires():
    python, *others = RECIPE["requirements"]["run"]
    assert python == "python >=${{ python_min }}"
    assert [name.replace(" ", "") for name in others] == PROJECT["dependencies"]


def test_it_says_what_the_package_says():
    about = RECIPE["about"]
    assert (about["summary"], about["license"]) == (PROJECT["description"], PROJECT["license"])
    assert RECIPE["build"]["python"]["entry_points"] == [f"{k} = {v}" for k, v in PROJECT["scripts"].items()]


def test_rattler_build_renders_it():
    rattler = pytest.importorskip("rattler_build", reason="py-rattler-build is of the dev group")
    variants = rattler.VariantConfig({"python_min": [PROJECT["requires-python"].removeprefix(">=")]})
    (rendered,) = rattler.Stage0Recipe.from_file(str(FILE)).render(variants)
    package = rendered.recipe.package
    assert (str(package.name), str(package.version)) == ("gradcheck", __version__)
