import ast

from gradcheck.causes.edits.editable_statements import EditableStatement, is_bare_return, list_editable_statements
from gradcheck.causes.telling_cases import draw_telling_cases
from tests.causes.edits import wrong_code


def list_lines(op, label):
    """The statements in the order in which they are edited."""
    statements = list_editable_statements(next(draw_telling_cases(op, 0)), label)
    return [ast.unparse(one.statement).splitlines()[0] for one in statements]


def test_the_lines_of_the_input_alone_come_first_and_the_cache_last():
    lines = list_lines(wrong_code.affine, "w")
    assert lines[0] == "dw = x.T @ dout / x.shape[0]"
    assert lines.index("return (dx, dw, db)") < len(lines) - 1
    assert lines[-1] == "return (x @ w + b, (x, w, b))"
    assert "db = dout.mean(axis=0)" not in lines


def test_a_return_of_names_computes_nothing():
    parsed = [ast.parse(f"return {text}").body[0] for text in ("loss, {'w': dw}", "self.dx", "2 * dx", "f(dx)")]
    assert [is_bare_return(statement) for statement in parsed] == [True, True, False, False]


def test_code_that_a_library_compiles_is_left_alone():
    assert list_lines(wrong_code.compiled, "x") == []


def test_a_function_that_keeps_its_results_is_left_alone():
    assert "return 1.0 / n" not in list_lines(wrong_code.mean, "x")
    assert "return n" in list_lines(wrong_code.mean, "x")


def test_a_value_that_one_statement_alone_uses_is_its_own():
    definition = ast.parse("def f(x):\n    a = x + 1\n    b = x * 2\n    c = a * b\n    return c + b").body[0]
    statement = definition.body[2]
    one = EditableStatement(None, definition, definition.body, statement, {}, (), 0)
    assert one.own_values == {"a"}
