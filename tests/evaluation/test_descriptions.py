"""Values and exceptions are described in one short line, and nothing that they define is run."""

import asyncio

import numpy as np
import pytest

from gradcheck.evaluation.descriptions import describe_raised, describe_value, name_type
from gradcheck.evaluation.outside_stops import OutsideStop
from tests.evaluation.odd_values import NO_ARRAYS, HostileArray


def raise_error(error):
    raise error


def make_error(base=Exception, **members):
    """An exception of a class of its own."""
    return type("Odd", (base,), members)("text")


def make_cycle():
    """An exception that is its own cause and context."""
    error = ValueError("cyclic")
    error.__cause__ = error.__context__ = error
    return error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ValueError("wrong"), "ValueError: wrong"),
        (StopIteration(), "StopIteration"),
        (KeyError("gamma"), "KeyError: 'gamma'"),
        (ValueError("A" * 5_000_000), f"ValueError: {'A' * 300}… (5,000,000 characters)"),
        (ValueError("\x1b[2J\x07 one\ntwo\ud800"), r"ValueError: \x1b[2J\x07 one\ntwo\ud800"),
        (make_error(__str__=lambda self: 1 / 0), "Odd: (its text raises ZeroDivisionError)"),
        (make_error(__str__=lambda self: raise_error(KeyboardInterrupt)), "Odd: (its text raises KeyboardInterrupt)"),
        (make_error(__str__=lambda self: raise_error(SystemExit)), "Odd: (its text raises SystemExit)"),
        (make_error(__str__=lambda self: None), "Odd: (its text raises TypeError)"),
        (make_error(__class__=property(lambda self: 1 / 0)), "Odd: text"),
        (
            type("\x1b[31m\n" + "N" * 1000, (Exception,), {})("text"),
            rf"\x1b[31m\n{'N' * 294}… (1,006 characters): text",
        ),
        (type("Meta", (type,), {"__name__": property(lambda kind: 1 / 0)})("Odd", (Exception,), {})(), "Odd"),
        (ExceptionGroup("several", [ValueError("a"), TypeError("b")]), "ExceptionGroup: several (2 sub-exceptions)"),
        (asyncio.CancelledError(), "CancelledError"),
        (make_cycle(), "ValueError: cyclic"),
    ],
    ids=lambda value: value[:40] if type(value) is str else "",
)
def test_an_exception_is_described_in_one_line(error, words):
    assert describe_raised(error) == words


def test_the_time_limit_passes_through_the_text_of_an_exception():
    with pytest.raises(OutsideStop):
        describe_raised(make_error(__str__=lambda self: raise_error(OutsideStop)))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "None"),
        (2.5, "float 2.5"),
        (True, "bool True"),
        (10**5000, "int of many digits"),
        ("a\n" * 100, f"str {('a' + chr(10)) * 20!r}"),
        ((1, 2), "a tuple of 2"),
        ([], "a list of 0"),
        ({1.0}, "a set of 1"),
        ({"x": 1, "w": 2}, "a dict with the keys 'x', 'w'"),
        (dict.fromkeys("abcdef"), "a dict with the keys 'a', 'b', 'c', 'd', …"),
        ({1: 2}, "a dict of 1"),
        (np.zeros((2, 3)), "an array of shape (2, 3)"),
        (np.zeros((2, 3)).view(HostileArray), "an array of shape (2, 3)"),
        (len, "an object of type builtin_function_or_method"),
    ],
    ids=lambda value: value[:40] if type(value) is str else "",
)
def test_a_value_is_described_in_a_few_words(value, words):
    assert describe_value(value) == words


@pytest.mark.parametrize("name", NO_ARRAYS)
def test_whatever_it_is_the_description_is_short_and_printable(name):
    words = describe_value(NO_ARRAYS[name](np.ones((1, 2))))
    assert words.isprintable()
    assert len(words) < 100


def test_the_name_of_a_type_is_its_own():
    assert name_type(int) == "int"
