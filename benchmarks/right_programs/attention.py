"""Attention: scaled dot products with and without masks, of one head and of several, and what goes with it."""

import numpy as np

from gradcheck import Array, booleans
from right_programs.program import Program


def softmax(s):
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def attention_forward(q, k, v):
    p = softmax(q @ k.T / np.sqrt(q.shape[-1]))
    return p @ v, (q, k, v, p)


def attention_backward(dy, cache):
    q, k, v, p = cache
    dp = dy @ v.T
    ds = p * (dp - np.sum(dp * p, axis=-1, keepdims=True)) / np.sqrt(q.shape[-1])
    return ds @ k, ds.T @ q, p.T @ dy


def attention_backward_without_scale(dy, cache):
    q, k, v, p = cache
    dp = dy @ v.T
    ds = p * (dp - np.sum(dp * p, axis=-1, keepdims=True))
    return ds @ k, ds.T @ q, p.T @ dy


def masked_attention_forward(q, k, v, mask):
    s = np.einsum("btd,bsd->bts", q, k) / np.sqrt(q.shape[-1])
    s = np.where(mask, s, -1e9)
    p = softmax(s)
    return np.einsum("bts,bsd->btd", p, v), (q, k, v, mask, p)


def masked_attention_backward(dy, cache):
    q, k, v, mask, p = cache
    dv = np.einsum("bts,btd->bsd", p, dy)
    dp = np.einsum("btd,bsd->bts", dy, v)
    ds = np.where(mask, p * (dp - (dp * p).sum(-1, keepdims=True)), 0) / np.sqrt(q.shape[-1])
    return np.einsum("bts,bsd->btd", ds, k), np.einsum("bts,btd->bsd", ds, q), dv, None


def masked_attention_backward_not_centred(dy, cache):
    q, k, v, mask, p = cache
    dv = np.einsum("bts,btd->bsd", p, dy)
    ds = np.where(mask, p * np.einsum("btd,bsd->bts", dy, v), 0) / np.sqrt(q.shape[-1])
    return np.einsum("bts,bsd->btd", ds, k), np.einsum("bts,btd->bsd", ds, q), dv, None


def causal_attention_forward(q, k, v):
    T = len(q)
    s = q @ k.T / np.sqrt(q.shape[1])
    s[np.triu_indices(T, 1)] = -np.inf
    p = softmax(s)
    return p @ v, (q, k, v, p)


def looped_causal_attention_forward(q, k, v):
    """Query by query over what went before."""
    rows, weights = [], []
    for t in range(len(q)):
        s = np.array([float(q[t] @ k[i]) for i in range(t + 1)]) / np.sqrt(q.shape[1])
        p = softmax(s)
        weights.append(p)
        rows.append(sum(p[i] * v[i] for i in range(t + 1)))
    return np.array(rows), (q, k, v, weights)


def looped_causal_attention_backward(dy, cache):
    q, k, v, weights = cache
    dq, dk, dv = np.zeros_like(q), np.zeros_like(k), np.zeros_like(v)
    for t, p in enumerate(weights):
        dp = np.array([float(dy[t] @ v[i]) for i in range(t + 1)])
        ds = p * (dp - p @ dp) / np.sqrt(q.shape[1])
        for i in range(t + 1):
            dq[t] += ds[i] * k[i]
            dk[i] += ds[i] * q[t]
            dv[i] += p[i] * dy[t]
    return dq, dk, dv


def looped_causal_attention_backward_assigned(dy, cache):
    q, k, v, weights = cache
    dq, dk, dv = looped_causal_attention_backward(dy, cache)
    for t, p in enumerate(weights):
        dv[: t + 1] = p[:, None] * dy[t]
    return dq, dk, dv


