"""What code consists of, and what it uses by name."""

from functools import partial
from types import ModuleType

from gradcheck import Array, Op
from gradcheck.discovery.code_references import collect_parts, collect_used_names

SOURCE = """
def used(x): return deep(x)
def deep(x): return x
def forward(x): return [used(y) for y in x]
def alone(x): return x
class Layer:
    def forward(self, x): return used(x)
    @property
    def size(self): return alone(self)
class Child(Layer): pass
"""


def make_module():
    module = ModuleType("written")
    exec(SOURCE, vars(module))
    return module


def test_the_functions_within_wrappers_are_found():
    def inner(x):
        return x

    def wrap(function):
        return lambda x: function(x) + 1

    op = Op("op", wrap(partial(inner)), len, inputs={"x": Array("N")})
    assert {inner, len} <= set(collect_parts([op]))
    assert inner in collect_parts([{"a": [inner]}])


def test_a_cell_without_a_value_is_passed_over():
    def make():
        def first():
            return second()

        assert collect_parts([first]) == [first]

        def second():
            return first()

        return first

    make()


def test_names_are_followed_through_functions_comprehensions_methods_and_bases():
    module = make_module()
    assert collect_used_names(module, [module.forward]) == {"forward", "used", "deep"}
    assert collect_used_names(module, [module.Child]) == {"Child", "Layer", "used", "deep", "alone"}
