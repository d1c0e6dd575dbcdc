"""Functions as they were handed out are told from those with something in them."""

import ast
from textwrap import dedent

import pytest

from gradcheck.audit.agent.blank_bodies import describe_blank, says_unfinished

AFFINE_FORWARD = """
    def affine_forward(x, w, b):
        '''Computes the forward pass.'''
        out = None
        # TODO: Implement the affine forward pass.
        pass
        cache = (x, w, b)
        return out, cache
"""
AFFINE_BACKWARD = """
    def affine_backward(dout, cache):
        x, w, b = cache
        dx, dw, db = None, None, None
        pass
        return dx, dw, db
"""
BATCHNORM = """
    def batchnorm_forward(x, gamma, beta, bn_param):
        mode = bn_param['mode']
        eps = bn_param.get('eps', 1e-5)
        N, D = x.shape
        running_mean = bn_param.get('running_mean', np.zeros(D, dtype=x.dtype))
        out, cache = None, None
        if mode == 'train':
            pass
        elif mode == 'test':
            pass
        else:
            raise ValueError('Invalid forward batchnorm mode "%s"' % mode)
        bn_param['running_mean'] = running_mean
        return out, cache
"""
SOFTMAX = """
    def softmax_loss_naive(W, X, y, reg):
        loss = 0.0
        dW = np.zeros_like(W)
        pass
        return loss, dW
"""
COURSERA = """
    def linear_backward(dZ, cache):
        A_prev, W, b = cache
        m = A_prev.shape[1]
        ### START CODE HERE ###
        dW = None
        db = None
        dA_prev = None
        ### END CODE HERE ###
        return dA_prev, dW, db
"""
GRADIENTS = """
    def backward(X):
        dW1 = None
        grads = {"dW1": dW1, "db1": None}
        return grads
"""


COURSERA_2021 = """
    def linear_backward(dZ, cache):
        A_prev, W, b = cache
        m = A_prev.shape[1]
        # (≈ 3 lines of code)
        # YOUR CODE STARTS HERE

        # YOUR CODE ENDS HERE
        return dA_prev, dW, db
"""
CONVOLUTION = """
    def conv_backward(dZ, cache):
        (A_prev, W, b, hparameters) = cache
        (m, n_H, n_W, n_C) = None
        dA_prev, dW, db = None, None, None
        for i in range(m):
            da_prev_pad = None
            for h in range(n_H):
                da_prev_pad[h] += None
                dW[:, :, :, h] += None
            dA_prev[i, :, :, :] = None
        assert(dA_prev.shape == A_prev.shape)
        return dA_prev, dW, db
"""
TWO_LAYERS = """
    def loss(self, X, y=None):
        scores = None
        pass
        if y is None:
            return scores
        loss, grads = 0, {}
        pass
        return loss, grads
"""
DROPOUT_FORWARD = """
    def dropout_forward(x, dropout_param):
        p, mode = dropout_param['p'], dropout_param['mode']
        mask = None
        out = None
        if mode == 'train':
            pass
        elif mode == 'test':
            pass
        cache = (dropout_param, mask)
        out = out.astype(x.dtype, copy=False)
        return out, cache
"""
DROPOUT_BACKWARD = """
    def dropout_backward(dout, cache):
        dropout_param, mask = cache
        mode = dropout_param['mode']
        dx = None
        if mode == 'train':
            pass
        elif mode == 'test':
            dx = dout
        return dx
"""
COST = """
    def compute_cost(AL, Y):
        m = Y.shape[1]
        cost = None
        cost = np.squeeze(cost)
        assert(cost.shape == ())
        return cost
"""
CLOSURE = """
    def forward(x):
        def backward(dy):
            return dy
        return x, backward
"""


def parse(text):
    return ast.parse(dedent(text)).body[0]


HANDOUTS = [
    *(AFFINE_FORWARD, AFFINE_BACKWARD, BATCHNORM, SOFTMAX, COURSERA, GRADIENTS, COURSERA_2021, CONVOLUTION),
    *(TWO_LAYERS, DROPOUT_FORWARD, DROPOUT_BACKWARD, COST),
]


@pytest.mark.parametrize("text", HANDOUTS)
def test_a_handout_is_blank(text):
    assert describe_blank(parse(text))[0] == "it returns None or zeros, as it was handed out"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("pass", "empty"),
        ("...", "empty"),
        ("'''Doc.'''", "empty"),
        ("raise NotImplementedError", "raises"),
        ("raise NotImplementedError('TODO')\n    return x", "raises"),
        ("y = x\n    raise NotImplementedError()", "raises"),
        ("assert False, 'write me'", "raises"),
        ("raise Exception('TODO: implement')", "raises"),
        ("return NotImplemented", "raises"),
        ("return None", "None or zeros"),
        ("return np.zeros(3)", "None or zeros"),
    ],
)
def test_a_stub_is_blank(body, words):
    assert words in describe_blank(parse(f"def f(x):\n    {body}\n"))[0]


@pytest.mark.parametrize(
    "body",
    [
        "return x",
        "dx = np.zeros_like(x)\n    dx[0] = 1\n    return dx",
        "dx = np.zeros_like(x)\n    dx += x\n    return dx",
        "dx = np.zeros_like(x)\n    fill(dx, x)\n    return dx",
        "dx = np.zeros_like(x)\n    np.add.at(dx, x, 1)\n    return dx",
        "dx = np.zeros_like(x)\n    np.exp(x, out=dx)\n    return dx",
        "dx = np.zeros_like(x)\n    v = dx[0]\n    v += 1\n    return dx",
        "dx = np.zeros_like(x)\n    v = dx.T\n    v += 1\n    return dx",
        "dx = np.zeros_like(x)\n    for row in dx:\n        row += 1\n    return dx",
        "grads = {}\n    grads['W'] = x\n    return grads",
        "if x:\n        return x\n    raise NotImplementedError",
        "if x:\n        raise NotImplementedError\n    return x",
        "out = None\n    if x:\n        out = x\n    return out",
        "dx, dy = None, None\n    dx = x\n    dy = x\n    return dx, dy",
        "dx = None\n    if x:\n        dx = x * 2\n    else:\n        pass\n    return dx",
        "dx = np.zeros(3)\n    a, b = dx[0], dx[1]\n    return dx",
        "out = x\n    out = out.copy()\n    return out",
        "self.x = x",
        "self.x = x\n    return None",
        "return EPS",
        "def g(): pass\n    return g",
        "global y\n    return y",
        "if x:\n        return None\n    return None, x + 1",
        "dx, cache = None, x\n    dx = cache\n    return dx",
        "for out in x: pass\n    return out",
        "out = []\n    out.append(x)\n    return out",
    ],
)
def test_code_with_something_in_it_is_not_blank(body):
    assert describe_blank(parse(f"def f(x):\n    {body}\n"))[0] == ""


def test_a_closure_is_no_blank():
    assert describe_blank(parse(CLOSURE)) == ("", [])


def test_values_that_nobody_fills_are_told_by_their_positions():
    text = "def f(dout, x):\n    dx, dw, db = None, None, None\n    dw = x.T.dot(dout)\n    return dx, dw, db\n"
    assert describe_blank(parse(text)) == ("", [0, 2])
    svm = "def f(W, X):\n    loss = X.sum()\n    dW = np.zeros(W.shape)\n    return loss, dW\n"
    assert describe_blank(parse(svm)) == ("", [1])


def test_small_parts():
    assert not says_unfinished(parse("assert x"))
    assert says_unfinished(parse("raise NotImplementedError"))
