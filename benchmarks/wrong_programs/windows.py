"""Windows: convolutions and poolings with strides, padding, dilation, groups, and windows that overlap."""

from wrong_programs.program import Program, Wrong

NAIVE_CONV = Program(
    "naive_conv",
    """\
import numpy as np

from gradcheck import adapt, whole


def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), "constant")
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = 1 + (W + 2 * pad - WW) // stride
    out = np.zeros((N, F, H_out, W_out))
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    window = x_pad[n, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
                    out[n, f, i, j] = np.sum(window * w[f]) + b[f]
    return out, (x, w, b, conv_param)


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    _, _, H_out, W_out = dout.shape
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), "constant")
    dx_pad = np.zeros_like(x_pad)
    dw = np.zeros_like(w)
    db = np.zeros_like(b)
    for n in range(N):
        for f in range(F):
            db[f] += dout[n, f].sum()
            for i in range(H_out):
                for j in range(W_out):
                    hs, ws = i * stride, j * stride
                    dw[f] += x_pad[n, :, hs : hs + HH, ws : ws + WW] * dout[n, f, i, j]
                    dx_pad[n, :, hs : hs + HH, ws : ws + WW] += w[f] * dout[n, f, i, j]
    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return dx, dw, db


op = adapt(
    conv_forward_naive, conv_backward_naive, name="conv", x="N C H+HH W+WW", w="F C HH WW", b="F",
    conv_param={"stride": whole(1, 2), "pad": whole(0, 2)}, sizes={"N": whole(1, 2), "F": whole(1, 3)},
)
""",
)

NAIVE_POOL = Program(
    "naive_max_pool",
    """\
import numpy as np

from gradcheck import Array, adapt, distinct, whole


def max_pool_forward_naive(x, pool_param):
    HH, WW, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    N, C, H, W = x.shape
    H1 = (H - HH) // S + 1
    W1 = (W - WW) // S + 1
    out = np.zeros((N, C, H1, W1))
    for k in range(H1):
        for l in range(W1):
            out[:, :, k, l] = np.max(x[:, :, k * S : k * S + HH, l * S : l * S + WW], axis=(2, 3))
    return out, (x, pool_param)


def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    HH, WW, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    N, C, H1, W1 = dout.shape
    dx = np.zeros(x.shape)
    for n in range(N):
        for c in range(C):
            for k in range(H1):
                for l in range(W1):
                    window = x[n, c, k * S : k * S + HH, l * S : l * S + WW]
                    r, s = np.unravel_index(window.argmax(), window.shape)
                    dx[n, c, k * S + r, l * S + s] += dout[n, c, k, l]
    return dx


op = adapt(
    max_pool_forward_naive, max_pool_backward_naive, name="max_pool",
    x=Array("N C H+pool_height W+pool_width", distinct()),
    pool_param={"pool_height": whole(1, 3), "pool_width": whole(1, 3), "stride": whole(1, 3)},
)
""",
)

IM2COL_CONV = Program(
    "im2col_conv",
    '''\
import numpy as np

from gradcheck import adapt, whole


def im2col(x, k, l, stride):
    """(N, C, H, W) to (N * OH * OW, C * k * l)"""
    N, C, H, W = x.shape
    oh = (H - k) // stride + 1
    ow = (W - l) // stride + 1
    col = np.zeros((N, C, k, l, oh, ow))
    for a in range(k):
        for b in range(l):
            col[:, :, a, b] = x[:, :, a : a + stride * oh : stride, b : b + stride * ow : stride]
    return col.transpose(0, 4, 5, 1, 2, 3).reshape(N * oh * ow, -1)


def col2im(col, shape, k, l, stride):
    N, C, H, W = shape
    oh = (H - k) // stride + 1
    ow = (W - l) // stride + 1
    col = col.reshape(N, oh, ow, C, k, l).transpose(0, 3, 4, 5, 1, 2)
    img = np.zeros((N, C, H, W))
    for a in range(k):
        for b in range(l):
            img[:, :, a : a + stride * oh : stride, b : b + stride * ow : stride] += col[:, :, a, b]
    return img


class Convolution:
    def __init__(self, W, b, stride):
        self.W, self.b, self.stride = W, b, stride

    def forward(self, x):
        F, C, k, l = self.W.shape
        N, C, H, W = x.shape
        oh = (H - k) // self.stride + 1
        ow = (W - l) // self.stride + 1
        self.x = x
        self.col = im2col(x, k, l, self.stride)
        out = self.col @ self.W.reshape(F, -1).T + self.b
        return out.reshape(N, oh, ow, F).transpose(0, 3, 1, 2)

    def backward(self, dout):
        F, C, k, l = self.W.shape
        dout = dout.transpose(0, 2, 3, 1).reshape(-1, F)
        self.db = np.sum(dout, axis=0)
        self.dW = np.dot(self.col.T, dout).transpose(1, 0).reshape(F, C, k, l)
        dcol = np.dot(dout, self.W.reshape(F, -1))
        return col2im(dcol, self.x.shape, k, l, self.stride)


op = adapt(Convolution, name="convolution", x="N C H+K-1 W+L-1", W="F C K L", b="F", stride=whole(1, 2))
''',
)

