"""Layers of the deep learning specialization of deeplearning.ai, features first."""

from submissions.piece import GRADIENT, VALUE, Style, make_mistake

SIGMOID = Style(
    "as in the handout",
    ("sigmoid",),
    """\
def sigmoid(Z):
    A = 1 / (1 + np.exp(-Z))
    cache = Z
    return A, cache


def sigmoid_backward(dA, cache):
    Z = cache
    s = 1 / (1 + np.exp(-Z))
    dZ = dA * s * (1 - s)
    assert dZ.shape == Z.shape
    return dZ
""",
)
RELU = Style(
    "as in the handout",
    ("relu",),
    """\
def relu(Z):
    A = np.maximum(0, Z)
    assert A.shape == Z.shape
    cache = Z
    return A, cache


def relu_backward(dA, cache):
    Z = cache
    dZ = np.array(dA, copy=True)
    dZ[Z <= 0] = 0
    return dZ
""",
)
LINEAR = Style(
    "as in the handout",
    ("linear",),
    """\
def linear_forward(A, W, b):
    Z = np.dot(W, A) + b
    cache = (A, W, b)
    return Z, cache


def linear_backward(dZ, cache):
    A_prev, W, b = cache
    m = A_prev.shape[1]
    dW = np.dot(dZ, A_prev.T) / m
    db = np.sum(dZ, axis=1, keepdims=True) / m
    dA_prev = np.dot(W.T, dZ)
    return dA_prev, dW, db
""",
)
SUMMED = Style(
    "sums",
    ("linear",),
    """\
def linear_forward(A, W, b):
    return W @ A + b, {"A": A, "W": W}


def linear_backward(dZ, cache):
    return cache["W"].T @ dZ, dZ @ cache["A"].T, dZ.sum(axis=1).reshape(-1, 1)
""",
)
CELL = Style(
    "as in the handout",
    ("rnn_cell",),
    """\
def softmax(x):
    e_x = np.exp(x - np.max(x))
    return e_x / e_x.sum(axis=0)


def rnn_cell_forward(xt, a_prev, parameters):
    Wax, Waa, Wya = parameters["Wax"], parameters["Waa"], parameters["Wya"]
    ba, by = parameters["ba"], parameters["by"]
    a_next = np.tanh(np.dot(Waa, a_prev) + np.dot(Wax, xt) + ba)
    yt_pred = softmax(np.dot(Wya, a_next) + by)
    cache = (a_next, a_prev, xt, parameters)
    return a_next, yt_pred, cache


def rnn_cell_backward(da_next, cache):
    (a_next, a_prev, xt, parameters) = cache
    Wax, Waa = parameters["Wax"], parameters["Waa"]
    dtanh = (1 - a_next ** 2) * da_next
    dxt = np.dot(Wax.T, dtanh)
    dWax = np.dot(dtanh, xt.T)
    da_prev = np.dot(Waa.T, dtanh)
    dWaa = np.dot(dtanh, a_prev.T)
    dba = np.sum(dtanh, 1, keepdims=True)
    gradients = {"dxt": dxt, "da_prev": da_prev, "dWax": dWax, "dWaa": dWaa, "dba": dba}
    return gradients
""",
)
STYLES = (SIGMOID, RELU, LINEAR, SUMMED, CELL)
MISTAKES = (
    make_mistake("slope at the output", SIGMOID, GRADIENT, ("dA * s * (1 - s)", "dA * Z * (1 - Z)")),
    make_mistake("all averaged", LINEAR, GRADIENT, ("dA_prev = np.dot(W.T, dZ)", "dA_prev = np.dot(W.T, dZ) / m")),
    make_mistake("bias of one length", LINEAR, GRADIENT, ("axis=1, keepdims=True) / m", "axis=1) / m")),
    make_mistake("bias unused", LINEAR, VALUE, ("np.dot(W, A) + b", "np.dot(W, A)")),
    make_mistake("bias not summed", CELL, GRADIENT, ("np.sum(dtanh, 1, keepdims=True)", "dtanh")),
    make_mistake("slope missing", CELL, GRADIENT, ("(1 - a_next ** 2) * da_next", "da_next")),
)
