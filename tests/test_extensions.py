"""Objects that other packages add by entry points."""

import sys
from typing import Protocol

import pytest

from gradcheck.extensions import ExtensionError, ExtensionPoint

GROUP = "gradcheck.tests"


class Named(Protocol):
    """Something with a name that says a word."""

    name: str

    def say(self) -> str:
        """A word."""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Put a distribution with entry points on the path."""
    monkeypatch.syspath_prepend(tmp_path)

    def put(distribution, module, content, *entries):
        (tmp_path / f"{module}.py").write_text(content)
        folder = tmp_path / f"{distribution}-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
        (folder / "entry_points.txt").write_text("\n".join([f"[{GROUP}]", *entries]))
        monkeypatch.delitem(sys.modules, module, raising=False)

    return put


def make_point():
    """An extension point whose name "ours" is taken."""
    return ExtensionPoint(GROUP, "word", Named, ["ours"], results={"say": (str,)})


def define(name, word="'hello'"):
    """The source of one extension."""
    return f"class Word:\n    name = {name!r}\n    def say(self): return {word}\nWORD = Word()\n"


def test_without_a_package_there_are_none():
    assert make_point().load_all() == []


def test_names_are_known_without_loading(install):
    install("alpha", "alpha_words", "raise SystemExit", "greeting = alpha_words:WORD")
    assert make_point().list_names() == ("greeting",)
    assert "alpha_words" not in sys.modules


def test_an_extension_is_found_by_its_name(install):
    install("alpha", "alpha_words", define("greeting"), "greeting = alpha_words:WORD")
    assert make_point().find("greeting").say() == "hello"
    assert make_point().find("farewell") is None


@pytest.mark.parametrize(
    ("content", "entry", "said"),
    [
        ("raise ValueError('not today')", "greeting", "raises ValueError: not today"),
        ("", "greeting", "AttributeError"),
        ("class WORD: name = 'greeting'", "greeting", "WORD"),
        (define("farewell"), "greeting", "farewell"),
        (define("ours"), "ours", "as gradcheck does"),
    ],
)
def test_one_that_cannot_be_used_is_an_error_that_names_its_distribution(install, content, entry, said):
    install("alpha", "alpha_words", content, f"{entry} = alpha_words:WORD")
    with pytest.raises(ExtensionError, match=r"alpha 1\.0") as error:
        make_point().load_all()
    assert said in str(error.value)


def test_two_packages_may_not_add_one_name(install):
    install("alpha", "alpha_words", define("greeting"), "greeting = alpha_words:WORD")
    install("beta", "beta_words", define("greeting"), "greeting = beta_words:WORD")
    with pytest.raises(ExtensionError, match=r"beta 1\.0 adds the word .greeting., as alpha 1\.0 does"):
        make_point().find("greeting")


@pytest.mark.parametrize("word", ["1 / 0", "7"])
def test_what_its_functions_raise_or_return_amiss_names_it(install, word):
    install("alpha", "alpha_words", define("greeting", word), "greeting = alpha_words:WORD")
    with pytest.raises(ExtensionError, match=r"the word 'greeting' of alpha 1.0 cannot be used: alpha_words:WORD.say"):
        make_point().find("greeting").say()
