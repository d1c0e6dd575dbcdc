"""Activations: slopes that are missing or taken at another value, plateaus, branches, boundaries, ties."""

from wrong_programs.program import Program, Wrong

TANH_NET = Program(
    "tanh_net",
    '''\
import numpy as np


def net_forward(X: "N D", W1: "D H", b1: "H", W2: "H M", b2: "M"):
    """Two layers with a tanh between them."""
    z1 = X.dot(W1) + b1
    a1 = np.tanh(z1)
    out = a1.dot(W2) + b2
    cache = (X, W1, W2, z1, a1)
    return out, cache


def net_backward(dout, cache):
    X, W1, W2, z1, a1 = cache
    dW2 = a1.T.dot(dout)
    db2 = np.sum(dout, axis=0)
    da1 = dout.dot(W2.T)
    dz1 = da1 * (1 - np.power(a1, 2))
    dW1 = X.T.dot(dz1)
    db1 = np.sum(dz1, axis=0)
    dX = dz1.dot(W1.T)
    return dX, dW1, db1, dW2, db2
''',
)

LOGISTIC_UNIT = Program(
    "logistic_unit",
    """\
import numpy as np


class LogisticLayer:
    def __init__(self, weights: "D M", bias: "M"):
        self.weights = weights
        self.bias = bias

    def activation(self, z):
        return 1.0 / (1.0 + np.exp(-z))

    def activation_prime(self, z):
        s = self.activation(z)
        return s * (1 - s)

    def forward(self, inputs: "N D"):
        self.inputs = inputs
        self.z = np.dot(inputs, self.weights) + self.bias
        self.out = self.activation(self.z).copy()
        return self.activation(self.z)

    def backward(self, output_error):
        delta = output_error * self.activation_prime(self.z)
        self.grad_weights = np.dot(self.inputs.T, delta)
        self.grad_bias = delta.sum(axis=0)
        return np.dot(delta, self.weights.T)
""",
)

LSTM_STEP = Program(
    "cs231n_lstm_step",
    """\
import numpy as np


def sigmoid(x):
    pos_mask = x >= 0
    neg_mask = x < 0
    z = np.zeros_like(x)
    z[pos_mask] = np.exp(-x[pos_mask])
    z[neg_mask] = np.exp(x[neg_mask])
    top = np.ones_like(x)
    top[neg_mask] = z[neg_mask]
    return top / (1 + z)


def lstm_step_forward(x: "N D", prev_h: "N H", prev_c: "N H", Wx: "D 4*H", Wh: "H 4*H", b: "4*H"):
    N, H = prev_h.shape
    a = x.dot(Wx) + prev_h.dot(Wh) + b
    i = sigmoid(a[:, :H])
    f = sigmoid(a[:, H:2*H])
    o = sigmoid(a[:, 2*H:3*H])
    g = np.tanh(a[:, 3*H:])
    next_c = f * prev_c + i * g
    tc = np.tanh(next_c)
    next_h = o * tc
    return next_h, next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, tc)


def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, tc = cache
    do = dnext_h * tc
    dc = dnext_c + dnext_h * o * (1 - tc ** 2)
    df = dc * prev_c
    di = dc * g
    dg = dc * i
    dprev_c = dc * f
    dai = di * i * (1 - i)
    daf = df * f * (1 - f)
    dao = do * o * (1 - o)
    dag = dg * (1 - g ** 2)
    da = np.concatenate((dai, daf, dao, dag), axis=1)
    dx = da.dot(Wx.T)
    dprev_h = da.dot(Wh.T)
    dWx = x.T.dot(da)
    dWh = prev_h.T.dot(da)
    db = da.sum(axis=0)
    return dx, dprev_h, dprev_c, dWx, dWh, db
""",
)

MICRO_SOFTPLUS = Program(
    "softplus_op",
    """\
import numpy as np


def sigmoid(v):
    e = np.exp(-np.abs(v))
    return np.where(v >= 0, 1.0, e) / (1.0 + e)


class Softplus:
    def forward(self, x):
        self.x = x
        self.y = np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))
        return self.y.copy()

    def backward(self, grad_output):
        return grad_output * sigmoid(self.x)
""",
)

