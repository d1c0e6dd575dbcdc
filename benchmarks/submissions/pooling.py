"""Max pooling as in assignment 2 of CS231n; where several elements are the greatest, by several conventions."""

from submissions.piece import GRADIENT, VALUE, Style, make_mistake

ROWS = ("max_pool_naive",)
FIRST = Style(
    "the first of several",
    ROWS,
    """\
def max_pool_forward_naive(x, pool_param):
    N, C, H, W = x.shape
    HH, WW = pool_param["pool_height"], pool_param["pool_width"]
    stride = pool_param["stride"]
    H_out = 1 + (H - HH) // stride
    W_out = 1 + (W - WW) // stride
    out = np.zeros((N, C, H_out, W_out))
    for n in range(N):
        for c in range(C):
            for i in range(H_out):
                for j in range(W_out):
                    out[n, c, i, j] = np.max(x[n, c, i * stride : i * stride + HH, j * stride : j * stride + WW])
    cache = (x, pool_param)
    return out, cache


def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    N, C, H_out, W_out = dout.shape
    HH, WW = pool_param["pool_height"], pool_param["pool_width"]
    stride = pool_param["stride"]
    dx = np.zeros_like(x)
    for n in range(N):
        for c in range(C):
            for i in range(H_out):
                for j in range(W_out):
                    window = x[n, c, i * stride : i * stride + HH, j * stride : j * stride + WW]
                    a, b = np.unravel_index(np.argmax(window), window.shape)
                    dx[n, c, i * stride + a, j * stride + b] += dout[n, c, i, j]
    return dx
""",
)
ALL = Style(
    "all of several",
    ROWS,
    """\
def max_pool_forward_naive(x, pool_param):
    h, w, s = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    out = np.zeros((x.shape[0], x.shape[1], (x.shape[2] - h) // s + 1, (x.shape[3] - w) // s + 1))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            out[:, :, i, j] = x[:, :, s * i : s * i + h, s * j : s * j + w].max(axis=(2, 3))
    return out, (x, out, pool_param)


def max_pool_backward_naive(dout, cache):
    x, out, pool_param = cache
    h, w, s = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    dx = np.zeros(x.shape)
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            window = x[:, :, s * i : s * i + h, s * j : s * j + w]
            mask = window == out[:, :, i, j][:, :, None, None]
            dx[:, :, s * i : s * i + h, s * j : s * j + w] += mask * dout[:, :, i, j][:, :, None, None]
    return dx
""",
)
SPLIT = Style(
    "shared among several",
    ROWS,
    """\
def windows_of(x, pool_param):
    stride = pool_param["stride"]
    view = np.lib.stride_tricks.sliding_window_view(x, (pool_param["pool_height"], pool_param["pool_width"]), (2, 3))
    return view[:, :, ::stride, ::stride]


def max_pool_forward_naive(x, pool_param):
    return windows_of(x, pool_param).max(axis=(4, 5)), {"x": x, "pool_param": pool_param}


def max_pool_backward_naive(dout, cache):
    x, stride = cache["x"], cache["pool_param"]["stride"]
    windows = windows_of(x, cache["pool_param"])
    hits = windows == windows.max(axis=(4, 5), keepdims=True)
    share = hits / hits.sum(axis=(4, 5), keepdims=True)
    dx = np.zeros_like(x)
    for (i, j) in np.ndindex(dout.shape[2:]):
        part = dx[:, :, i * stride : i * stride + hits.shape[4], j * stride : j * stride + hits.shape[5]]
        part += share[:, :, i, j] * dout[:, :, i, j, None, None]
    return dx
""",
)
STYLES = (FIRST, ALL, SPLIT)
MISTAKES = (
    make_mistake(
        "overwritten where windows overlap", FIRST, GRADIENT, ("j * stride + b] += dout", "j * stride + b] = dout")
    ),
    make_mistake(
        "windows of the stride",
        FIRST,
        VALUE,
        (
            "out[n, c, i, j] = np.max(x[n, c, i * stride : i * stride + HH, j * stride : j * stride + WW])",
            "out[n, c, i, j] = np.max(x[n, c, i * stride : (i + 1) * stride, j * stride : (j + 1) * stride])",
        ),
    ),
    make_mistake(
        "height for width", FIRST, VALUE, ("W_out = 1 + (W - WW) // stride", "W_out = 1 + (H - HH) // stride")
    ),
    make_mistake(
        "stride missing",
        FIRST,
        GRADIENT,
        (
            "window = x[n, c, i * stride : i * stride + HH, j * stride : j * stride + WW]",
            "window = x[n, c, i * stride : i * stride + HH, j : j + WW]",
        ),
    ),
    make_mistake(
        "over all channels",
        ALL,
        GRADIENT,
        (
            "mask = window == out[:, :, i, j][:, :, None, None]",
            "mask = window == window.max(axis=(1, 2, 3), keepdims=True)",
        ),
    ),
    make_mistake("without the mask", ALL, GRADIENT, ("+= mask * dout", "+= dout")),
    make_mistake(
        "the mean instead",
        SPLIT,
        GRADIENT,
        ("share = hits /", "share = np.ones_like(hits) / (0 * hits + hits[0, 0, 0, 0].size) + 0 *"),
    ),
    make_mistake(
        "upstream ignored", SPLIT, GRADIENT, ("share[:, :, i, j] * dout[:, :, i, j, None, None]", "share[:, :, i, j]")
    ),
    make_mistake("the mean of the window", ALL, VALUE, (".max(axis=(2, 3))", ".mean(axis=(2, 3))")),
    make_mistake("the minimum", SPLIT, VALUE, ("windows_of(x, pool_param).max(", "windows_of(x, pool_param).min(")),
)