CONV1D = Program(
    "wavenet_conv1d",
    """\
import numpy as np

from gradcheck import adapt, whole


class CausalConv1D:
    def __init__(self, weight, dilation):
        self.weight = weight
        self.dilation = dilation

    def forward(self, x):
        # x: (N, T, C), weight: (K, C, F)
        K = self.weight.shape[0]
        d = self.dilation
        self.T = x.shape[1]
        self.padded = np.pad(x, ((0, 0), ((K - 1) * d, 0), (0, 0)))
        out = 0
        for k in range(K):
            out = out + self.padded[:, k * d : k * d + self.T] @ self.weight[k]
        return out

    def backward(self, grad):
        K, C, F = self.weight.shape
        d = self.dilation
        T = self.T
        dpadded = np.zeros_like(self.padded)
        self.grad_weight = np.zeros_like(self.weight)
        for k in range(K):
            start = k * d
            self.grad_weight[k] = np.einsum("ntc,ntf->cf", self.padded[:, start : start + T], grad)
            dpadded[:, start : start + T] += grad @ self.weight[k].T
        return dpadded[:, (K - 1) * d :]


op = adapt(CausalConv1D, name="causal_conv", x="N T C", weight="K C F", dilation=whole(1, 3))
""",
)

FRAMES = Program(
    "signal_frames",
    """\
import numpy as np

from gradcheck import adapt, whole


def frames(signal, window, hop):
    # overlapping frames of a signal, each multiplied by the window, as for a spectrogram
    L = len(window)
    count = (len(signal) - L) // hop + 1
    out = np.stack([signal[f * hop : f * hop + L] * window for f in range(count)])
    return out, (signal, window, hop)


def frames_backward(dout, cache):
    signal, window, hop = cache
    L = len(window)
    dsignal = np.zeros_like(signal)
    dwindow = np.zeros_like(window)
    for f in range(dout.shape[0]):
        start = f * hop
        dsignal[start : start + L] += dout[f] * window
        dwindow += dout[f] * signal[start : start + L]
    return dsignal, dwindow


op = adapt(frames, frames_backward, name="frames", signal="T+L-1", window="L", hop=whole(1, 3))
""",
)

AVERAGE_POOL = Program(
    "average_pool_1d",
    """\
import numpy as np

from gradcheck import adapt, whole


class AvgPool1d:
    def __init__(self, kernel, stride, padding):
        self.kernel, self.stride, self.padding = kernel, stride, padding

    def forward(self, x):
        p = self.padding
        self.length = x.shape[-1]
        xp = np.pad(x, [(0, 0), (0, 0), (p, p)])
        n = (xp.shape[-1] - self.kernel) // self.stride + 1
        return np.stack(
            [xp[:, :, i * self.stride : i * self.stride + self.kernel].mean(-1) for i in range(n)], axis=-1
        )

    def backward(self, dout):
        p, k, s = self.padding, self.kernel, self.stride
        dxp = np.zeros(dout.shape[:2] + (self.length + 2 * p,))
        for i in range(dout.shape[-1]):
            left = i * s
            dxp[:, :, left : left + k] += dout[:, :, i : i + 1] / k
        return dxp[:, :, p : p + self.length]


op = adapt(
    AvgPool1d, name="avg_pool", x="N C L+kernel", kernel=whole(1, 4), stride=whole(1, 3), padding=whole(0, 2)
)
""",
)

SUBSAMPLE = Program(
    "strided_slice",
    """\
import numpy as np

from gradcheck import adapt, whole


def subsample_forward(x, factor):
    # shortcut of a residual block that halves the map: every other row and column
    return x[:, :, ::factor, ::factor].copy(), (x.shape, factor)


def subsample_backward(dout, cache):
    shape, factor = cache
    dx = np.zeros(shape)
    dx[:, :, ::factor, ::factor] = dout
    return dx


op = adapt(subsample_forward, subsample_backward, name="subsample", x="N C H W", factor=whole(1, 3))
""",
)