ELU_BLOCK = Program(
    "elu_mlp_dict",
    """\
import numpy as np


def elu(z, alpha=1.0):
    return np.where(z > 0, z, alpha * (np.exp(np.minimum(z, 0)) - 1))


def d_elu(z, alpha=1.0):
    return np.where(z > 0, 1.0, alpha * np.exp(np.minimum(z, 0)))


def mlp_forward(x: "N D", w1: "D H", w2: "H O"):
    c = {}
    c["x"], c["w1"], c["w2"] = x, w1, w2
    c["z"] = x @ w1
    c["h"] = elu(c["z"])
    return c["h"] @ w2, c


def mlp_backward(dy, c):
    g = {}
    g["w2"] = c["h"].T @ dy
    g["h"] = dy @ c["w2"].T
    g["z"] = g["h"] * d_elu(c["z"])
    g["w1"] = c["x"].T @ g["z"]
    g["x"] = g["z"] @ c["w1"].T
    return g["x"], g["w1"], g["w2"]
""",
)

LEAKY_CONV = Program(
    "leaky_relu_after_bias",
    """\
import numpy as np


def forward(x: "N C H W", b: "C"):
    z = x + b.reshape(1, -1, 1, 1)
    return np.where(z > 0, z, 0.2 * z), z


def backward(dy, z):
    slope = np.where(z > 0, 1.0, 0.2)
    dz = dy * slope
    return dz, dz.sum(axis=(0, 2, 3))
""",
)

RELU6 = Program(
    "relu6",
    """\
import numpy as np


class ReLU6:
    def forward(self, x):
        self.x = x
        return np.clip(x, 0, 6)

    def backward(self, dout):
        inside = (self.x > 0) & (self.x < 6)
        return dout * inside
""",
)

HARD_SIGMOID = Program(
    "hard_sigmoid_gate",
    """\
import numpy as np


def forward(x: "N D", g: "N D"):
    gate = np.clip(g / 6 + 0.5, 0, 1)
    return x * gate, (x, g, gate)


def backward(dy, cache):
    x, g, gate = cache
    dx = dy * gate
    dgate = dy * x
    dg = np.where(np.abs(g) < 3, dgate / 6, 0.0)
    return dx, dg
""",
)

SMOOTH_L1 = Program(
    "smooth_l1",
    '''\
import numpy as np

from gradcheck import adapt


def smooth_l1_loss(pred, target, beta=0.5):
    """Smooth L1 loss of a box regressor, summed over the coordinates, averaged over the boxes."""
    r = pred - target
    small = np.abs(r) < beta
    per_element = np.where(small, 0.5 * r ** 2 / beta, np.abs(r) - 0.5 * beta)
    loss = per_element.sum() / len(pred)
    grad = np.where(small, r / beta, np.sign(r)) / len(pred)
    return loss, grad


op = adapt(smooth_l1_loss, adapter="loss", name="smooth_l1", pred="N 4", target="N 4", gradients=["pred"])
''',
)

CLIPPED_RATIO = Program(
    "ppo_clip",
    """\
import numpy as np

from gradcheck import Array, adapt, real


def surrogate(logp, old_logp, adv, clip=0.2):
    # the clipped objective of proximal policy optimisation, to be minimised
    ratio = np.exp(logp - old_logp)
    clipped = np.clip(ratio, 1 - clip, 1 + clip)
    objective = np.minimum(ratio * adv, clipped * adv)
    loss = -objective.mean()
    active = ratio * adv <= clipped * adv
    dlogp = -(ratio * adv * active) / len(adv)
    return loss, dlogp


op = adapt(
    surrogate, adapter="loss", name="ppo", logp=Array("N", real(3)), old_logp=Array("N", real(3)), adv="N",
    gradients=["logp"],
)
""",
)

