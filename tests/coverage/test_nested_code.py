"""The code of functions inside functions is found."""

from gradcheck.coverage.nested_code import walk_code


def test_codes_inside_are_walked():
    def outer():
        return lambda: [i**2 for i in range(3)]

    assert {code.co_name for code in walk_code(outer.__code__)} >= {"outer", "<lambda>"}
