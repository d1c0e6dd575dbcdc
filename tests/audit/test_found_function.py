"""What a worker says of a function is the submission's word: read as text and numbers, whatever it is."""

import pytest

from gradcheck.audit.assignment import Variant
from gradcheck.audit.found_function import FoundFunction, find_functions
from gradcheck.records.audit import FunctionState


def test_a_function_that_is_found_is_ready():
    found = FoundFunction.read("f", {"state": "found", "file": "a.py", "line": 3, "function": 7})
    assert (found.is_ready, found.file, found.line, found.token) == (True, "a.py", 3, 7)


@pytest.mark.parametrize(
    "told", [None, [], "found", {}, {"state": "found"}, {"state": "found", "function": True}, {"function": 3}]
)
def test_what_tells_no_token_is_not_ready(told):
    assert not FoundFunction.read("f", told).is_ready


def test_lines_of_a_notebook_are_those_of_a_cell():
    told = {"state": "found", "file": "hw.ipynb", "cell": 4, "line": 3, "function": 7}
    assert FoundFunction.read("f", told).file == "hw.ipynb, cell 4"
    assert FoundFunction.read("f", {**told, "cell": True}).file == "hw.ipynb"


def test_a_line_that_is_no_number_is_none():
    assert FoundFunction.read("f", {"line": "3", "reason": 5}) == FoundFunction("f", "", "5")


@pytest.mark.parametrize(
    ("told", "state", "reason"),
    [
        ({"state": "not found"}, FunctionState.NOT_FOUND, "no f was found"),
        ({"state": "unimplemented"}, FunctionState.UNFINISHED, "f is as it was handed out"),
        ({"state": "unimplemented", "reason": "pass"}, FunctionState.UNFINISHED, "f: pass"),
        ({"state": "python2", "reason": "print"}, FunctionState.UNLOADABLE, "f: print"),
        ({"state": "a lie", "reason": "?"}, FunctionState.UNLOADABLE, "f: ?"),
    ],
)
def test_what_is_not_ready_has_a_state_and_a_reason(told, state, reason):
    found = FoundFunction.read("f", told)
    assert (found.unrun_state, found.unrun_reason) == (state, reason)


class Told:
    """A session in which a worker answers as it likes."""

    def __init__(self, answer):
        self.answer = answer

    def request(self, handler, names):
        self.names = names
        return self.answer


def test_forward_and_backward_are_looked_for_and_nothing_else():
    session = Told({"f": {"state": "found", "function": 1}, "more": {}})
    forward, backward = find_functions(session, Variant("f", "g"))
    assert (session.names, forward.is_ready, backward.state) == (["f", "g"], True, "")
    assert len(find_functions(Told(17), Variant("loss"))) == 1
