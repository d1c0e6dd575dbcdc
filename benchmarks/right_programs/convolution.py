"""Convolution and pooling: by loops, im2col, sliding windows and einsum; convolution in one dimension, upsampling."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from gradcheck import Array, distinct, whole
from right_programs.program import Program


def looped_conv_forward(x, w, b, stride, pad):
    """CS231n, conv_forward_naive."""
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    Ho, Wo = 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride
    out = np.zeros((N, F, Ho, Wo))
    for n in range(N):
        for f in range(F):
            for i in range(Ho):
                for j in range(Wo):
                    window = xp[n, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
                    out[n, f, i, j] = np.sum(window * w[f]) + b[f]
    return out, (x, w, b, stride, pad, xp)


def looped_conv_backward(dout, cache):
    x, w, b, stride, pad, xp = cache
    N, F, Ho, Wo = dout.shape
    _, _, HH, WW = w.shape
    dxp, dw, db = np.zeros_like(xp), np.zeros_like(w), np.zeros_like(b)
    for n in range(N):
        for f in range(F):
            db[f] += dout[n, f].sum()
            for i in range(Ho):
                for j in range(Wo):
                    rows, columns = slice(i * stride, i * stride + HH), slice(j * stride, j * stride + WW)
                    dw[f] += xp[n, :, rows, columns] * dout[n, f, i, j]
                    dxp[n, :, rows, columns] += w[f] * dout[n, f, i, j]
    H, W = x.shape[2:]
    return dxp[:, :, pad : pad + H, pad : pad + W], dw, db


def looped_conv_backward_without_stride(dout, cache):
    x, w, b, stride, pad, xp = cache
    dx, dw, db = looped_conv_backward(dout, cache)
    dxp = np.zeros_like(xp)
    for n in range(dout.shape[0]):
        for f in range(dout.shape[1]):
            for i in range(dout.shape[2]):
                for j in range(dout.shape[3]):
                    dxp[n, :, i : i + w.shape[2], j : j + w.shape[3]] += w[f] * dout[n, f, i, j]
    return dxp[:, :, pad : pad + x.shape[2], pad : pad + x.shape[3]], dw, db


def im2col(x, k, m):
    N, C, H, W = x.shape
    ho, wo = H - k + 1, W - m + 1
    i = np.repeat(np.arange(k), m)[None, :] + np.repeat(np.arange(ho), wo)[:, None]
    j = np.tile(np.arange(m), k)[None, :] + np.tile(np.arange(wo), ho)[:, None]
    return x[:, :, i, j].transpose(0, 2, 1, 3).reshape(N, ho * wo, C * k * m), i, j


def im2col_conv_forward(x, w):
    F, C, k, m = w.shape
    cols, i, j = im2col(x, k, m)
    out = cols @ w.reshape(F, -1).T
    shape = (len(x), x.shape[2] - k + 1, x.shape[3] - m + 1, F)
    return out.reshape(shape).transpose(0, 3, 1, 2), (x.shape, w, cols, i, j)


def im2col_conv_backward(dout, cache):
    shape, w, cols, i, j = cache
    N, C, _, _ = shape
    F, _, k, m = w.shape
    d = dout.transpose(0, 2, 3, 1).reshape(N, -1, F)
    dw = np.einsum("npf,npc->fc", d, cols).reshape(w.shape)
    dcols = (d @ w.reshape(F, -1)).reshape(N, -1, C, k * m).transpose(0, 2, 1, 3)
    dx = np.zeros(shape)
    np.add.at(dx, (slice(None), slice(None), i, j), dcols)
    return dx, dw


def im2col_conv_backward_overwriting(dout, cache):
    shape, w, cols, i, j = cache
    N, C, _, _ = shape
    F, _, k, m = w.shape
    d = dout.transpose(0, 2, 3, 1).reshape(N, -1, F)
    dw = np.einsum("npf,npc->fc", d, cols).reshape(w.shape)
    dcols = (d @ w.reshape(F, -1)).reshape(N, -1, C, k * m).transpose(0, 2, 1, 3)
    dx = np.zeros(shape)
    dx[:, :, i, j] = dcols
    return dx, dw


def windowed_conv_forward(x, w):
    windows = sliding_window_view(x, w.shape[2:], axis=(2, 3))
    return np.einsum("nchwkl,fckl->nfhw", windows, w), (x, w)


def windowed_conv_backward(dout, cache):
    x, w = cache
    k, m = w.shape[2:]
    dw = np.einsum("nchwkl,nfhw->fckl", sliding_window_view(x, (k, m), axis=(2, 3)), dout)
    padded = np.pad(dout, ((0, 0), (0, 0), (k - 1, k - 1), (m - 1, m - 1)))
    windows = sliding_window_view(padded, (k, m), axis=(2, 3))
    return np.einsum("nfhwkl,fckl->nchw", windows, w[:, :, ::-1, ::-1]), dw


def windowed_conv_backward_not_flipped(dout, cache):
    _, dw = windowed_conv_backward(dout, cache)
    return windowed_conv_backward(dout, (cache[0], cache[1][:, :, ::-1, ::-1]))[0], dw


def conv1d_forward(x, w):
    """np.convolve, which flips, series by series."""
    return np.array([np.convolve(row, w, mode="valid") for row in x]), (x, w)


def conv1d_backward(dy, cache):
    x, w = cache
    dx = [np.correlate(d, w, mode="full") for d in dy]
    dw = sum(np.correlate(row, d, mode="valid")[::-1] for row, d in zip(x, dy, strict=True))
    return np.array(dx), np.array(dw)


def conv1d_backward_not_flipped(dy, cache):
    x, w = cache
    return np.array([np.convolve(d, w, mode="full") for d in dy]), conv1d_backward(dy, cache)[1]


def max_pool_forward(x):
    """Windows of 2×2, their largest by argmax."""
    N, C, H, W = x.shape
    windows = x.reshape(N, C, H // 2, 2, W // 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(N, C, H // 2, W // 2, 4)
    where = windows.argmax(axis=-1)
    return np.take_along_axis(windows, where[..., None], axis=-1)[..., 0], (x.shape, where)


def max_pool_backward(dout, cache):
    (N, C, H, W), where = cache
    d = np.zeros((N, C, H // 2, W // 2, 4))
    np.put_along_axis(d, where[..., None], dout[..., None], axis=-1)
    return d.reshape(N, C, H // 2, W // 2, 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(N, C, H, W)


def max_pool_backward_not_transposed(dout, cache):
    (N, C, H, W), where = cache
    d = np.zeros((N, C, H // 2, W // 2, 4))
    np.put_along_axis(d, where[..., None], dout[..., None], axis=-1)
    return d.reshape(N, C, H, W)


def looped_max_pool_forward(x, size, stride):
    N, C, H, W = x.shape
    ho, wo = (H - size) // stride + 1, (W - size) // stride + 1
    out = np.zeros((N, C, ho, wo))
    for n in range(N):
        for c in range(C):
            for i in range(ho):
                for j in range(wo):
                    out[n, c, i, j] = np.max(x[n, c, i * stride : i * stride + size, j * stride : j * stride + size])
    return out, (x, size, stride)


def looped_max_pool_backward(dout, cache):
    x, size, stride = cache
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        window = x[n, c, i * stride : i * stride + size, j * stride : j * stride + size]
        a, b = np.unravel_index(np.argmax(window), window.shape)
        dx[n, c, i * stride + a, j * stride + b] += dout[n, c, i, j]
    return dx


def looped_max_pool_backward_assigned(dout, cache):
    x, size, stride = cache
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        window = x[n, c, i * stride : i * stride + size, j * stride : j * stride + size]
        a, b = np.unravel_index(np.argmax(window), window.shape)
        dx[n, c, i * stride + a, j * stride + b] = dout[n, c, i, j]
    return dx


def average_pool_forward(x):
    N, C, H, W = x.shape
    return x.reshape(N, C, H // 2, 2, W // 2, 2).mean(axis=(3, 5)), None


def average_pool_backward(dout, cache):
    return np.repeat(np.repeat(dout, 2, axis=2), 2, axis=3) / 4


def upsample_forward(x):
    return np.kron(x, np.ones((1, 2, 2))), None


def upsample_backward(dy, cache):
    c, h, w = dy.shape
    return dy.reshape(c, h // 2, 2, w // 2, 2).sum(axis=(2, 4))


def transposed_conv_forward(x, w):
    """Every input element paints its kernel."""
    N, C, H, W = x.shape
    _, F, k, m = w.shape
    out = np.zeros((N, F, H + k - 1, W + m - 1))
    for i in range(H):
        for j in range(W):
            out[:, :, i : i + k, j : j + m] += np.tensordot(x[:, :, i, j], w, axes=1)
    return out, (x, w)


def transposed_conv_backward(dout, cache):
    x, w = cache
    k, m = w.shape[2:]
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for i in range(x.shape[2]):
        for j in range(x.shape[3]):
            d = dout[:, :, i : i + k, j : j + m]
            dx[:, :, i, j] = np.tensordot(d, w, axes=([1, 2, 3], [1, 2, 3]))
            dw += np.tensordot(x[:, :, i, j].T, d, axes=1)
    return dx, dw


IMAGE, KERNEL = "N C H+K-1 W+L-1", "F C K L"
POOLED = Array("N C 2*H 2*W")

PROGRAMS = (
    Program(
        "convolution by loops",
        (looped_conv_forward, looped_conv_backward),
        {"x": IMAGE, "w": KERNEL, "b": "F", "stride": whole(1, 2), "pad": whole(0, 1)},
        "CS231n, layers.py",
        wrong={"stride forgotten": (looped_conv_forward, looped_conv_backward_without_stride)},
    ),
    Program(
        "convolution by im2col",
        (im2col_conv_forward, im2col_conv_backward),
        {"x": IMAGE, "w": KERNEL},
        "CS231n, im2col.py",
        wrong={"overwritten": (im2col_conv_forward, im2col_conv_backward_overwriting)},
    ),
    Program(
        "convolution by sliding windows",
        (windowed_conv_forward, windowed_conv_backward),
        {"x": IMAGE, "w": KERNEL},
        "NumPy forums",
        wrong={"kernel not flipped": (windowed_conv_forward, windowed_conv_backward_not_flipped)},
    ),
    Program(
        "convolution of series",
        (conv1d_forward, conv1d_backward),
        {"x": "N T+K-1", "w": "K"},
        "course exercises",
        wrong={"kernel not flipped": (conv1d_forward, conv1d_backward_not_flipped)},
    ),
    Program(
        "max pooling by argmax",
        (max_pool_forward, max_pool_backward),
        {"x": POOLED},
        "CS231n, fast_layers.py",
        wrong={"not transposed": (max_pool_forward, max_pool_backward_not_transposed)},
    ),
    Program(
        "max pooling by loops",
        (looped_max_pool_forward, looped_max_pool_backward),
        {"x": Array("N C H+size-1 W+size-1", distinct()), "size": whole(1, 3), "stride": whole(1, 2)},
        "CS231n, max_pool_forward_naive",
        wrong={"assigned": (looped_max_pool_forward, looped_max_pool_backward_assigned)},
    ),
    Program("average pooling", (average_pool_forward, average_pool_backward), {"x": POOLED}, "tinygrad"),
    Program("upsampling by kron", (upsample_forward, upsample_backward), {"x": "C H W"}, "student code"),
    Program(
        "transposed convolution",
        (transposed_conv_forward, transposed_conv_backward),
        {"x": "N C H W", "w": "C F K L"},
        "Dumoulin & Visin 2016",
    ),
)
