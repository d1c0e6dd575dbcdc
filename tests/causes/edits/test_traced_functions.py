import ast

from gradcheck.causes.edits.traced_functions import list_traced_functions
from gradcheck.causes.edits.tracing import trace_gradients
from gradcheck.causes.telling_cases import draw_telling_cases
from tests.causes.edits import wrong_code


def test_functions_that_ran_have_their_statements_with_the_loops_around():
    functions = list_traced_functions(trace_gradients(next(draw_telling_cases(wrong_code.windows, 0))))
    found = {f.trace.code.co_name: f for f in functions}
    statements = found["windows_backward"].statements
    rows = [(type(s).__name__, [type(outer).__name__ for outer in around]) for s, around in statements]
    assert rows == [("Assign", []), ("For", ["For"]), ("Assign", ["For"]), ("Return", [])]
    assert isinstance(found["windows_forward"].definition, ast.FunctionDef)
