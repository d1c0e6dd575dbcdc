"""Convolutions as in assignment 2 of CS231n: loops, slices, im2col."""

from submissions.piece import GRADIENT, VALUE, Style, make_mistake

ROWS = ("conv_naive",)
LOOPS = Style(
    "loops",
    ROWS,
    """\
def conv_forward_naive(x, w, b, conv_param):
    out = None
    N, C, H, W = x.shape
    F, C, HH, WW = w.shape
    stride, pad = conv_param["stride"], conv_param["pad"]
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = 1 + (W + 2 * pad - WW) // stride
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    out = np.zeros((N, F, H_out, W_out))
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    window = x_pad[n, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
                    out[n, f, i, j] = np.sum(window * w[f]) + b[f]
    cache = (x, w, b, conv_param)
    return out, cache


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    stride, pad = conv_param["stride"], conv_param["pad"]
    _, _, H_out, W_out = dout.shape
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    dx_pad = np.zeros_like(x_pad)
    dw = np.zeros_like(w)
    db = np.zeros_like(b)
    for n in range(N):
        for f in range(F):
            db[f] += np.sum(dout[n, f])
            for i in range(H_out):
                for j in range(W_out):
                    h, v = i * stride, j * stride
                    dw[f] += x_pad[n, :, h : h + HH, v : v + WW] * dout[n, f, i, j]
                    dx_pad[n, :, h : h + HH, v : v + WW] += w[f] * dout[n, f, i, j]
    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return dx, dw, db
""",
)
SLICES = Style(
    "slices of the batch",
    ROWS,
    """\
def output_size(length, kernel, pad, stride):
    return int((length + 2 * pad - kernel) / stride + 1)


def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    padded = np.zeros((x.shape[0], x.shape[1], x.shape[2] + 2 * p, x.shape[3] + 2 * p))
    padded[:, :, p : p + x.shape[2], p : p + x.shape[3]] = x
    kh, kw = w.shape[2:]
    out = np.empty((len(x), len(w), output_size(x.shape[2], kh, p, s), output_size(x.shape[3], kw, p, s)))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            patch = padded[:, :, i * s : i * s + kh, j * s : j * s + kw]
            out[:, :, i, j] = np.tensordot(patch, w, axes=((1, 2, 3), (1, 2, 3))) + b
    return out, {"padded": padded, "w": w, "s": s, "p": p, "shape": x.shape}


def conv_backward_naive(dout, cache):
    padded, w, s, p = cache["padded"], cache["w"], cache["s"], cache["p"]
    kh, kw = w.shape[2:]
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows, columns = slice(i * s, i * s + kh), slice(j * s, j * s + kw)
            g = dout[:, :, i, j]
            dw += np.einsum("nf,nchw->fchw", g, padded[:, :, rows, columns])
            dpadded[:, :, rows, columns] += np.einsum("nf,fchw->nchw", g, w)
    dx = dpadded[:, :, p : dpadded.shape[2] - p, p : dpadded.shape[3] - p]
    return dx, dw, dout.sum(axis=(0, 2, 3))
""",
)
COLUMNS = Style(
    "im2col",
    ROWS,
    """\
def get_indices(shape, HH, WW, pad, stride):
    N, C, H, W = shape
    out_h, out_w = (H + 2 * pad - HH) // stride + 1, (W + 2 * pad - WW) // stride + 1
    i0 = np.tile(np.repeat(np.arange(HH), WW), C)
    j0 = np.tile(np.arange(WW), HH * C)
    i1, j1 = stride * np.repeat(np.arange(out_h), out_w), stride * np.tile(np.arange(out_w), out_h)
    i = i0.reshape(-1, 1) + i1.reshape(1, -1)
    j = j0.reshape(-1, 1) + j1.reshape(1, -1)
    k = np.repeat(np.arange(C), HH * WW).reshape(-1, 1)
    return k, i, j, out_h, out_w


def im2col(x, HH, WW, pad, stride):
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), "constant")
    k, i, j, _, _ = get_indices(x.shape, HH, WW, pad, stride)
    return padded[:, k, i, j].transpose(1, 2, 0).reshape(HH * WW * x.shape[1], -1)


def col2im(cols, shape, HH, WW, pad, stride):
    N, C, H, W = shape
    padded = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    k, i, j, _, _ = get_indices(shape, HH, WW, pad, stride)
    np.add.at(padded, (slice(None), k, i, j), cols.reshape(C * HH * WW, -1, N).transpose(2, 0, 1))
    return padded if pad == 0 else padded[:, :, pad:-pad, pad:-pad]


def conv_forward_naive(x, w, b, conv_param):
    F, C, HH, WW = w.shape
    pad, stride = conv_param["pad"], conv_param["stride"]
    _, _, _, out_h, out_w = get_indices(x.shape, HH, WW, pad, stride)
    cols = im2col(x, HH, WW, pad, stride)
    out = w.reshape(F, -1).dot(cols) + b.reshape(-1, 1)
    out = out.reshape(F, out_h, out_w, x.shape[0]).transpose(3, 0, 1, 2)
    return out, (x, w, b, conv_param, cols)


def conv_backward_naive(dout, cache):
    x, w, b, conv_param, cols = cache
    F, C, HH, WW = w.shape
    flat = dout.transpose(1, 2, 3, 0).reshape(F, -1)
    db = flat.sum(axis=1)
    dw = flat.dot(cols.T).reshape(w.shape)
    dx = col2im(w.reshape(F, -1).T.dot(flat), x.shape, HH, WW, conv_param["pad"], conv_param["stride"])
    return dx, dw, db
""",
)
PLACES = Style(
    "one place of the kernel after the other",
    ROWS,
    """\
def strided(images, a, b, s, oh, ow):
    return images[:, :, a : a + s * oh : s, b : b + s * ow : s]


def conv_forward_naive(x, w, b, conv_param):
    s = conv_param["stride"]
    p = conv_param["pad"]
    xp = np.pad(x, [(0, 0), (0, 0), (p, p), (p, p)])
    oh = (xp.shape[2] - w.shape[2]) // s + 1
    ow = (xp.shape[3] - w.shape[3]) // s + 1
    out = np.zeros((x.shape[0], w.shape[0], oh, ow)) + b[:, None, None]
    for a in range(w.shape[2]):
        for c in range(w.shape[3]):
            out += np.einsum("nchw,fc->nfhw", strided(xp, a, c, s, oh, ow), w[:, :, a, c])
    return out, [xp, w, s, p, x.shape]


def conv_backward_naive(dout, cache):
    xp, w, s, p, shape = cache
    oh, ow = dout.shape[2:]
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for a in range(w.shape[2]):
        for c in range(w.shape[3]):
            dw[:, :, a, c] = np.einsum("nchw,nfhw->fc", strided(xp, a, c, s, oh, ow), dout)
            view = strided(dxp, a, c, s, oh, ow)
            view += np.einsum("nfhw,fc->nchw", dout, w[:, :, a, c])
    return dxp[:, :, p : p + shape[2], p : p + shape[3]], dw, dout.sum((0, 2, 3))
""",
)
STYLES = (LOOPS, SLICES, COLUMNS, PLACES)
BACK_WINDOW = "dx_pad[n, :, h : h + HH, v : v + WW] += w[f] * dout[n, f, i, j]"
MISTAKES = (
    make_mistake("overwritten where windows overlap", LOOPS, GRADIENT, (BACK_WINDOW, BACK_WINDOW.replace("+=", "="))),
    make_mistake(
        "pad to minus pad",
        LOOPS,
        GRADIENT,
        ("dx_pad[:, :, pad : pad + H, pad : pad + W]", "dx_pad[:, :, pad:-pad, pad:-pad]"),
    ),
    make_mistake(
        "pad of one",
        LOOPS,
        GRADIENT,
        ("dx_pad[:, :, pad : pad + H, pad : pad + W]", "dx_pad[:, :, 1 : 1 + H, 1 : 1 + W]"),
    ),
    make_mistake(
        "height for width",
        LOOPS,
        VALUE,
        ("W_out = 1 + (W + 2 * pad - WW) // stride", "W_out = 1 + (H + 2 * pad - HH) // stride"),
    ),
    make_mistake("stride missing", LOOPS, GRADIENT, ("h, v = i * stride, j * stride", "h, v = i * stride, j")),
    make_mistake(
        "bias added inside of the sum", LOOPS, VALUE, ("np.sum(window * w[f]) + b[f]", "np.sum(window * w[f] + b[f])")
    ),
    make_mistake("bias left out", SLICES, VALUE, ("axes=((1, 2, 3), (1, 2, 3))) + b", "axes=((1, 2, 3), (1, 2, 3)))")),
    make_mistake("mean of the bias", SLICES, GRADIENT, ("dout.sum(axis=(0, 2, 3))", "dout.mean(axis=(0, 2, 3))")),
    make_mistake(
        "pad not taken off",
        SLICES,
        GRADIENT,
        ("dx = dpadded[:, :, p : dpadded.shape[2] - p, p : dpadded.shape[3] - p]", "dx = dpadded"),
    ),
    make_mistake(
        "weights turned", SLICES, GRADIENT, ('"nf,fchw->nchw", g, w)', '"nf,fchw->nchw", g, w[:, :, ::-1, ::-1])')
    ),
    make_mistake(
        "written once to each place",
        COLUMNS,
        GRADIENT,
        (
            "np.add.at(padded, (slice(None), k, i, j), cols.reshape(C * HH * WW, -1, N).transpose(2, 0, 1))",
            "padded[:, k, i, j] += cols.reshape(C * HH * WW, -1, N).transpose(2, 0, 1)",
        ),
    ),
    make_mistake(
        "kernel height for width",
        COLUMNS,
        VALUE,
        ("j0 = np.tile(np.arange(WW), HH * C)", "j0 = np.tile(np.arange(WW) * (HH == WW), HH * C)"),
    ),
    make_mistake(
        "images not padded",
        PLACES,
        VALUE,
        ("[(0, 0), (0, 0), (p, p), (p, p)])", "[(0, 0), (0, 0), (0, 2 * p), (0, 2 * p)])"),
    ),
    make_mistake("sum over the batch alone", PLACES, GRADIENT, ("dout.sum((0, 2, 3))", "dout.sum(0).mean((1, 2))")),
)
