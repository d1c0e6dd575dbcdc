"""Dropout, by the probability to keep and by that to drop."""

from submissions.piece import GRADIENT, VALUE, Style, make_mistake

ROWS, TRAINING, TESTING = ("dropout", "dropout in testing"), ("dropout",), ("dropout in testing",)
HANDOUT = Style(
    "as in the handout",
    ROWS,
    """\
def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    mask = None
    out = None
    if mode == "train":
        mask = (np.random.rand(*x.shape) < p) / p
        out = x * mask
    elif mode == "test":
        out = x
    cache = (dropout_param, mask)
    out = out.astype(x.dtype, copy=False)
    return out, cache


def dropout_backward(dout, cache):
    dropout_param, mask = cache
    mode = dropout_param["mode"]
    dx = None
    if mode == "train":
        dx = dout * mask
    elif mode == "test":
        dx = dout
    return dx
""",
)
DROPPED = Style(
    "p is dropped",
    ROWS,
    """\
def dropout_forward(x, dropout_param):
    drop = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x.copy(), (dropout_param, np.ones(x.shape))
    if dropout_param.get("seed") is not None:
        np.random.seed(dropout_param["seed"])
    keep = np.random.random_sample(x.shape) >= drop
    scaled = keep / (1 - drop)
    return x * scaled, (dropout_param, scaled)


def dropout_backward(dout, cache):
    return cache[1] * dout
""",
)
KEPT = Style(
    "a generator of its own",
    ROWS,
    """\
def dropout_forward(x, dropout_param):
    generator = np.random.RandomState(dropout_param.get("seed"))
    if dropout_param["mode"] == "train":
        kept = generator.uniform(size=x.shape) < dropout_param["p"]
        out = np.where(kept, x, 0) / dropout_param["p"]
    else:
        kept, out = None, 1 * x
    return out, {"kept": kept, "p": dropout_param["p"]}


def dropout_backward(dout, cache):
    if cache["kept"] is None:
        return 1 * dout
    return np.where(cache["kept"], dout, 0) / cache["p"]
""",
)
STYLES = (HANDOUT, DROPPED, KEPT)
MISTAKES = (
    make_mistake("mask missing", HANDOUT, GRADIENT, ("dx = dout * mask", "dx = dout"), rows=TRAINING),
    make_mistake("scale missing", KEPT, GRADIENT, ("dout, 0) / cache", "dout, 0) + 0 * cache"), rows=TRAINING),
    make_mistake(
        "another mask", DROPPED, GRADIENT, ("cache[1] * dout", "(np.random.rand(*dout.shape) > 0.5) * dout * 2")
    ),
    make_mistake(
        "not scaled",
        HANDOUT,
        VALUE,
        ("(np.random.rand(*x.shape) < p) / p", "np.random.rand(*x.shape) < p"),
        rows=TRAINING,
    ),
    make_mistake(
        "scaled by what is kept of another p", DROPPED, VALUE, ("keep / (1 - drop)", "keep / drop"), rows=TRAINING
    ),
    make_mistake(
        "normal draws", HANDOUT, VALUE, ("np.random.rand(*x.shape)", "np.random.randn(*x.shape)"), rows=TRAINING
    ),
    make_mistake("scaled in testing", HANDOUT, VALUE, ("        out = x\n", "        out = x * p\n"), rows=TESTING),
)