TRANSPOSED_CONV = Program(
    "deconvolution_loops",
    """\
import numpy as np

from gradcheck import adapt, whole


def deconv_forward(x, w, stride):
    N, C, H, W = x.shape
    _, F, K, L = w.shape
    out = np.zeros((N, F, (H - 1) * stride + K, (W - 1) * stride + L))
    for i in range(H):
        for j in range(W):
            r, c = i * stride, j * stride
            out[:, :, r : r + K, c : c + L] += np.einsum("nc,cfkl->nfkl", x[:, :, i, j], w)
    return out, (x, w, stride)


def deconv_backward(dout, cache):
    x, w, stride = cache
    K, L = w.shape[2:]
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for i in range(x.shape[2]):
        for j in range(x.shape[3]):
            top, left = i * stride, j * stride
            patch = dout[:, :, top : top + K, left : left + L]
            dx[:, :, i, j] = np.einsum("nfkl,cfkl->nc", patch, w)
            dw += np.einsum("nc,nfkl->cfkl", x[:, :, i, j], patch)
    return dx, dw


op = adapt(deconv_forward, deconv_backward, name="deconv", x="N C H W", w="C F K L", stride=whole(1, 3))
""",
)

PADDED_CONV1D = Program(
    "padded_conv1d",
    """\
import numpy as np

from gradcheck import adapt, whole


def conv1d(x, w, pad):
    # x: (C, T), w: (F, C, K); positions outside of the signal are skipped
    C, T = x.shape
    F, _, K = w.shape
    T_out = T + 2 * pad - K + 1
    y = np.zeros((F, T_out))
    for t in range(T_out):
        for k in range(K):
            s = t + k - pad
            if 0 <= s < T:
                y[:, t] += w[:, :, k] @ x[:, s]
    return y, (x, w, pad)


def conv1d_backward(dy, cache):
    x, w, pad = cache
    T = x.shape[1]
    dx = np.zeros_like(x)
    dw = np.zeros_like(w)
    for t in range(dy.shape[1]):
        for k in range(w.shape[2]):
            src = t + k - pad
            if 0 <= src < T:
                dx[:, src] += w[:, :, k].T @ dy[:, t]
                dw[:, :, k] += np.outer(dy[:, t], x[:, src])
    return dx, dw


op = adapt(conv1d, conv1d_backward, name="conv1d", x="C T+K-1", w="F C K", pad=whole(0, 2))
""",
)

SAME_SMOOTHING = Program(
    "same_box_filter",
    '''\
import numpy as np

from gradcheck import adapt, whole


def box_filter(x, radius):
    """Sum over the 2 * radius + 1 neighbours of each position, zeros outside."""
    padded = np.pad(x, ((0, 0), (radius, radius)))
    c = np.cumsum(np.pad(padded, ((0, 0), (1, 0))), axis=1)
    width = 2 * radius + 1
    return c[:, width:] - c[:, :-width], (x.shape, radius)


def box_filter_backward(dy, cache):
    (n, length), radius = cache
    width = 2 * radius + 1
    dpadded = np.zeros((n, length + 2 * radius))
    for k in range(width):
        dpadded[:, k : k + length] += dy
    dx = dpadded[:, radius : radius + length]
    return dx


op = adapt(box_filter, box_filter_backward, name="box_filter", x="N T", radius=whole(0, 3))
''',
)

ZERO_PAD = Program(
    "zero_pad_layer",
    """\
import numpy as np

from gradcheck import adapt, whole


class ZeroPad2D:
    def __init__(self, ph, pw):
        self.ph, self.pw = ph, pw

    def forward(self, x):
        self.H, self.W = x.shape[2:]
        return np.pad(x, ((0, 0), (0, 0), (self.ph, self.ph), (self.pw, self.pw)))

    def backward(self, dout):
        rows = slice(self.ph, self.ph + self.H)
        cols = slice(self.pw, self.pw + self.W)
        return dout[:, :, rows, cols].copy()


op = adapt(ZeroPad2D, name="zero_pad", x="N C H W", ph=whole(0, 3), pw=whole(0, 3))
""",
)

