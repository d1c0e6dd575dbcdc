"""Of causes that come to the same, the outermost operation is named first."""

from functools import partial

from gradcheck.causes.cause import Cause
from gradcheck.causes.hypotheses.operations.ranking import measure_distance, place_expressions
from gradcheck.causes.spot_text import read_spot
from gradcheck.causes.watched_forward import watch_forward
from tests.causes.hypotheses.explaining import collect, declare


def inner(x):
    return 3 * x


def outer(x):
    return 2 * inner(x) + 1, None


PLACES = {"`a * b` (line 1)": 0.0, "`c + d` (line 2)": 1.0}


def sort(*words):
    """The words of causes of one name in the order in which these are named."""
    return [
        c.words for c in sorted((Cause("path-missing", w, "") for w in words), key=partial(measure_distance, PLACES))
    ]


def test_what_runs_later_is_named_first():
    assert sort("of `a * b` (line 1)", "of `c + d` (line 2)") == ["of `c + d` (line 2)", "of `a * b` (line 1)"]


def test_a_result_is_named_before_an_operand_and_the_shorter_words_first():
    words = ["of `c + d` (line 2)", "longer, of `c + d` (line 2)", "of `d` in `c + d` (line 2)"]
    assert sort(*reversed(words)) == words


def test_a_call_is_over_after_what_it_does_and_before_what_follows():
    case = collect(declare(outer, lambda dy, cache: dy.copy(), x="N D"), "x")[0]
    places = place_expressions({spot: read_spot(spot) for spot in watch_forward(case.evaluator, 0).seen})
    order = [where.partition("` ")[0] for where in sorted(places, key=places.__getitem__)]
    assert order[:4] == ["`3 * x", "`inner(x)", "`2 * inner(x)", "`2 * inner(x) + 1"]