HARD_TANH_LOOP = Program(
    "hardtanh_loop",
    """\
import numpy as np


def forward(x: "N D"):
    y = np.empty_like(x)
    for n in range(x.shape[0]):
        for d in range(x.shape[1]):
            if x[n, d] > 1:
                y[n, d] = 1
            elif x[n, d] < -1:
                y[n, d] = -1
            else:
                y[n, d] = x[n, d]
    return y, x


def backward(dy, x):
    dx = np.zeros_like(x)
    for n in range(x.shape[0]):
        for d in range(x.shape[1]):
            if -1 < x[n, d] and x[n, d] < 1:
                dx[n, d] = dy[n, d]
    return dx
""",
)

SELU = Program(
    "selu_class",
    """\
import numpy as np

LAMBDA = 1.0507009873554805
ALPHA = 1.6732632423543772


class SELU:
    def forward(self, x):
        self.x = x
        return LAMBDA * np.where(x > 0, x, ALPHA * np.expm1(np.minimum(x, 0)))

    def backward(self, dout):
        negative = ALPHA * np.exp(np.minimum(self.x, 0))
        positive = np.ones_like(self.x)
        return dout * LAMBDA * np.where(self.x > 0, positive, negative)
""",
)

MAXOUT = Program(
    "maxout_pair",
    """\
import numpy as np


def maxout_forward(x: "N D", W1: "D M", W2: "D M"):
    a, b = x @ W1, x @ W2
    return np.maximum(a, b), (x, W1, W2, a, b)


def maxout_backward(dout, cache):
    x, W1, W2, a, b = cache
    first = a > b
    da = dout * first
    db = dout * ~first
    return da @ W1.T + db @ W2.T, x.T @ da, x.T @ db
""",
)

PRELU = Program(
    "prelu_class",
    """\
import numpy as np


class PReLU:
    def __init__(self, alpha: "C"):
        self.alpha = alpha

    def forward(self, x: "N C L"):
        self.x = x
        a = self.alpha[None, :, None]
        return np.maximum(x, 0) + a * np.minimum(x, 0)

    def backward(self, dout):
        x = self.x
        a = self.alpha[None, :, None]
        self.dalpha = np.sum(dout * np.minimum(x, 0), axis=(0, 2))
        return np.where(x >= 0, dout, a * dout)
""",
)

HUBER = Program(
    "huber_torchlike",
    """\
import numpy as np

from gradcheck import adapt, choice


class HuberLoss:
    def forward(self, input, target, delta):
        self.error = input - target
        self.delta = delta
        self.quadratic = np.abs(self.error) <= delta
        return np.where(self.quadratic, 0.5 * self.error ** 2, delta * (np.abs(self.error) - 0.5 * delta))

    def backward(self, grad):
        linear = self.delta * np.sign(self.error)
        d = grad * np.where(self.quadratic, self.error, linear)
        return d, -d


op = adapt(HuberLoss, name="huber", input="N D", target="N D", delta=choice(0.5, 1.0))
""",
)

LEAKY_BY_MASKS = Program(
    "leaky_relu_masks",
    """\
import numpy as np


def leaky_relu_forward(x):
    return np.where(x >= 0, x, 0.1 * x), x


def leaky_relu_backward(dout, x):
    dx = np.zeros_like(x)
    dx[x >= 0] = dout[x >= 0]
    dx[x < 0] = 0.1 * dout[x < 0]
    return dx
""",
)

CAUSAL_ATTENTION = Program(
    "causal_linear_attention",
    """\
import numpy as np


def forward(q: "T D", k: "T D", v: "T M"):
    T = q.shape[0]
    causal = np.tril(np.ones((T, T)))
    s = (q @ k.T) * causal
    return s @ v, (q, k, v, s)


def backward(dout, cache):
    q, k, v, s = cache
    T = q.shape[0]
    dv = s.T @ dout
    ds = (dout @ v.T) * np.tril(np.ones((T, T)))
    dq = ds @ k
    dk = ds.T @ q
    return dq, dk, dv
""",
)

