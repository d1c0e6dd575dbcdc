"""Copies of code under test keep subclasses of arrays; all else is as it is for the original."""

import functools
import sys
from functools import partial
from threading import Thread

import numpy as np
import pytest
from numpy import array, asarray

from gradcheck.evaluation import private_copies
from gradcheck.evaluation.private_copies import choose_copy, copy_function, keep_subclasses, view_module
from tests.evaluation import converting
from tests.evaluation.converting import converted, copied


class Marked(np.ndarray):
    """A subclass that conversions strip."""


X = np.linspace(0.1, 1, 3).view(Marked)

TABLE = {"one": lambda x: np.asarray(x), "pair": (converted, copied)}  # noqa: PLW0108 - by the name that users say


def logged(function):
    @functools.wraps(function)
    def wrapper(*args):
        return function(*args)

    return wrapper


@logged
def decorated(x):
    return np.array(x)


def importing(x):
    import numpy as anything
    from numpy import asarray as other

    return other(anything.asarray(x))


def relative(x):
    from .converting import converted as near

    return near(x)


def make_recursive():
    def again(x, times=2):
        return again(x, times - 1) if times else np.asarray(x)

    return again


def with_default(x, convert=np.asarray):
    return convert(x)


def in_a_generator(x):
    return [np.asarray(x) for _ in range(2)][-1]


class Layer:
    def forward(self, x):
        return np.asarray(x)


KEEPING = {
    "asarray": lambda x: np.asarray(x),  # noqa: PLW0108
    "array": lambda x: np.array(x, dtype=float),
    "imported": lambda x: asarray(x),  # noqa: PLW0108
    "imported array": lambda x: array(x),  # noqa: PLW0108
    "helper of another module": lambda x: copied(converted(x)),
    "by its module": lambda x: converting.converted(x),  # noqa: PLW0108
    "table": lambda x: TABLE["pair"][0](TABLE["one"](x)),
    "decorated": decorated,
    "imported inside": importing,
    "imported relatively": relative,
    "recursive": make_recursive(),
    "default": with_default,
    "comprehension": in_a_generator,
    "partial of a helper": partial(lambda k, x: k * np.asarray(x), 2),
    "bound method": Layer().forward,
    "polynomial": lambda x: np.polynomial.polynomial.polyval(np.array(x), [1, 2, 3]),
}


@pytest.mark.parametrize("name", KEEPING)
def test_a_copy_keeps_the_subclass_and_the_original_does_not(name):
    function = KEEPING[name]
    with keep_subclasses():
        kept = choose_copy(function)(X)
    assert type(kept) is Marked
    stripped = function(X)
    assert type(stripped) is np.ndarray
    np.testing.assert_array_equal(kept, stripped)


def test_outside_of_a_context_and_in_other_threads_it_is_the_original():
    seen = []
    assert choose_copy(converted) is converted
    with keep_subclasses():
        assert choose_copy(converted) is not converted
        other = Thread(target=lambda: seen.append(choose_copy(converted)))
        other.start()
        other.join()
    assert seen == [converted]
    assert choose_copy(converted) is converted


def speaks_of_none(x):
    return np.tanh(x) @ x


def test_a_function_that_comes_to_no_conversion_is_called_itself():
    with keep_subclasses():
        assert choose_copy(speaks_of_none) is speaks_of_none
        assert choose_copy(np.tanh) is np.tanh


def test_a_function_is_copied_once():
    assert copy_function(converted) is copy_function(converted)


def test_a_copy_shares_what_its_module_holds_and_sees_it_change(monkeypatch):
    with keep_subclasses():
        copy = choose_copy(converted)
        before = len(converting.CALLS)
        copy(X)
        assert len(converting.CALLS) == before + 1
        monkeypatch.setattr(converting, "SCALE", 3.0)
        np.testing.assert_array_equal(copy(X), 3.0 * X)


def counting(x):
    global COUNT_OF_CALLS  # noqa: PLW0603
    COUNT_OF_CALLS += 1
    return np.asarray(x)


COUNT_OF_CALLS = 0


def test_a_function_that_assigns_globals_is_called_itself():
    with keep_subclasses():
        assert choose_copy(counting) is counting


def make_counter():
    count = 0

    def counted(x):
        nonlocal count
        count += 1
        return np.asarray(x), count

    return counted


def test_a_copy_shares_the_variables_of_a_closure():
    counted = make_counter()
    with keep_subclasses():
        kept, first = choose_copy(counted)(X)
    assert type(kept) is Marked
    assert (first, counted(X)[1]) == (1, 2)


def of_every_kind(x):
    y = np.asarray(x)
    return (
        isinstance(y, np.ndarray),
        type(np.float64(1.0)) is type(y[0]),
        np.random.default_rng(0).normal(),
        np.linalg.norm(y),
        np.pi,
        len(y),
        isinstance(np, type(sys)),
        np.__name__,
        y.dtype == np.float64,
    )


def test_numpy_is_for_a_copy_what_it_is_for_the_original():
    with keep_subclasses():
        assert choose_copy(of_every_kind)(X) == of_every_kind(X)


def test_a_view_of_a_module_sets_names_in_the_module():
    view = view_module(converting)
    assert view is view_module(converting)
    view.ADDED = 1
    assert converting.ADDED == 1
    assert "ADDED" in dir(view)
    del converting.ADDED


def test_copies_are_bounded():
    for _ in range(private_copies.MAX_COPIES + 10):
        copy_function(eval("lambda x: np.asarray(x)", {"np": np}))
    assert copy_function.cache_info().currsize == private_copies.MAX_COPIES
    assert private_copies.is_copied.cache_info().currsize <= private_copies.MAX_COPIES


def test_an_exception_shows_the_line_of_the_original():
    def failing(x):
        raise ValueError(np.asarray(x).shape)

    with keep_subclasses(), pytest.raises(ValueError, match="3") as caught:
        choose_copy(failing)(X)
    assert caught.traceback[-1].path.name == "test_private_copies.py"
    assert caught.traceback[-1].name == "failing"


def test_a_matrix_becomes_an_array_in_a_copy_as_in_the_original():
    def flatten(x):
        return np.asarray(np.matrix(x)).ravel().shape, np.array(np.matrix(x)).ravel().shape

    with keep_subclasses():
        assert choose_copy(flatten)(X) == flatten(X)