def split(x, heads):
    n, t, d = x.shape
    return x.reshape(n, t, heads, d // heads).transpose(0, 2, 1, 3)


def join(x):
    n, h, t, d = x.shape
    return x.transpose(0, 2, 1, 3).reshape(n, t, h * d)


def self_attention_forward(x, wq, wk, wv, wo):
    """Two heads, weights of a square matrix each."""
    q, k, v = split(x @ wq, 2), split(x @ wk, 2), split(x @ wv, 2)
    p = softmax(q @ k.swapaxes(-1, -2) / np.sqrt(q.shape[-1]))
    a = join(p @ v)
    return a @ wo, (x, wq, wk, wv, wo, q, k, v, p, a)


def self_attention_backward(dy, cache):
    x, wq, wk, wv, wo, q, k, v, p, a = cache
    da = split(dy @ wo.T, 2)
    dv, dp = p.swapaxes(-1, -2) @ da, da @ v.swapaxes(-1, -2)
    ds = p * (dp - np.sum(dp * p, -1, keepdims=True)) / np.sqrt(q.shape[-1])
    dq, dk, dv = join(ds @ k), join(ds.swapaxes(-1, -2) @ q), join(dv)
    dwq, dwk, dwv = (np.einsum("nti,ntj->ij", x, d) for d in (dq, dk, dv))
    return dq @ wq.T + dk @ wk.T + dv @ wv.T, dwq, dwk, dwv, np.einsum("nti,ntj->ij", a, dy)


def self_attention_backward_without_keys(dy, cache):
    dx, dwq, dwk, dwv, dwo = self_attention_backward(dy, cache)
    x, _, wk, _, wo, q, k, v, p, _ = cache
    da = split(dy @ wo.T, 2)
    dp = da @ v.swapaxes(-1, -2)
    ds = p * (dp - np.sum(dp * p, -1, keepdims=True)) / np.sqrt(q.shape[-1])
    return dx - join(ds.swapaxes(-1, -2) @ q) @ wk.T, dwq, dwk, dwv, dwo


def rotary_forward(x):
    half = x.shape[1] // 2
    angle = np.arange(len(x))[:, None] / 100.0 ** (np.arange(half) / half)
    c, s = np.cos(angle), np.sin(angle)
    a, b = x[:, :half], x[:, half:]
    return np.concatenate([a * c - b * s, a * s + b * c], axis=1), (c, s, half)


def rotary_backward(dy, cache):
    c, s, half = cache
    da, db = dy[:, :half], dy[:, half:]
    return np.concatenate([da * c + db * s, db * c - da * s], axis=1)


def rotary_backward_forwards(dy, cache):
    c, s, half = cache
    da, db = dy[:, :half], dy[:, half:]
    return np.concatenate([da * c - db * s, da * s + db * c], axis=1)


def additive_attention_forward(q, k, w):
    """Bahdanau's scores, key by key."""
    h = np.array([np.tanh(q + key) for key in k]).reshape(len(k), *q.shape)
    s = h @ w
    p = softmax(s.T)
    return p @ k, (q, k, w, h, p)


def additive_attention_backward(dy, cache):
    q, k, w, h, p = cache
    dp = dy @ k.T
    ds = (p * (dp - (dp * p).sum(1, keepdims=True))).T
    da = ds[..., None] * w * (1 - h**2)
    return da.sum(0), p.T @ dy + da.sum(1), np.einsum("sn,snd->d", ds, h)


PLAIN = {"q": "T D", "k": "S D", "v": "S E"}
CAUSAL = {"q": "T D", "k": "T D", "v": "T E"}
SQUARE = {"x": "N T 4", "wq": "4 4", "wk": "4 4", "wv": "4 4", "wo": "4 4"}

PROGRAMS = (
    Program(
        "attention",
        (attention_forward, attention_backward),
        PLAIN,
        "Vaswani et al. 2017",
        wrong={"scale missing": (attention_forward, attention_backward_without_scale)},
    ),
    Program(
        "attention with a mask of -1e9",
        (masked_attention_forward, masked_attention_backward),
        {"q": "B T D", "k": "B S D", "v": "B S E", "mask": Array("B T S", booleans())},
        "The Annotated Transformer",
        wrong={"weights not centred": (masked_attention_forward, masked_attention_backward_not_centred)},
    ),
    Program("causal attention by -inf", (causal_attention_forward, attention_backward), CAUSAL, "minGPT"),
    Program(
        "causal attention by loops",
        (looped_causal_attention_forward, looped_causal_attention_backward),
        CAUSAL,
        "student code",
        wrong={"dv assigned": (looped_causal_attention_forward, looped_causal_attention_backward_assigned)},
    ),
    Program(
        "self attention of two heads",
        (self_attention_forward, self_attention_backward),
        SQUARE,
        "nanoGPT in NumPy",
        wrong={"path of the keys missing": (self_attention_forward, self_attention_backward_without_keys)},
    ),
    Program(
        "rotary embedding",
        (rotary_forward, rotary_backward),
        {"x": "T 2*D"},
        "Su et al. 2021",
        wrong={"rotated forwards": (rotary_forward, rotary_backward_forwards)},
    ),
    Program(
        "additive attention",
        (additive_attention_forward, additive_attention_backward),
        {"q": "N D", "k": "S D", "w": "D"},
        "Bahdanau et al. 2015",
    ),
)
