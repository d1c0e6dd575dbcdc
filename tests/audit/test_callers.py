"""What calls a student's work through a function of the model file, there and in a counterexample."""

import numpy as np

from gradcheck.audit.assignment_reading import read_assignment
from gradcheck.audit.callers import Caller, show_callers
from gradcheck.audit.model_answers import load_model_answers, relocate_script
from gradcheck.audit.model_ops import load_model
from gradcheck.declaration.origin import Script
from tests.audit.assignment_files import HEAD, MODEL, write_assignment

CALLER = Caller(
    'def call_net(Net, w: "D", X: Array("N D", indices("V"))) -> float:\n    return Net(w).loss(X)\n', "call_net"
)
NET = '[[functions]]\nname = "Square"\nforward = "Square"\nadapter = "loss"\nthrough = "call_loss"\n'
LOSS = """
def call_loss(Square, x: "N D"):
    return np.sum(Square().forward(x)), Square().backward(np.ones(x.shape)) + 2 * x - 2
"""


def test_a_caller_is_the_text_of_a_function_of_the_model(tmp_path):
    write_assignment(tmp_path)
    model = load_model(tmp_path / "answers.py")
    assert Caller.of(model, "call_square").text.startswith("def call_square(Square, x:")
    assert Caller.of(model, "") is None


def test_a_counterexample_shows_the_caller_and_hands_it_the_students_class():
    script = Script("", "{y}, gradients = call_net(w, X)", "", {"mask": {"forward": "call_net(w)", "backward": ""}})
    shown = relocate_script(show_callers(script, [("Net", CALLER)]), (("lib/net.py", 2), ("lib/net.py", 2)))
    assert shown.opening == "from lib.net import Net\ndef call_net(Net, w, X):\n    return Net(w).loss(X)"
    assert (shown.forward, shown.variants["mask"]["forward"]) == (
        "{y}, gradients = call_net(Net, w, X)",
        "call_net(Net, w)",
    )


def test_without_a_caller_nothing_changes():
    script = Script("from answers import f", "{y} = f(x)", "")
    assert show_callers(script, [("f", None)]) is script
    assert show_callers(None, [("f", CALLER)]) is None


def test_the_opening_of_a_row_with_a_caller_runs(tmp_path):
    assignment = read_assignment(write_assignment(tmp_path, HEAD + NET, MODEL + LOSS))
    (answer,) = load_model_answers(assignment)["Square"]
    assert answer.op.origin.script.opening.startswith("from model import Square\ndef call_loss(Square, x):")
    scope = {"np": np}
    exec(answer.op.origin.script.opening.partition("\n")[2], scope)
    assert callable(scope["call_loss"])