DILATED_CONV2D = Program(
    "atrous_conv",
    """\
import numpy as np

from gradcheck import adapt, whole


def atrous_forward(x, w, rate):
    K, L = w.shape[2:]
    oh = x.shape[2] - rate * (K - 1)
    ow = x.shape[3] - rate * (L - 1)
    y = np.zeros((x.shape[0], w.shape[0], oh, ow))
    for i in range(K):
        for j in range(L):
            y += np.einsum("nchw,fc->nfhw", x[:, :, i * rate : i * rate + oh, j * rate : j * rate + ow], w[:, :, i, j])
    return y, dict(x=x, w=w, rate=rate)


def atrous_backward(dy, cache):
    x, w, rate = cache["x"], cache["w"], cache["rate"]
    oh, ow = dy.shape[2:]
    dx = np.zeros_like(x)
    dw = np.zeros_like(w)
    for i in range(w.shape[2]):
        for j in range(w.shape[3]):
            rows = slice(i * rate, i * rate + oh)
            cols = slice(j * rate, j * rate + ow)
            dx[:, :, rows, cols] += np.einsum("nfhw,fc->nchw", dy, w[:, :, i, j])
            dw[:, :, i, j] = np.einsum("nfhw,nchw->fc", dy, x[:, :, rows, cols])
    return dx, dw


op = adapt(
    atrous_forward, atrous_backward, name="atrous", x="N C H+rate*(K-1) W+rate*(L-1)", w="F C K L", rate=whole(1, 3)
)
""",
)

DILATED_UNFOLD = Program(
    "dilated_taps",
    """\
import numpy as np

from gradcheck import adapt, whole


def taps_forward(x, weight, dilation):
    # FIR filter: y[t] = sum_k weight[k] x[t + k * dilation]
    span = (len(weight) - 1) * dilation
    n = x.shape[-1] - span
    idx = np.arange(n)[:, None] + dilation * np.arange(len(weight))[None, :]
    return x[:, idx] @ weight, (x, weight, dilation, idx)


def taps_backward(dy, cache):
    x, weight, dilation, idx = cache
    dweight = np.einsum("bn,bnk->k", dy, x[:, idx])
    dx = np.zeros_like(x)
    for k in range(len(weight)):
        for t in range(dy.shape[1]):
            dx[:, t + k * dilation] += dy[:, t] * weight[k]
    return dx, dweight


op = adapt(taps_forward, taps_backward, name="fir", x="B T+dilation*(K-1)", weight="K", dilation=whole(1, 3))
""",
)

GROUPED_CONV = Program(
    "grouped_pointwise_conv",
    """\
import numpy as np

from gradcheck import adapt, whole


class GroupedConv1x1:
    def __init__(self, weight, groups):
        self.weight, self.groups = weight, groups

    def forward(self, x):
        # weight: (out channels, in channels of a group)
        self.x = x
        xs = np.split(x, self.groups, axis=1)
        ws = np.split(self.weight, self.groups, axis=0)
        return np.concatenate([np.einsum("ncl,fc->nfl", a, w) for a, w in zip(xs, ws)], axis=1)

    def backward(self, dout):
        dx = np.zeros_like(self.x)
        dw = np.zeros_like(self.weight)
        M = self.weight.shape[0] // self.groups
        C = self.weight.shape[1]
        for g in range(self.groups):
            chans = slice(g * C, (g + 1) * C)
            outs = slice(g * M, (g + 1) * M)
            dx[:, chans] = np.einsum("nfl,fc->ncl", dout[:, outs], self.weight[outs])
            dw[outs] = np.einsum("nfl,ncl->fc", dout[:, outs], self.x[:, chans])
        self.grad_weight = dw
        return dx


op = adapt(GroupedConv1x1, name="grouped_conv", x="N groups*C L", weight="groups*M C", groups=whole(1, 3))
""",
)

GROUPED_NORM = Program(
    "channel_group_norm",
    """\
import numpy as np

from gradcheck import adapt, whole


def group_rms(x, groups):
    N, C, L = x.shape
    v = x.reshape(N, groups, C // groups, L)
    r = np.sqrt((v ** 2).mean(axis=(2, 3), keepdims=True) + 1e-3)
    return (v / r).reshape(N, C, L), (v, r)


def group_rms_backward(dout, cache):
    v, r = cache
    d = dout.reshape(v.shape)
    pull = (d * v).mean(axis=(2, 3), keepdims=True)
    dv = d / r - v * pull / r ** 3
    return dv.reshape(dout.shape)


op = adapt(group_rms, group_rms_backward, name="group_rms", x="N groups*C L", groups=whole(1, 3))
""",
)

