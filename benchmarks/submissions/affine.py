"""Affine layers of assignment 2 of CS231n, in the styles of several people."""

from submissions.piece import GRADIENT, VALUE, Style, make_mistake

ROWS = ("affine",)
RESHAPED = Style(
    "reshaped",
    ROWS,
    """\
def affine_forward(x, w, b):
    N = x.shape[0]
    out = x.reshape(N, -1).dot(w) + b
    cache = (x, w, b)
    return out, cache


def affine_backward(dout, cache):
    x, w, b = cache
    dx, dw, db = None, None, None
    dx = dout.dot(w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T.dot(dout)
    db = np.sum(dout, axis=0)
    return dx, dw, db
""",
)
LOOPS = Style(
    "loops",
    ROWS,
    """\
def affine_forward(x, w, b):
    out = np.zeros((x.shape[0], w.shape[1]))
    for n in range(x.shape[0]):
        row = x[n].flatten()
        for m in range(w.shape[1]):
            out[n, m] = np.sum(row * w[:, m]) + b[m]
    return out, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    dx = np.zeros_like(x)
    dw = np.zeros_like(w)
    db = np.zeros_like(b)
    for n in range(x.shape[0]):
        row = x[n].flatten()
        for m in range(w.shape[1]):
            dx[n] += (w[:, m] * dout[n, m]).reshape(x.shape[1:])
            dw[:, m] += row * dout[n, m]
            db[m] += dout[n, m]
    return dx, dw, db
""",
)
EINSUM = Style(
    "einsum",
    ROWS,
    """\
def affine_forward(x, w, b):
    flat = x.reshape(x.shape[0], w.shape[0])
    out = np.einsum("nd,dm->nm", flat, w) + b[np.newaxis, :]
    return out, {"x": x, "w": w, "shape": x.shape}


def affine_backward(dout, cache):
    flat = cache["x"].reshape(cache["shape"][0], -1)
    dx = np.einsum("nm,dm->nd", dout, cache["w"]).reshape(cache["shape"])
    dw = np.einsum("nd,nm->dm", flat, dout)
    return dx, dw, np.einsum("nm->m", dout)
""",
)
ONES = Style(
    "a product with ones",
    ROWS,
    """\
def affine_forward(x, w, b):
    D = int(np.prod(x.shape[1:]))
    X = np.reshape(x, (x.shape[0], D))
    out = np.matmul(X, w)
    out += b
    cache = [x, w, b]
    return out, cache


def affine_backward(dout, cache):
    x, w = cache[0], cache[1]
    X = np.reshape(x, (x.shape[0], int(np.prod(x.shape[1:]))))
    dw = np.matmul(X.T, dout)
    db = np.ones(dout.shape[0]).dot(dout)
    dX = np.matmul(dout, w.transpose())
    dx = np.reshape(dX, x.shape)
    return dx, dw, db
""",
)
NESTED = Style(
    "nested functions",
    ROWS,
    """\
def affine_forward(x, w, b):
    def flatten(images):
        return np.array([image.ravel() for image in images])

    rows = flatten(x)
    out = np.dot(rows, w) + np.tile(b, (len(rows), 1))
    return out, (rows, x.shape, w)


def affine_backward(dout, cache):
    def gradient_of_bias():
        return dout.T.sum(axis=1)

    rows, shape, w = cache
    return (w @ dout.T).T.reshape(shape), (dout.T @ rows).T, gradient_of_bias()
""",
)
STYLES = (RESHAPED, LOOPS, EINSUM, ONES, NESTED)
MISTAKES = (
    make_mistake("mean for sum", RESHAPED, GRADIENT, ("np.sum(dout, axis=0)", "np.mean(dout, axis=0)")),
    make_mistake("keepdims", RESHAPED, GRADIENT, ("np.sum(dout, axis=0)", "np.sum(dout, axis=0, keepdims=True)")),
    make_mistake("bias not summed", RESHAPED, GRADIENT, ("np.sum(dout, axis=0)", "dout")),
    make_mistake("summed without axis", RESHAPED, GRADIENT, ("np.sum(dout, axis=0)", "np.sum(dout)")),
    make_mistake("input not reshaped", RESHAPED, GRADIENT, ("dout.dot(w.T).reshape(x.shape)", "dout.dot(w.T)")),
    make_mistake("gradient left out", RESHAPED, GRADIENT, ("return dx, dw, db", "return dx, dw")),
    make_mistake("gradients exchanged", RESHAPED, GRADIENT, ("return dx, dw, db", "return dx, db, dw")),
    make_mistake("upstream ignored", RESHAPED, GRADIENT, ("T.dot(dout)", "T.dot(np.ones_like(dout))")),
    make_mistake("bias unused", RESHAPED, VALUE, (".dot(w) + b", ".dot(w)")),
    make_mistake("overwritten", LOOPS, GRADIENT, ("dw[:, m] += row", "dw[:, m] = row")),
    make_mistake("returned inside the loop", LOOPS, GRADIENT, ("    return dx, dw, db", "        return dx, dw, db")),
    make_mistake("divided by N", EINSUM, GRADIENT, ("flat, dout)", "flat, dout) / len(flat)")),
    make_mistake("sign", EINSUM, GRADIENT, ('np.einsum("nm->m", dout)', '-np.einsum("nm->m", dout)')),
    make_mistake(
        "multiplied by N", ONES, GRADIENT, ("np.ones(dout.shape[0])", "np.full(dout.shape[0], dout.shape[0])")
    ),
    make_mistake("transposed", NESTED, GRADIENT, ("(dout.T @ rows).T, g", "dout.T @ rows, g")),
)
