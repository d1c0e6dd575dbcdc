"""Calls: arrays of the caller that are changed, states and buffers that outlive a call, and draws."""

from wrong_programs.program import Program, Wrong

MASKED_RELU = Program(
    "relu_on_a_copy",
    """\
import numpy as np


class ReLU:
    def forward(self, x: "N D"):
        self.mask = x <= 0
        out = x.copy()
        out[self.mask] = 0
        return out

    def backward(self, dout):
        dx = dout.copy()
        dx[self.mask] = 0
        return dx
""",
)

SHIFTED_LOGITS = Program(
    "loss_of_shifted_logits",
    """\
import numpy as np

from gradcheck import Array, adapt, indices


def softmax_loss(x, y):
    x = x - np.max(x, axis=1, keepdims=True)
    e = np.exp(x)
    probs = e / np.sum(e, axis=1, keepdims=True)
    N = x.shape[0]
    loss = np.sum(np.log(np.sum(e, axis=1)) - x[np.arange(N), y]) / N
    dx = probs.copy()
    dx[np.arange(N), y] -= 1
    return loss, dx / N


op = adapt(softmax_loss, adapter="loss", name="softmax_loss", x="N C", y=Array("N", indices("C")), gradients=["x"])
""",
)

GRADIENT_MASK = Program(
    "masked_attention_values",
    """\
import numpy as np

from gradcheck import Array, bits


def forward(v: "N T D", mask: Array("N T", bits())):
    return v * mask[:, :, None], mask


def backward(dout, mask):
    dv = np.multiply(dout, mask[:, :, None])
    return dv, None
""",
)

MEMOISED_KERNEL = Program(
    "memoised_kernel",
    """\
import numpy as np

from gradcheck import adapt, choice

KERNELS = {}


def kernel(n, sigma):
    d = np.arange(n)[:, None] - np.arange(n)[None, :]
    k = np.exp(-0.5 * (d / sigma) ** 2)
    return k / k.sum(axis=1, keepdims=True)


def blur(x, sigma):
    return x @ kernel(x.shape[1], sigma), (x.shape[1], sigma)


def blur_grad(dy, cache):
    n, sigma = cache
    key = (n, sigma)
    if key not in KERNELS:
        KERNELS[key] = kernel(n, sigma)
    return dy @ KERNELS[key].T


op = adapt(blur, blur_grad, name="blur", x="N T", sigma=choice(0.5, 1.0, 2.0))
""",
)

ACCUMULATED_TABLE = Program(
    "table_lookup",
    """\
import numpy as np

from gradcheck import Array, indices

GRADS = {}


def lookup_forward(table: "V D", ids: Array("N", indices("V"))):
    return table[ids], (table.shape, ids)


def lookup_backward(dout, cache):
    shape, ids = cache
    GRADS[shape] = np.zeros(shape)
    np.add.at(GRADS[shape], ids, dout)
    return GRADS[shape].copy(), None
""",
)

LAST_INPUT = Program(
    "square_with_global",
    """\
import numpy as np

STATE = {}


def square_forward(x: "N D", w: "D"):
    STATE["x"] = x
    return w * x ** 2, (x, w)


def square_backward(dy, cache):
    x, w = cache
    return 2 * dy * w * x, (dy * x ** 2).sum(axis=0)
""",
)

WORKSPACE_GATE = Program(
    "gate_with_workspace",
    """\
import numpy as np

WORK = {}


def workspace(shape):
    return WORK.setdefault(shape, np.empty(shape))


def gate_forward(x: "N D"):
    t = np.tanh(x)
    return 2 * t, t


def gate_backward(dy, t):
    out = workspace(t.shape)
    np.multiply(2 * dy, 1 - t * t, out=out)
    return out.copy()
""",
)

BUFFERED_SCALE = Program(
    "per_feature_scale",
    """\
import numpy as np


class Scale:
    buffers = {}

    def __init__(self, s: "D"):
        self.s = s

    def buffer(self, shape):
        return self.buffers.setdefault(shape, np.zeros(shape))

    def forward(self, x: "N D"):
        self.x = x
        return x * self.s

    def backward(self, dout):
        self.ds = np.einsum("nd,nd->d", dout, self.x)
        return np.multiply(dout, self.s, out=np.empty(dout.shape))
""",
)