DEPTHWISE = Program(
    "depthwise_conv",
    """\
import numpy as np


def depthwise_forward(x: "N C H+K-1 W+L-1", w: "C K L"):
    C, K, L = w.shape
    N, _, H, W = x.shape
    y = np.zeros((N, C, H - K + 1, W - L + 1))
    for k in range(K):
        for l in range(L):
            y += x[:, :, k : H - K + 1 + k, l : W - L + 1 + l] * w[:, k, l].reshape(1, C, 1, 1)
    return y, (x, w)


def depthwise_backward(dy, cache):
    x, w = cache
    oh, ow = dy.shape[2:]
    dx = np.zeros_like(x)
    dw = np.zeros_like(w)
    for k in range(w.shape[1]):
        for l in range(w.shape[2]):
            patch = x[:, :, k : k + oh, l : l + ow]
            dw[:, k, l] = np.sum(dy * patch, axis=(0, 2, 3))
            dx[:, :, k : k + oh, l : l + ow] += dy * w[:, k, l].reshape(1, -1, 1, 1)
    return dx, dw
""",
)

GROUPED_LINEAR = Program(
    "block_diagonal_linear",
    """\
import numpy as np

from gradcheck import adapt, whole


def block_linear(x, w):
    # w: (G, D, M): each group of D features has a matrix of its own
    G, D, M = w.shape
    xg = x.reshape(-1, G, D)
    return np.einsum("ngd,gdm->ngm", xg, w).reshape(len(x), G * M), (xg, w)


def block_linear_backward(dy, cache):
    xg, w = cache
    G, D, M = w.shape
    dyg = dy.reshape(-1, G, M)
    dx = np.zeros_like(xg)
    dw = np.zeros_like(w)
    for g in range(G):
        dx[:, g] = dyg[:, g] @ w[g].T
        dw[g] = xg[:, g].T @ dyg[:, g]
    return dx.reshape(len(dy), G * D), dw


op = adapt(block_linear, block_linear_backward, name="block_linear", x="N G*D", w="G D M")
""",
)

RECT_AVG_POOL = Program(
    "rectangular_average_pool",
    """\
import numpy as np

from gradcheck import adapt, whole


def avgpool(x, ph, pw):
    N, C, H, W = x.shape
    return x.reshape(N, C, H // ph, ph, W // pw, pw).mean(axis=(3, 5)), (x.shape, ph, pw)


def avgpool_backward(dout, cache):
    shape, ph, pw = cache
    dx = np.zeros(shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            d = dout[:, :, i, j] / (ph * pw)
            dx[:, :, i * ph : (i + 1) * ph, j * pw : (j + 1) * pw] = d[:, :, None, None]
    return dx


op = adapt(avgpool, avgpool_backward, name="avgpool", x="N C ph*H pw*W", ph=whole(1, 3), pw=whole(1, 3))
""",
)

NEAREST_RESIZE = Program(
    "nearest_resize",
    """\
import numpy as np

from gradcheck import adapt, whole


class UpSample:
    def __init__(self, sh, sw):
        self.sh, self.sw = sh, sw

    def forward(self, x):
        self.shape = x.shape
        return x.repeat(self.sh, axis=2).repeat(self.sw, axis=3)

    def backward(self, grad):
        N, C, H, W = self.shape
        return grad.reshape(N, C, H, self.sh, W, self.sw).sum(axis=(3, 5))


op = adapt(UpSample, name="upsample", x="N C H W", sh=whole(1, 3), sw=whole(1, 3))
""",
)

SIGNAL_CONV = Program(
    "signal_convolve",
    """\
import numpy as np


def forward(x: "T+K-1", w: "K"):
    return np.convolve(x, w, mode="valid"), (x, w)


def backward(dy, cache):
    x, w = cache
    dx = np.convolve(dy, w[::-1], mode="full")
    dw = np.convolve(x[::-1], dy, mode="valid")
    return dx, dw
""",
)

