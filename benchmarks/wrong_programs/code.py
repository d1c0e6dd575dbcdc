"""Code: caches that were changed, parameters that are updated, and digits that are lost."""

from wrong_programs.program import Program, Wrong

INPLACE_SQUARE = Program(
    "energy_in_place",
    """\
import numpy as np


def energy_forward(x: "N D", w: "D M"):
    z = x @ w
    cache = (x, w, z)
    squares = np.square(z)
    return 0.5 * squares.sum(axis=1), cache


def energy_backward(dout, cache):
    x, w, z = cache
    dz = z * dout[:, None]
    return dz @ w.T, x.T @ dz
""",
)

SOFTMAX_BUFFER = Program(
    "exp_shift_loss",
    """\
import numpy as np

from gradcheck import Array, adapt, indices


class SoftmaxWithLoss:
    def forward(self, x, t):
        shifted = x - x.max(axis=1, keepdims=True)
        self.y = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
        self.t = t
        n = x.shape[0]
        picked = self.y[np.arange(n), t]
        logs = np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(n), t]
        return logs.sum() / n

    def backward(self, dout=1):
        n = self.t.shape[0]
        dx = self.y.copy()
        dx[np.arange(n), self.t] -= 1
        return dx * dout / n, None


op = adapt(SoftmaxWithLoss, name="softmax_with_loss", x="N C", t=Array("N", indices("C")))
""",
)

RNN_BUFFER = Program(
    "rnn_state_buffer",
    """\
import numpy as np


def forward(x: "T H", u: "H H"):
    h = np.zeros(x.shape[1])
    states = []
    for t in range(x.shape[0]):
        states.append(h.copy())
        h[:] = np.tanh(x[t] + h @ u)
    return h.copy(), (states, h.copy(), u, x.shape)


def backward(dh, cache):
    states, last, u, shape = cache
    dx, du = np.zeros(shape), np.zeros_like(u)
    after = last
    for t in range(shape[0] - 1, -1, -1):
        dz = dh * (1 - after ** 2)
        dx[t] = dz
        du += np.outer(states[t], dz)
        dh = u @ dz
        after = states[t]
    return dx, du
""",
)

LAYER_REUSED = Program(
    "norm_then_scale",
    """\
import numpy as np


class CenterScale:
    def __init__(self, scale: "D"):
        self.scale = scale

    def forward(self, x: "N D"):
        self.x = x
        c = self.x - self.x.mean(axis=1, keepdims=True)
        self.cubed = c ** 3
        self.c = c
        return self.scale * self.cubed

    def backward(self, dout):
        self.dscale = np.sum(dout * self.cubed, axis=0)
        dc = 3 * self.c ** 2 * dout * self.scale
        return dc - dc.mean(axis=1, keepdims=True)
""",
)

SGD_LAYER = Program(
    "dense_with_update",
    """\
import numpy as np


class Dense:
    learning_rate = 0.1

    def __init__(self, W: "D M", b: "M"):
        self.W = W
        self.b = b

    def forward(self, x: "N D"):
        self.x = x
        return np.dot(x, self.W) + self.b

    def backward(self, grad):
        self.dW = np.dot(self.x.T, grad)
        self.db = grad.sum(axis=0)
        dx = np.dot(grad, self.W.T)
        return dx
""",
)

PERCEPTRON_LOSS = Program(
    "logistic_train_step",
    """\
import numpy as np

from gradcheck import Array, adapt, bits


def loss_and_grad(w, X, t):
    z = X @ w
    loss = np.mean(np.logaddexp(0, z) - t * z)
    e = np.exp(-np.abs(z))
    p = np.where(z >= 0, 1.0, e) / (1 + e)
    dw = X.T @ (p - t) / len(t)
    return loss, dw


op = adapt(
    loss_and_grad, adapter="loss", name="logistic", w="D", X="N D", t=Array("N", bits(), gradient=False),
    gradients=["w"],
)
""",
)

MLP_UPDATE = Program(
    "two_layer_train",
    """\
import numpy as np


def forward(x: "N D", w1: "D H", w2: "H M"):
    h = np.tanh(x @ w1)
    return h @ w2, (x, w1, w2, h)


def backward(dy, cache):
    x, w1, w2, h = cache
    dw2 = h.T @ dy
    dh = dy @ w2.T
    dz = dh * (1 - h ** 2)
    dw1 = x.T @ dz
    return dz @ w1.T, dw1, dw2
""",
)

QUADRATIC = Program(
    "quadratic_buffer",
    """\
import numpy as np


def forward(x: "N D", a: "D"):
    return a * x ** 2 + x, (x, a)


def backward(dy, cache):
    x, a = cache
    dx = np.empty(x.shape, dtype=x.dtype)
    dx[:] = dy * (2 * a * x + 1)
    return dx, (dy * x ** 2).sum(0)
""",
)