ORDINAL = Program(
    "ordinal_loss",
    '''\
import numpy as np

from gradcheck import Array, adapt, indices


def softplus(v):
    return np.logaddexp(0, v)


def ordinal_loss(score, y):
    """Cumulative link loss: of the K thresholds, those below the label y are to be passed."""
    N, K = score.shape
    passed = np.arange(K)[None, :] < y[:, None]
    loss = np.sum(np.where(passed, softplus(-score), softplus(score)))
    e = np.exp(-np.abs(score))
    p = np.where(score >= 0, 1.0, e) / (1 + e)
    target = (np.arange(K)[None, :] < y[:, None]).astype(float)
    dscore = p - target
    return loss, dscore


op = adapt(ordinal_loss, adapter="loss", name="ordinal", score="N K", y=Array("N", indices("K")), gradients=["score"])
''',
)

BANDED_SUM = Program(
    "local_window_sum",
    """\
import numpy as np


def forward(x: "T D", w: "T T"):
    # every position sees those at most two away
    T = len(x)
    pos = np.arange(T)
    near = np.abs(pos[:, None] - pos[None, :]) <= 2
    return (w * near) @ x, (x, w, near)


def backward(dy, cache):
    x, w, near = cache
    pos = np.arange(len(x))
    inside = np.abs(pos[:, None] - pos[None, :]) <= 2
    dw = (dy @ x.T) * inside
    dx = (w * near).T @ dy
    return dx, dw
""",
)

MAX_REDUCE = Program(
    "autograd_max",
    """\
import numpy as np


class Max:
    def forward(self, x: "N D"):
        self.x = x
        self.m = x.max(axis=1)
        return self.m.copy()

    def backward(self, out_grad):
        mask = (self.x == self.m[:, None]).astype(self.x.dtype)
        mask = mask / mask.sum(axis=1, keepdims=True)
        return out_grad[:, None] * mask
""",
)

ELEMENTWISE_MAX = Program(
    "elementwise_maximum",
    """\
import numpy as np


def forward(a: "N D", b: "N D"):
    return np.maximum(a, b), (a, b)


def backward(dy, cache):
    a, b = cache
    da = dy * (a >= b)
    db = dy * (b > a)
    return da, db
""",
)

MAX_OVER_TIME = Program(
    "max_over_time",
    """\
import numpy as np


def pool_forward(x: "B T C"):
    best = x.argmax(axis=1)
    y = np.take_along_axis(x, best[:, None, :], axis=1)[:, 0]
    return y, (x, best)


def pool_backward(dy, cache):
    x, best = cache
    hit = np.arange(x.shape[1])[None, :, None] == best[:, None, :]
    return hit * dy[:, None, :]
""",
)

SIGNED_LEAKY = Program(
    "leaky_by_output",
    """\
import numpy as np

from gradcheck import adapt, choice


class LeakyReLU:
    def __init__(self, slope):
        self.slope = slope

    def forward(self, x):
        self.x = x
        self.out = np.where(x > 0, x, self.slope * x)
        return self.out.copy()

    def backward(self, dout):
        positive = self.x > 0
        return np.where(positive, dout, self.slope * dout)


op = adapt(LeakyReLU, name="leaky", x="N D", slope=choice(0.1, -0.5))
""",
)