SCIPY_CONV = Program(
    "scipy_layer",
    """\
import numpy as np
from scipy import signal


class Convolutional:
    # cross-correlation with a kernel for each pair of depths
    def __init__(self, kernels: "F C K L", biases: "F"):
        self.kernels, self.biases = kernels, biases

    def forward(self, input: "C H+K-1 W+L-1"):
        self.input = input
        F, C = self.kernels.shape[:2]
        output = [
            self.biases[i] + sum(signal.correlate2d(input[j], self.kernels[i, j], "valid") for j in range(C))
            for i in range(F)
        ]
        return np.array(output)

    def backward(self, output_gradient):
        kernels_gradient = np.zeros(self.kernels.shape)
        input_gradient = np.zeros(self.input.shape)
        for i in range(self.kernels.shape[0]):
            for j in range(self.kernels.shape[1]):
                kernels_gradient[i, j] = signal.correlate2d(self.input[j], output_gradient[i], "valid")
                input_gradient[j] += signal.convolve2d(output_gradient[i], self.kernels[i, j], "full")
        self.grad_kernels = kernels_gradient
        self.grad_biases = output_gradient.sum(axis=(1, 2))
        return input_gradient
""",
)

CIRCULAR_CONV = Program(
    "circular_conv_fft",
    """\
import numpy as np


def circ_forward(x: "N T", h: "T"):
    X = np.fft.fft(x, axis=1)
    H = np.fft.fft(h)
    return np.real(np.fft.ifft(X * H, axis=1)), (X, H)


def circ_backward(dy, cache):
    X, H = cache
    G = np.fft.fft(dy, axis=1)
    dx = np.real(np.fft.ifft(G * np.conj(H), axis=1))
    dh = np.real(np.fft.ifft((G * np.conj(X)).sum(0)))
    return dx, dh
""",
)

MAX_POOL_1D = Program(
    "max_pool_1d_list",
    """\
import numpy as np

from gradcheck import Array, adapt, distinct, whole


def maxpool1d(x, k, s):
    n, t = x.shape
    starts = list(range(0, t - k + 1, s))
    y = np.zeros((n, len(starts)))
    for col, i in enumerate(starts):
        y[:, col] = x[:, i : i + k].max(axis=1)
    return y, (x, k, s)


def maxpool1d_grad(dy, cache):
    x, k, s = cache
    n, t = x.shape
    dx = np.zeros((n, t))
    for col, i in enumerate(range(0, t - k + 1, s)):
        for row in range(n):
            j = i + int(np.argmax(x[row, i : i + k]))
            dx[row, j] += dy[row, col]
    return dx


op = adapt(maxpool1d, maxpool1d_grad, name="maxpool1d", x=Array("N T+k-1", distinct()), k=whole(1, 3), s=whole(1, 3))
""",
)

CHANNEL_POOL = Program(
    "channelwise_max_pool",
    """\
import numpy as np

from gradcheck import Array, adapt, distinct


def global_max_pool(x):
    N, C = x.shape[:2]
    return x.reshape(N, C, -1).max(axis=2), x


def global_max_pool_backward(dout, x):
    N, C, H, W = x.shape
    dx = np.zeros((N, C, H * W))
    for n in range(N):
        for c in range(C):
            k = x[n, c].argmax()
            dx[n, c, k] = dout[n, c]
    return dx.reshape(x.shape)


op = adapt(global_max_pool, global_max_pool_backward, name="global_max_pool", x=Array("N C H W", distinct()))
""",
)

SPATIAL_BATCHNORM_PARAMS = Program(
    "channel_bias_flat",
    """\
import numpy as np


def forward(x: "N C H W", gamma: "C"):
    N, C, H, W = x.shape
    flat = x.transpose(0, 2, 3, 1).reshape(-1, C)
    y = flat * np.tanh(gamma)
    return y.reshape(N, H, W, C).transpose(0, 3, 1, 2), (flat, gamma, x.shape)


def backward(dy, cache):
    flat, gamma, (N, C, H, W) = cache
    d = dy.transpose(0, 2, 3, 1).reshape(-1, C)
    dgamma = (d * flat).sum(0) * (1 - np.tanh(gamma) ** 2)
    dflat = d * np.tanh(gamma)
    return dflat.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma
""",
)

EMBEDDING = Program(
    "word_embedding",
    """\
import numpy as np

from gradcheck import Array, indices


def word_embedding_forward(x: Array("N T", indices("V")), W: "V D"):
    out = W[x]
    return out, (x, W.shape)


def word_embedding_backward(dout, cache):
    x, shape = cache
    dW = np.zeros(shape)
    N, T, D = dout.shape
    for n in range(N):
        for t in range(T):
            dW[x[n, t]] += dout[n, t]
    return None, dW
""",
)

CONV_DW_CHANNELS = "dw[f] += x_pad[n, :, hs : hs + HH, ws : ws + WW] * dout[n, f, i, j]"


