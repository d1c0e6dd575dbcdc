"""A program holds no value longer than it is needed."""

import tracemalloc

import numpy as np

from gradcheck import Array, Op
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.oracles.autodiff import trace_reference
from gradcheck.oracles.jaxpr.lifetimes import delete_after_last_use
from tests.laws.observing import make_case

SOURCE = """def program(watch, a0, settings=()):
    v1 = a0 + 1
    v2 = v1 * v1
    def f3(a4):
        v5 = a4 * v1
        return [v5]
    v6 = v2 + 2
    v7 = f3(v6)[0]
    return [v6, v7]
def shapes(a0, settings=()):
    return [(2, )]
"""


def run(source):
    names = {}
    exec(source, names)
    return names["program"](None, 3.0)


def test_a_value_is_deleted_after_the_line_that_needs_it_last():
    written = delete_after_last_use(SOURCE).split("\n")
    assert written[written.index("    v6 = v2 + 2") + 1] == "    del v2"
    assert sum("del" in line for line in written) == 1


def test_what_a_function_inside_speaks_of_and_what_is_returned_is_kept():
    assert run(delete_after_last_use(SOURCE)) == run(SOURCE) == [18.0, 72.0]


def test_a_long_program_holds_few_arrays():
    def deep(x):
        for _ in range(40):
            x = 2 * x + 1
        return x

    op = Op("deep", lambda x: (deep(x), x), lambda dy, x: 2.0**40 * dy, deep, inputs={"x": Array("N")})
    evaluator = Evaluator(op, make_case(op, np.ones(10_000)))
    program = trace_reference(evaluator, evaluator.case.point).program
    arguments = (*evaluator.case.point, *evaluator.case.upstream)
    tracemalloc.start()
    y, dx = program.run(*arguments)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert y.tolist() == deep(arguments[0]).tolist()
    assert dx.tolist() == (2.0**40 * arguments[1]).tolist()
    assert peak < 6 * y.nbytes
