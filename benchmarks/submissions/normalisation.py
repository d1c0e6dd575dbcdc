"""Normalisation of rows by layer, and of images by batch and by group."""

from submissions.piece import GRADIENT, VALUE, Style, make_mistake

LAYER, SPATIAL, GROUPS = ("layernorm",), ("spatial_batchnorm",), ("spatial_groupnorm",)
ROWS_NORM = Style(
    "rows",
    LAYER,
    """\
def layernorm_forward(x, gamma, beta, ln_param):
    eps = ln_param.get("eps", 1e-5)
    mu = x.mean(axis=1, keepdims=True)
    var = x.var(axis=1, keepdims=True)
    std = np.sqrt(var + eps)
    xhat = (x - mu) / std
    out = gamma * xhat + beta
    return out, (xhat, std, gamma)


def layernorm_backward(dout, cache):
    xhat, std, gamma = cache
    D = dout.shape[1]
    dgamma = np.sum(dout * xhat, axis=0)
    dbeta = np.sum(dout, axis=0)
    dxhat = dout * gamma
    dx = (D * dxhat - np.sum(dxhat, axis=1, keepdims=True)
          - xhat * np.sum(dxhat * xhat, axis=1, keepdims=True)) / (D * std)
    return dx, dgamma, dbeta
""",
)
TRANSPOSED_NORM = Style(
    "transposed",
    LAYER,
    """\
def layernorm_forward(x, gamma, beta, ln_param):
    eps = ln_param.get("eps", 1e-5)
    x_T = x.T
    mu = np.mean(x_T, axis=0)
    xc = x_T - mu
    var = np.mean(xc ** 2, axis=0)
    inv = 1 / np.sqrt(var + eps)
    x_hat = xc * inv
    out = gamma * x_hat.T + beta
    cache = [x_hat, xc, inv, gamma]
    return out, cache


def layernorm_backward(dout, cache):
    x_hat, xc, inv, gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat.T).sum(axis=0)
    g = (dout * gamma).T
    D = g.shape[0]
    dvar = np.sum(g * xc, axis=0) * -0.5 * inv ** 3
    dmu = -np.sum(g * inv, axis=0) + dvar * np.mean(-2 * xc, axis=0)
    dx_T = g * inv + 2 * xc * dvar / D + dmu / D
    return dx_T.T, dgamma, dbeta
""",
)
SPATIAL_ROWS = Style(
    "by batch normalisation of rows",
    SPATIAL,
    """\
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    N, C, H, W = x.shape
    flat = x.transpose(0, 2, 3, 1).reshape(-1, C)
    out, cache = batchnorm_forward(flat, gamma, beta, bn_param)
    out = out.reshape(N, H, W, C).transpose(0, 3, 1, 2)
    return out, cache


def spatial_batchnorm_backward(dout, cache):
    N, C, H, W = dout.shape
    dflat = dout.transpose(0, 2, 3, 1).reshape(N * H * W, C)
    dx, dgamma, dbeta = batchnorm_backward(dflat, cache)
    dx = dx.reshape(N, H, W, C).transpose(0, 3, 1, 2)
    return dx, dgamma, dbeta
""",
    ("batchnorm",),
)
SPATIAL_ALONE = Style(
    "by itself",
    SPATIAL,
    """\
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    axes, eps = (0, 2, 3), bn_param.get("eps", 1e-5)
    as_map = lambda v: v.reshape(1, -1, 1, 1)
    if bn_param["mode"] == "test":
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    else:
        mean, var = np.mean(x, axis=axes), np.var(x, axis=axes)
        for key, now in (("running_mean", mean), ("running_var", var)):
            keep = bn_param.get("momentum", 0.9)
            bn_param[key] = keep * bn_param.get(key, 0) + (1 - keep) * now
    std = np.sqrt(as_map(var) + eps)
    normal = (x - as_map(mean)) / std
    return as_map(gamma) * normal + as_map(beta), (normal, std, as_map(gamma))


def spatial_batchnorm_backward(dout, cache):
    normal, std, gamma = cache
    axes, m = (0, 2, 3), dout.size // dout.shape[1]
    dgamma, dbeta = np.sum(dout * normal, axis=axes), np.sum(dout, axis=axes)
    inner = m * dout - dbeta.reshape(1, -1, 1, 1) - normal * dgamma.reshape(1, -1, 1, 1)
    return gamma / (m * std) * inner, dgamma, dbeta
""",
)
GROUPED = Style(
    "five axes",
    GROUPS,
    """\
def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    eps = gn_param.get("eps", 1e-5)
    N, C, H, W = x.shape
    xg = x.reshape(N, G, C // G, H, W)
    mu = xg.mean(axis=(2, 3, 4), keepdims=True)
    var = xg.var(axis=(2, 3, 4), keepdims=True)
    std = np.sqrt(var + eps)
    xhat = ((xg - mu) / std).reshape(N, C, H, W)
    out = gamma * xhat + beta
    return out, (G, xhat, std, gamma)


def spatial_groupnorm_backward(dout, cache):
    G, xhat, std, gamma = cache
    N, C, H, W = dout.shape
    dgamma = np.sum(dout * xhat, axis=(0, 2, 3), keepdims=True)
    dbeta = np.sum(dout, axis=(0, 2, 3), keepdims=True)
    dxhat = (dout * gamma).reshape(N, G, C // G, H, W)
    xg = xhat.reshape(N, G, C // G, H, W)
    M = C // G * H * W
    axes = (2, 3, 4)
    dx = (M * dxhat - dxhat.sum(axis=axes, keepdims=True)
          - xg * (dxhat * xg).sum(axis=axes, keepdims=True)) / (M * std)
    return dx.reshape(N, C, H, W), dgamma, dbeta
""",
)
GROUP_ROWS = Style(
    "a row for each group",
    GROUPS,
    """\
def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    N, C, H, W = x.shape
    rows = np.reshape(x, (N * G, -1)).T
    centred = rows - rows.mean(axis=0)
    inv = 1.0 / np.sqrt((centred ** 2).mean(axis=0) + gn_param.get("eps", 1e-5))
    normal = (centred * inv).T.reshape(x.shape)
    return normal * gamma + beta, dict(normal=normal, inv=inv, gamma=gamma, G=G)


def spatial_groupnorm_backward(dout, cache):
    N, C, H, W = dout.shape
    normal, inv = cache["normal"], cache["inv"]
    dgamma = (dout * normal).sum(axis=(0, 2, 3)).reshape(1, C, 1, 1)
    dbeta = dout.sum(axis=(0, 2, 3)).reshape(1, C, 1, 1)
    d = (dout * cache["gamma"]).reshape(N * cache["G"], -1).T
    n = normal.reshape(N * cache["G"], -1).T
    dx = inv * (d - d.mean(axis=0) - n * np.mean(d * n, axis=0))
    return dx.T.reshape(dout.shape), dgamma, dbeta
""",
)
STYLES = (ROWS_NORM, TRANSPOSED_NORM, SPATIAL_ROWS, SPATIAL_ALONE, GROUPED, GROUP_ROWS)
MISTAKES = (
    make_mistake(
        "both held constant",
        ROWS_NORM,
        GRADIENT,
        ("(D * dxhat - np", "(D * dxhat - 0 * np"),
        ("- xhat * np.sum(", "- 0 * xhat * np.sum("),
    ),
    make_mistake(
        "wrong axis", ROWS_NORM, VALUE, ("mu = x.mean(axis=1, keepdims=True)", "mu = x.mean(axis=0, keepdims=True)")
    ),
    make_mistake("std for variance", TRANSPOSED_NORM, VALUE, ("inv = 1 / np.sqrt(var + eps)", "inv = 1 / (var + eps)")),
    make_mistake(
        "dbeta of the wrong axis",
        TRANSPOSED_NORM,
        GRADIENT,
        ("dbeta = dout.sum(axis=0)", "dbeta = dout.sum(axis=1)[: dout.shape[1]]"),
    ),
    make_mistake(
        "reshaped without a transpose",
        SPATIAL_ROWS,
        VALUE,
        ("flat = x.transpose(0, 2, 3, 1).reshape(-1, C)", "flat = x.reshape(-1, C)"),
        ("out = out.reshape(N, H, W, C).transpose(0, 3, 1, 2)", "out = out.reshape(N, C, H, W)"),
    ),
    make_mistake(
        "N for N H W",
        SPATIAL_ALONE,
        GRADIENT,
        ("m = (0, 2, 3), dout.size // dout.shape[1]", "m = (0, 2, 3), len(dout)"),
    ),
    make_mistake(
        "normalised over the batch",
        GROUPED,
        VALUE,
        ("mu = xg.mean(axis=(2, 3, 4), keepdims=True)", "mu = xg.mean(axis=(0, 2, 3, 4), keepdims=True)"),
    ),
    make_mistake("size of a group", GROUPED, GRADIENT, ("M = C // G * H * W", "M = C * H * W")),
    make_mistake(
        "gamma without its shape",
        GROUP_ROWS,
        GRADIENT,
        (
            "dgamma = (dout * normal).sum(axis=(0, 2, 3)).reshape(1, C, 1, 1)",
            "dgamma = (dout * normal).sum(axis=(0, 2, 3))",
        ),
    ),
)