COLUMN_BUFFER = Program(
    "column_energies",
    """\
import numpy as np

FULL = {}


def sums_forward(x: "N D"):
    return np.sum(x ** 2, axis=0), x


def sums_backward(dy, x):
    full = FULL.setdefault(x.shape, np.zeros(x.shape))
    full[:] = 2 * dy * x
    return np.array(full)
""",
)

SEEDED_DROPOUT = Program(
    "seeded_dropout",
    """\
import numpy as np

from gradcheck import adapt


class Dropout:
    def __init__(self, p, seed):
        self.p, self.seed = p, seed

    def forward(self, x):
        rng = np.random.default_rng(self.seed)
        self.mask = (rng.random(x.shape) >= self.p) / (1 - self.p)
        return x * self.mask

    def backward(self, dout):
        rng = np.random.default_rng(self.seed)
        mask = (rng.random(dout.shape) >= self.p) / (1 - self.p)
        return dout * mask


op = adapt(Dropout, name="dropout", x="N D", p=0.5, seed=7)
""",
)

RANDOM_PROJECTION = Program(
    "random_projection",
    """\
import numpy as np

from gradcheck import adapt


def projection(d, k):
    return np.random.RandomState(3).randn(d, k) / np.sqrt(k)


def project(x, k):
    return x @ projection(x.shape[1], k), (x.shape[1], k)


def project_grad(dy, cache):
    d, k = cache
    return dy @ np.random.RandomState(3).randn(d, k).T / np.sqrt(k)


op = adapt(project, project_grad, name="project", x="N D", k=4)
""",
)

STRAIGHT_NOISE = Program(
    "multiplicative_noise",
    """\
import numpy as np


def noise(shape):
    return 1 + 0.1 * np.random.default_rng(0).standard_normal(shape)


def forward(x: "N C L"):
    n = noise(x.shape[:2])[..., None]
    return x * n, n


def backward(dy, n):
    scale = n
    return dy * scale
""",
)

WRONGS = (
    Wrong("array-changed", MASKED_RELU, "dx = dout.copy()", "dx = dout", law="purity"),
    Wrong("array-changed", MASKED_RELU, "out = x.copy()", "out = x", law="purity"),
    Wrong(
        "array-changed",
        SHIFTED_LOGITS,
        "x = x - np.max(x, axis=1, keepdims=True)",
        "x -= np.max(x, axis=1, keepdims=True)",
        law="purity",
    ),
    Wrong(
        "array-changed",
        GRADIENT_MASK,
        "dv = np.multiply(dout, mask[:, :, None])",
        "dv = np.multiply(dout, mask[:, :, None], out=dout)",
        law="purity",
    ),
    Wrong("state-kept", MEMOISED_KERNEL, "key = (n, sigma)", "key = n"),
    Wrong(
        "state-kept",
        ACCUMULATED_TABLE,
        "GRADS[shape] = np.zeros(shape)",
        "GRADS.setdefault(shape, np.zeros(shape))",
        law="purity",
    ),
    Wrong("state-kept", LAST_INPUT, "    x, w = cache\n", '    x, w = STATE["x"], cache[1]\n', law="purity"),
    Wrong("buffer-handed-out", WORKSPACE_GATE, "return out.copy()", "return out", law="purity"),
    Wrong("buffer-handed-out", BUFFERED_SCALE, "out=np.empty(dout.shape)", "out=self.buffer(dout.shape)", law="purity"),
    Wrong("buffer-handed-out", COLUMN_BUFFER, "return np.array(full)", "return full", law="purity"),
    Wrong(
        "random-draws",
        SEEDED_DROPOUT,
        "rng = np.random.default_rng(self.seed)\n        mask",
        "rng = np.random.default_rng()\n        mask",
        law="purity",
    ),
    Wrong(
        "random-draws",
        RANDOM_PROJECTION,
        "dy @ np.random.RandomState(3).randn(d, k).T",
        "dy @ np.random.randn(d, k).T",
        law="purity",
    ),
    Wrong("random-draws", STRAIGHT_NOISE, "scale = n\n", "scale = 1 + 0.1 * np.random.randn(*n.shape)\n", law="purity"),
)
"""Wrong programs of these causes."""