GRADIENT_BUFFER = Program(
    "embedding_accumulate",
    """\
import numpy as np

from gradcheck import Array, adapt, indices


class Embedding:
    def __init__(self, W):
        self.W = W

    def forward(self, idx):
        self.idx = idx
        return self.W[idx]

    def backward(self, dout):
        rows = dout.reshape(-1, self.W.shape[1])
        dW = np.zeros(self.W.shape)
        np.add.at(dW, self.idx.reshape(-1), rows)
        self.dW = dW
        return None


op = adapt(Embedding, name="embedding", idx=Array("N T", indices("V")), W="V D")
""",
)

GATE_SLOPE = Program(
    "gate_slope",
    """\
import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def gate_forward(x: "N D", g: "N D"):
    s = sigmoid(g)
    return x * s, (x, s)


def gate_backward(dout, cache):
    x, s = cache
    ds = dout * x
    slope = s * (1 - s)
    return dout * s, ds * slope
""",
)

SOFTPLUS_STABLE = Program(
    "softplus_stable_slope",
    """\
import numpy as np


def softplus_forward(x):
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))), x


def softplus_backward(dout, x):
    e = np.exp(-np.abs(x))
    slope = np.where(x > 0, 1 / (1 + e), e / (1 + e))
    return dout * slope
""",
)

SURVIVAL = Program(
    "squared_survival",
    """\
import numpy as np


def survival_forward(x: "N T"):
    # (1 - sigmoid(x))^2
    e = np.exp(-np.abs(x))
    rest = np.where(x > 0, e, 1.0) / (1 + e)
    return rest ** 2, x


def survival_backward(dy, x):
    e = np.exp(-np.abs(x))
    s = np.where(x > 0, 1.0, e) / (1 + e)
    c = np.where(x > 0, e, 1.0) / (1 + e)
    return -2 * dy * c * c * s
""",
)

LOG_SIGMOID = Program(
    "log_sigmoid",
    """\
import numpy as np


class LogSigmoid:
    def forward(self, x):
        self.x = x
        return np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x)))

    def backward(self, dout):
        e = np.exp(-np.abs(self.x))
        complement = np.where(self.x > 0, e / (1 + e), 1 / (1 + e))
        return dout * complement
""",
)

WRONGS = (
    Wrong("cache-corrupted", INPLACE_SQUARE, "squares = np.square(z)", "squares = np.square(z, out=z)"),
    Wrong("cache-corrupted", RNN_BUFFER, "states.append(h.copy())", "states.append(h)"),
    Wrong("cache-corrupted", LAYER_REUSED, "        self.c = c\n", "        self.c = c\n        c *= self.scale\n"),
    Wrong(
        "cache-corrupted",
        SOFTMAX_BUFFER,
        "        picked = self.y[np.arange(n), t]\n",
        "        self.y[np.arange(n), t] = np.log(self.y[np.arange(n), t] + 1e-7)\n",
    ),
    Wrong(
        "parameter-updated",
        SGD_LAYER,
        "        dx = np.dot(grad, self.W.T)\n",
        "        dx = np.dot(grad, self.W.T)\n        self.W -= self.learning_rate * self.dW\n",
        law="purity",
    ),
    Wrong(
        "parameter-updated",
        PERCEPTRON_LOSS,
        "    return loss, dw\n",
        "    w -= 0.1 * dw\n    return loss, dw\n",
        law="purity",
    ),
    Wrong(
        "parameter-updated",
        MLP_UPDATE,
        "    dh = dy @ w2.T\n",
        "    w2 -= 0.01 * dw2\n    dh = dy @ w2.T\n",
        law="purity",
    ),
    Wrong("low-precision", QUADRATIC, "dtype=x.dtype)", "dtype=np.float32)", law="contract"),
    Wrong(
        "low-precision",
        GRADIENT_BUFFER,
        "dW = np.zeros(self.W.shape)",
        'dW = np.zeros(self.W.shape, dtype="f")',
        law="contract",
    ),
    Wrong("low-precision", GATE_SLOPE, "ds * slope", "(ds * slope).astype(np.float16)", law="contract"),
    Wrong(
        "cancellation",
        SOFTPLUS_STABLE,
        "slope = np.where(x > 0, 1 / (1 + e), e / (1 + e))",
        "slope = 0.5 * (1 + np.tanh(x / 2))",
    ),
    Wrong("cancellation", SURVIVAL, "c = np.where(x > 0, e, 1.0) / (1 + e)\n    return -2", "c = 1 - s\n    return -2"),
    Wrong(
        "cancellation",
        LOG_SIGMOID,
        "complement = np.where(self.x > 0, e / (1 + e), 1 / (1 + e))",
        "complement = 1 - np.where(self.x > 0, 1 / (1 + e), e / (1 + e))",
    ),
)
"""Wrong programs of these causes."""