END_MISSING = ("window-missing", "off-by-one")
"""A bound that is one too low leaves out the last window."""

WRONGS = (
    Wrong(
        "overwritten",
        NAIVE_POOL,
        "dx[n, c, k * S + r, l * S + s] += dout[n, c, k, l]",
        "dx[n, c, k * S + r, l * S + s] = dout[n, c, k, l]",
    ),
    Wrong(
        "overwritten",
        FRAMES,
        "dsignal[start : start + L] += dout[f] * window",
        "dsignal[start : start + L] = dout[f] * window",
    ),
    Wrong("overwritten", EMBEDDING, "dW[x[n, t]] += dout[n, t]", "dW[x[n, t]] = dout[n, t]"),
    Wrong(
        "overwritten",
        IM2COL_CONV,
        "b : b + stride * ow : stride] += col[:, :, a, b]",
        "b : b + stride * ow : stride] = col[:, :, a, b]",
    ),
    Wrong(
        "overwritten",
        NAIVE_CONV,
        "dx_pad[n, :, hs : hs + HH, ws : ws + WW] += w[f] * dout[n, f, i, j]",
        "dx_pad[n, :, hs : hs + HH, ws : ws + WW] = w[f] * dout[n, f, i, j]",
    ),
    Wrong("stride-ignored", AVERAGE_POOL, "left = i * s\n", "left = i\n"),
    Wrong("stride-ignored", TRANSPOSED_CONV, "top, left = i * stride, j * stride", "top, left = i, j"),
    Wrong("stride-ignored", FRAMES, "start = f * hop\n", "start = f\n"),
    Wrong(
        "stride-ignored",
        SUBSAMPLE,
        "dx[:, :, ::factor, ::factor] = dout",
        "dx[:, :, : dout.shape[2], : dout.shape[3]] = dout",
    ),
    Wrong("padding-ignored", PADDED_CONV1D, "src = t + k - pad", "src = t + k"),
    Wrong("padding-ignored", AVERAGE_POOL, "return dxp[:, :, p : p + self.length]", "return dxp[:, :, : self.length]"),
    Wrong("padding-ignored", ZERO_PAD, "rows = slice(self.ph, self.ph + self.H)", "rows = slice(self.H)"),
    Wrong("padding-ignored", SAME_SMOOTHING, "dx = dpadded[:, radius : radius + length]", "dx = dpadded[:, :length]"),
    Wrong("padding-kept", NAIVE_CONV, "dx = dx_pad[:, :, pad : pad + H, pad : pad + W]", "dx = dx_pad", law="contract"),
    Wrong("padding-kept", CONV1D, "return dpadded[:, (K - 1) * d :]", "return dpadded", law="contract"),
    Wrong("padding-kept", SAME_SMOOTHING, "dx = dpadded[:, radius : radius + length]", "dx = dpadded", law="contract"),
    Wrong(
        ("padding-kept", "right-only-where"),
        AVERAGE_POOL,
        "return dxp[:, :, p : p + self.length]",
        "return dxp[:, :, p:-p]",
        law="contract",
    ),
    Wrong("dilation-ignored", CONV1D, "start = k * d\n", "start = k\n"),
    Wrong(
        "dilation-ignored",
        DILATED_CONV2D,
        "rows = slice(i * rate, i * rate + oh)\n            cols = slice(j * rate, j * rate + ow)",
        "rows = slice(i, i + oh)\n            cols = slice(j, j + ow)",
    ),
    Wrong(
        "dilation-ignored",
        DILATED_UNFOLD,
        "dx[:, t + k * dilation] += dy[:, t] * weight[k]",
        "dx[:, t + k] += dy[:, t] * weight[k]",
    ),
    Wrong(
        ("groups-ignored", "wrong-index"),
        GROUPED_CONV,
        "dout[:, outs], self.weight[outs])",
        "dout[:, outs], self.weight[:M])",
    ),
    # an average over all channels is one over a wrong axis
    Wrong(
        ("groups-ignored", "sum-wrong-axis"),
        GROUPED_NORM,
        "pull = (d * v).mean(axis=(2, 3), keepdims=True)",
        "pull = (d * v).mean(axis=(1, 2, 3), keepdims=True)",
    ),
    Wrong(
        ("groups-ignored", "wrong-index"),
        GROUPED_LINEAR,
        "dx[:, g] = dyg[:, g] @ w[g].T",
        "dx[:, g] = dyg[:, g] @ w[0].T",
    ),
    Wrong(
        "height-width-exchanged",
        RECT_AVG_POOL,
        "dx[:, :, i * ph : (i + 1) * ph, j * pw : (j + 1) * pw]",
        "dx[:, :, i * pw : (i + 1) * pw, j * ph : (j + 1) * ph]",
    ),
    Wrong("height-width-exchanged", NEAREST_RESIZE, "(N, C, H, self.sh, W, self.sw)", "(N, C, H, self.sw, W, self.sh)"),
    Wrong(
        "height-width-exchanged",
        NAIVE_POOL,
        "window = x[n, c, k * S : k * S + HH, l * S : l * S + WW]\n                    r, s",
        "window = x[n, c, k * S : k * S + WW, l * S : l * S + HH]\n                    r, s",
    ),
    Wrong(
        "window-from-stride",
        NAIVE_POOL,
        "window = x[n, c, k * S : k * S + HH, l * S : l * S + WW]",
        "window = x[n, c, k * S : k * S + S, l * S : l * S + S]",
    ),
    Wrong(
        "window-from-stride",
        AVERAGE_POOL,
        "dxp[:, :, left : left + k] += dout[:, :, i : i + 1] / k",
        "dxp[:, :, left : left + s] += dout[:, :, i : i + 1] / k",
    ),
    Wrong(
        "window-from-stride",
        MAX_POOL_1D,
        "j = i + int(np.argmax(x[row, i : i + k]))",
        "j = i + int(np.argmax(x[row, i : i + s]))",
    ),
    Wrong(
        "kernel-not-flipped",
        SIGNAL_CONV,
        'dx = np.convolve(dy, w[::-1], mode="full")',
        'dx = np.convolve(dy, w, mode="full")',
    ),
    Wrong(
        "kernel-not-flipped",
        SCIPY_CONV,
        'signal.convolve2d(output_gradient[i], self.kernels[i, j], "full")',
        'signal.correlate2d(output_gradient[i], self.kernels[i, j], "full")',
    ),
    # on a circle, a kernel that is not flipped is a way back in the other direction
    Wrong(("kernel-not-flipped", "wrong-direction"), CIRCULAR_CONV, "G * np.conj(H), axis=1", "G * H, axis=1"),
    Wrong(
        "kernel-not-flipped",
        DEPTHWISE,
        "dy * w[:, k, l].reshape(1, -1, 1, 1)",
        "dy * w[:, -1 - k, -1 - l].reshape(1, -1, 1, 1)",
    ),
    Wrong(END_MISSING, FRAMES, "for f in range(dout.shape[0]):", "for f in range(dout.shape[0] - 1):"),
    Wrong(
        END_MISSING,
        MAX_POOL_1D,
        "for col, i in enumerate(range(0, t - k + 1, s)):",
        "for col, i in enumerate(range(0, t - k, s)):",
    ),
    Wrong(END_MISSING, AVERAGE_POOL, "for i in range(dout.shape[-1]):", "for i in range(dout.shape[-1] - 1):"),
    Wrong(
        END_MISSING,
        DEPTHWISE,
        "for l in range(w.shape[2]):\n            patch",
        "for l in range(w.shape[2] - 1):\n            patch",
    ),
    Wrong(("channels-mixed", "sum-extra"), NAIVE_CONV, CONV_DW_CHANNELS, CONV_DW_CHANNELS.replace("WW]", "WW].sum(0)")),
    Wrong(
        "channels-mixed",
        CHANNEL_POOL,
        "dx = np.zeros((N, C, H * W))",
        "dx = np.zeros((N, C, H * W))\n    shared = x.max(axis=1)",
        also=(("k = x[n, c].argmax()", "k = shared[n].argmax()"),),
    ),
    Wrong(
        ("channels-mixed", "axes-permuted"),
        SPATIAL_BATCHNORM_PARAMS,
        "d = dy.transpose(0, 2, 3, 1).reshape(-1, C)",
        "d = dy.reshape(-1, C)",
    ),
    Wrong(
        ("channels-mixed", "sum-extra"),
        DEPTHWISE,
        "dw[:, k, l] = np.sum(dy * patch, axis=(0, 2, 3))",
        "dw[:, k, l] = np.sum(dy * patch)",
    ),
    Wrong("stride-ignored", TRANSPOSED_CONV, "top, left = i * stride, j * stride", "top, left = i * stride, j"),
)
"""Wrong programs of these causes."""