WRONGS = (
    Wrong("slope-missing", TANH_NET, "dz1 = da1 * (1 - np.power(a1, 2))", "dz1 = da1"),
    Wrong("slope-missing", LSTM_STEP, "dai = di * i * (1 - i)", "dai = di"),
    Wrong(
        "slope-missing", LOGISTIC_UNIT, "delta = output_error * self.activation_prime(self.z)", "delta = output_error"
    ),
    Wrong("slope-missing", LSTM_STEP, "dnext_h * o * (1 - tc ** 2)", "dnext_h * o"),
    # the slope of a leaky unit is a factor in its forward
    Wrong(("slope-missing", "mask-missing", "factor-missing"), LEAKY_CONV, "dz = dy * slope", "dz = dy * 1.0"),
    Wrong("slope-at-output", LOGISTIC_UNIT, "self.activation_prime(self.z)", "self.activation_prime(self.out)"),
    Wrong("slope-at-output", LSTM_STEP, "dag = dg * (1 - g ** 2)", "dag = dg * (1 - np.tanh(g) ** 2)"),
    Wrong("slope-at-output", MICRO_SOFTPLUS, "sigmoid(self.x)", "sigmoid(self.y)"),
    Wrong("slope-at-output", ELU_BLOCK, 'd_elu(c["z"])', 'd_elu(c["h"])'),
    Wrong("slope-at-output", TANH_NET, "(1 - np.power(a1, 2))", "(1 - np.tanh(a1) ** 2)"),
    Wrong("saturation-ignored", RELU6, "(self.x > 0) & (self.x < 6)", "self.x > 0"),
    Wrong("saturation-ignored", HARD_SIGMOID, "np.where(np.abs(g) < 3, dgate / 6, 0.0)", "dgate / 6"),
    Wrong("saturation-ignored", CLIPPED_RATIO, "-(ratio * adv * active) / len(adv)", "-(ratio * adv) / len(adv)"),
    Wrong("saturation-ignored", HARD_TANH_LOOP, "if -1 < x[n, d] and x[n, d] < 1:", "if -1 < x[n, d]:"),
    Wrong("branch-exchanged", SELU, "positive, negative)", "negative, positive)"),
    Wrong("branch-exchanged", MAXOUT, "first = a > b", "first = a < b"),
    Wrong(
        "branch-exchanged",
        HUBER,
        "np.where(self.quadratic, self.error, linear)",
        "np.where(self.quadratic, linear, self.error)",
    ),
    Wrong(
        "branch-exchanged", SMOOTH_L1, "np.where(small, r / beta, np.sign(r))", "np.where(small, np.sign(r), r / beta)"
    ),
    Wrong("branch-exchanged", PRELU, "np.where(x >= 0, dout, a * dout)", "np.where(x < 0, dout, a * dout)"),
    Wrong("boundary", LEAKY_BY_MASKS, "dx[x >= 0] = dout[x >= 0]", "dx[x > 0] = dout[x > 0]", law="kinks"),
    Wrong(
        ("boundary", "off-by-one"),
        CAUSAL_ATTENTION,
        "(dout @ v.T) * np.tril(np.ones((T, T)))",
        "(dout @ v.T) * np.tril(np.ones((T, T)), -1)",
    ),
    Wrong(
        ("boundary", "off-by-one"),
        ORDINAL,
        "target = (np.arange(K)[None, :] < y[:, None])",
        "target = (np.arange(K)[None, :] <= y[:, None])",
    ),
    Wrong(
        ("boundary", "off-by-one"),
        BANDED_SUM,
        "inside = np.abs(pos[:, None] - pos[None, :]) <= 2",
        "inside = np.abs(pos[:, None] - pos[None, :]) < 2",
    ),
    Wrong("ties", MAX_REDUCE, "        mask = mask / mask.sum(axis=1, keepdims=True)\n", "", law="kinks"),
    Wrong("ties", ELEMENTWISE_MAX, "db = dy * (b > a)", "db = dy * (b >= a)", law="kinks"),
    Wrong(
        "ties",
        MAX_OVER_TIME,
        "hit = np.arange(x.shape[1])[None, :, None] == best[:, None, :]",
        "hit = x == x.max(axis=1, keepdims=True)",
        law="kinks",
    ),
    Wrong(("slope-missing", "wrong-variable"), TANH_NET, "dX = dz1.dot(W1.T)", "dX = da1.dot(W1.T)"),
    Wrong("slope-at-output", TANH_NET, "(1 - np.power(a1, 2))", "(1 - np.power(z1, 2))"),
    Wrong(
        "slope-at-output",
        LOGISTIC_UNIT,
        "output_error * self.activation_prime(self.z)",
        "output_error * self.z * (1 - self.z)",
    ),
    Wrong(("slope-at-output", "right-only-where"), SIGNED_LEAKY, "positive = self.x > 0", "positive = self.out > 0"),
)
"""Wrong programs of these causes."""
