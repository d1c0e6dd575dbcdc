"""Batch normalisation of rows."""

from submissions.piece import GRADIENT, VALUE, Style, make_mistake

ONE, ALT, TESTING = ("batchnorm",), ("batchnorm_alt",), ("batchnorm in testing",)
BATCH = (*ONE, *ALT, *TESTING)
STEPS = Style(
    "step by step",
    BATCH,
    """\
def batchnorm_forward(x, gamma, beta, bn_param):
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    N, D = x.shape
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))
    out, cache = None, None
    if mode == "train":
        mu = np.mean(x, axis=0)
        xmu = x - mu
        var = np.mean(xmu ** 2, axis=0)
        sqrtvar = np.sqrt(var + eps)
        ivar = 1.0 / sqrtvar
        xhat = xmu * ivar
        out = gamma * xhat + beta
        cache = (xhat, gamma, xmu, ivar, sqrtvar, var, eps)
        running_mean = momentum * running_mean + (1 - momentum) * mu
        running_var = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        out = gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta
    else:
        raise ValueError('Invalid forward batchnorm mode "%s"' % mode)
    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, cache


def batchnorm_backward(dout, cache):
    xhat, gamma, xmu, ivar, sqrtvar, var, eps = cache
    N, D = dout.shape
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * xhat, axis=0)
    dxhat = dout * gamma
    divar = np.sum(dxhat * xmu, axis=0)
    dxmu1 = dxhat * ivar
    dsqrtvar = -1.0 / (sqrtvar ** 2) * divar
    dvar = 0.5 * 1.0 / np.sqrt(var + eps) * dsqrtvar
    dsq = 1.0 / N * np.ones((N, D)) * dvar
    dxmu2 = 2 * xmu * dsq
    dx1 = dxmu1 + dxmu2
    dmu = -1 * np.sum(dx1, axis=0)
    dx = dx1 + 1.0 / N * np.ones((N, D)) * dmu
    return dx, dgamma, dbeta


def batchnorm_backward_alt(dout, cache):
    xhat, gamma, _, ivar, _, _, _ = cache
    N = dout.shape[0]
    dbeta = dout.sum(axis=0)
    dgamma = (xhat * dout).sum(axis=0)
    dx = (gamma * ivar / N) * (N * dout - xhat * dgamma - dbeta)
    return dx, dgamma, dbeta
""",
)
KEPT = Style(
    "a dict for a cache",
    BATCH,
    """\
def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    bn_param.setdefault("running_mean", np.zeros(x.shape[1]))
    bn_param.setdefault("running_var", np.zeros(x.shape[1]))
    if bn_param["mode"] != "train":
        std = np.sqrt(bn_param["running_var"] + eps)
        return (x - bn_param["running_mean"]) / std * gamma + beta, {}
    mean, variance = x.mean(axis=0), x.var(axis=0)
    cache = {"centred": x - mean, "std": (variance + eps) ** 0.5, "gamma": gamma}
    cache["normal"] = cache["centred"] / cache["std"]
    bn_param["running_mean"] = momentum * bn_param["running_mean"] + (1.0 - momentum) * mean
    bn_param["running_var"] = momentum * bn_param["running_var"] + (1.0 - momentum) * variance
    return cache["normal"] * gamma + beta, cache


def batchnorm_backward(dout, cache):
    c, s, N = cache["centred"], cache["std"], len(dout)
    dnormal = dout * cache["gamma"]
    dvar = (-0.5 * dnormal * c * s ** -3).sum(axis=0)
    dmean = (-dnormal / s).sum(axis=0) + dvar * (-2 * c).mean(axis=0)
    dx = dnormal / s + dvar * 2 * c / N + dmean / N
    return dx, (dout * cache["normal"]).sum(axis=0), dout.sum(axis=0)


def batchnorm_backward_alt(dout, cache):
    normal, dnormal = cache["normal"], dout * cache["gamma"]
    dx = dnormal - dnormal.mean(0) - normal * (dnormal * normal).mean(0)
    return dx / cache["std"], np.einsum("nd,nd->d", dout, normal), np.einsum("nd->d", dout)
""",
)
STYLES = (STEPS, KEPT)
MISTAKES = (
    make_mistake(
        "mean held constant", STEPS, GRADIENT, ("dx = dx1 + 1.0 / N * np.ones((N, D)) * dmu", "dx = dx1"), rows=ONE
    ),
    make_mistake("variance held constant", STEPS, GRADIENT, ("dx1 = dxmu1 + dxmu2", "dx1 = dxmu1"), rows=ONE),
    make_mistake(
        "gamma missing",
        KEPT,
        GRADIENT,
        ('dnormal = dout * cache["gamma"]\n    dvar', "dnormal = dout\n    dvar"),
        rows=ONE,
    ),
    make_mistake("precedence", KEPT, GRADIENT, ("s ** -3).sum", "s ** -3 / 2).sum"), rows=ONE),
    make_mistake("sums for means", KEPT, GRADIENT, ("dnormal - dnormal.mean(0)", "dnormal - dnormal.sum(0)"), rows=ALT),
    make_mistake(
        "eps missing",
        STEPS,
        VALUE,
        ("sqrtvar = np.sqrt(var + eps)", "sqrtvar = np.sqrt(var + 1e-30)"),
        rows=(*ONE, *ALT),
    ),
    make_mistake(
        "eps outside of the root",
        KEPT,
        VALUE,
        ("(variance + eps) ** 0.5", "variance ** 0.5 + eps"),
        rows=(*ONE, *ALT),
    ),
    make_mistake(
        "deviation kept for variance",
        STEPS,
        VALUE,
        ("momentum * running_var + (1 - momentum) * var", "momentum * running_var + (1 - momentum) * sqrtvar"),
        rows=TESTING,
    ),
    make_mistake(
        "momentum exchanged",
        KEPT,
        VALUE,
        (
            'momentum * bn_param["running_mean"] + (1.0 - momentum) * mean',
            '(1.0 - momentum) * bn_param["running_mean"] + momentum * mean',
        ),
        rows=TESTING,
    ),
)
