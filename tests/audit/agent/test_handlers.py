"""Requests of the parent, one after the other, as they cross the channel."""

import numpy as np

from gradcheck.audit.agent.handlers import Agent, build_handlers, call_by_name
from gradcheck.audit.agent.trees import HeldObject, read_tree
from gradcheck.audit.packed_arguments import pack_arguments
from tests.audit.agent.student_files import call, call_through, call_token, find, load, run

AFFINE = """
import numpy as np
def affine_forward(x, w, b):
    print('forward')
    return x.dot(w) + b, (x, w, b)
def affine_backward(dout, cache):
    x, w, b = cache
    x *= 2
    dout[0] = 7
    return dout.dot(w.T), x.T.dot(dout), dout.sum(0)
"""
TWO_LAYERS = """
import numpy as np
class TwoLayerNet:
    def __init__(self, size=2, scale=1.0):
        self.params = {'W1': scale * np.ones((size, size)), ('b', 1): 0}
    def loss(self, X, y=None):
        return (X.dot(self.params['W1'])).sum(), {'W1': X.sum(0)}
    @property
    def broken(self):
        raise ValueError('no')
"""


def test_forward_keeps_its_cache_for_backward(agent):
    load(agent, layers=AFFINE)
    x, w, b = np.ones((2, 3)), np.ones((3, 4)), np.zeros(4)
    answer = call(agent, "affine_forward", x, w, b, how={"hold": "last"})
    out, cache = read_tree(answer["returned"])
    assert (out.tolist(), "changed" in answer, type(cache)) == (np.full((2, 4), 3.0).tolist(), False, HeldObject)
    answer = call(agent, "affine_backward", np.ones((2, 4)), cache)
    assert [one.shape for one in read_tree(answer["returned"])] == [(2, 3), (3, 4), (4,)]
    assert read_tree(answer["changed"])[0][0].tolist() == [7] * 4


def test_the_arguments_of_the_parent_stay_as_they_are(agent):
    load(agent, layers="def f(x):\n    x += 1\n    return x\n")
    x = np.zeros(2)
    assert run(agent, "f", x).tolist() == [1, 1]
    assert x.tolist() == [0, 0]


def test_a_name_that_waits_is_made_when_a_call_misses_it(agent):
    load(
        agent,
        a="def make(): return 2\nEPS = make()\nOTHER = make()\ndef f(x): return x + EPS + OTHER\n",
    )
    assert run(agent, "f", 1) == 5
    load(agent, a="def f(x): return x + missing\n")
    assert call(agent, "f", 1)["kind"] == "missing-name"


def test_a_caller_of_the_parent_makes_objects_and_calls_their_methods(agent):
    load(agent, net=TWO_LAYERS)
    caller = """
    def call(TwoLayerNet: "annotations are not run", X: UNKNOWN):
        net = TwoLayerNet(size=3)
        net.params["W1"] = np.zeros((3, 3))
        return net.loss(X)
    """
    loss, grads = call_through(agent, caller, "TwoLayerNet", np.ones((2, 3)))
    assert (loss, grads["W1"].tolist()) == (0, [2, 2, 2])


def test_what_an_object_raises_is_told(agent):
    load(agent, net=TWO_LAYERS)
    caller = agent.define("def call(TwoLayerNet): return TwoLayerNet().broken", "call")
    answer = call_token(agent, caller, HeldObject(find(agent, "TwoLayerNet")["function"]))
    assert (answer["raised"], answer["message"], answer["file"]) == ("ValueError", "no", "net.py")
    assert call(agent, "TwoLayerNet", depth=3)["kind"] == "signature"


def test_objects_are_let_go(agent):
    tokens = [agent.hold(object()) for _ in range(3)]
    assert agent.forget(tokens[:1]) == 2
    assert call_token(agent, tokens[0])["raised"] == "KeyError"
    assert agent.forget() == 0


def test_another_submission_takes_the_place_of_the_first(agent):
    load(agent, a="def f(): return 1\n", b="def g(): return 1\n")
    assert run(agent, "f") == 1
    load(agent, a="def f(): return 2\n")
    assert (run(agent, "f"), find(agent, "g")["state"]) == (2, "not found")


def test_handlers_take_one_dictionary():
    handlers = build_handlers()
    assert (
        handlers["load"]({"files": {"a.py": np.frombuffer(b"def f(): return 1\n", dtype=np.uint8)}})[0]["status"]
        == "ok"
    )
    function = handlers["find"]({"names": ["f"]})["f"]["function"]
    assert (
        read_tree(
            handlers["call"]({"function": function, "arguments": pack_arguments((), {})[0], "how": {}})["returned"]
        )
        == 1
    )
    handlers["load"]({"files": {}})


def test_small_parts():
    assert call_by_name(dict, {"a": 1}) == {"a": 1}
    assert Agent().forget() == 0
