"""Nets of assignment 2 of CS231n, which call the layers of the same submission."""

from submissions.piece import GRADIENT, VALUE, Style, make_mistake

LAYERS = ("affine", "relu", "softmax_loss")
BATCH, LAYER, DROPOUT = (f"FullyConnectedNet with {part}" for part in ("batchnorm", "layernorm", "dropout"))
MANY_ROWS = ("FullyConnectedNet", BATCH, LAYER, DROPOUT)
TWO = Style(
    "as in the handout",
    ("TwoLayerNet",),
    """\
class TwoLayerNet(object):
    def __init__(self, input_dim=3 * 32 * 32, hidden_dim=100, num_classes=10, weight_scale=1e-3, reg=0.0):
        self.params = {}
        self.reg = reg
        self.params["W1"] = weight_scale * np.random.randn(input_dim, hidden_dim)
        self.params["b1"] = np.zeros(hidden_dim)
        self.params["W2"] = weight_scale * np.random.randn(hidden_dim, num_classes)
        self.params["b2"] = np.zeros(num_classes)

    def loss(self, X, y=None):
        W1, b1 = self.params["W1"], self.params["b1"]
        W2, b2 = self.params["W2"], self.params["b2"]
        a, fc_cache = affine_forward(X, W1, b1)
        hidden, relu_cache = relu_forward(a)
        scores, out_cache = affine_forward(hidden, W2, b2)
        if y is None:
            return scores
        loss, grads = 0, {}
        loss, dscores = softmax_loss(scores, y)
        loss += 0.5 * self.reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
        dhidden, grads["W2"], grads["b2"] = affine_backward(dscores, out_cache)
        da = relu_backward(dhidden, relu_cache)
        _, grads["W1"], grads["b1"] = affine_backward(da, fc_cache)
        grads["W1"] += self.reg * W1
        grads["W2"] += self.reg * W2
        return loss, grads
""",
    LAYERS,
)
MANY = Style(
    "lists of layers",
    MANY_ROWS,
    """\
class FullyConnectedNet:
    def __init__(self, hidden_dims, input_dim=3 * 32 * 32, num_classes=10, dropout_keep_ratio=1, normalization=None,
                 reg=0.0, weight_scale=1e-2, dtype=np.float32, seed=None):
        self.normalization = normalization
        self.use_dropout = dropout_keep_ratio != 1
        self.num_layers = 1 + len(hidden_dims)
        self.reg, self.dtype, self.params = reg, dtype, {}
        dims = [input_dim] + list(hidden_dims) + [num_classes]
        for i in range(self.num_layers):
            self.params["W%d" % (i + 1)] = np.random.normal(0, weight_scale, (dims[i], dims[i + 1]))
            self.params["b%d" % (i + 1)] = np.zeros(dims[i + 1])
            if normalization and i < len(hidden_dims):
                self.params["gamma%d" % (i + 1)] = np.ones(dims[i + 1])
                self.params["beta%d" % (i + 1)] = np.zeros(dims[i + 1])
        self.dropout_param = {}
        if self.use_dropout:
            self.dropout_param = {"mode": "train", "p": dropout_keep_ratio}
            if seed is not None:
                self.dropout_param["seed"] = seed
        self.bn_params = [{"mode": "train"} for i in range(self.num_layers - 1)]
        for k, v in self.params.items():
            self.params[k] = v.astype(dtype)

    def loss(self, X, y=None):
        X = X.astype(self.dtype)
        mode = "test" if y is None else "train"
        if self.use_dropout:
            self.dropout_param["mode"] = mode
        for bn_param in self.bn_params:
            bn_param["mode"] = mode
        caches, h = [], X
        for i in range(1, self.num_layers):
            h, fc = affine_forward(h, self.params["W%d" % i], self.params["b%d" % i])
            norm = drop = None
            if self.normalization == "batchnorm":
                h, norm = batchnorm_forward(h, self.params[f"gamma{i}"], self.params[f"beta{i}"], self.bn_params[i - 1])
            elif self.normalization == "layernorm":
                h, norm = layernorm_forward(h, self.params[f"gamma{i}"], self.params[f"beta{i}"], self.bn_params[i - 1])
            h, act = relu_forward(h)
            if self.use_dropout:
                h, drop = dropout_forward(h, self.dropout_param)
            caches.append((fc, norm, act, drop))
        last = str(self.num_layers)
        scores, fc = affine_forward(h, self.params["W" + last], self.params["b" + last])
        if mode == "test":
            return scores
        loss, dout = softmax_loss(scores, y)
        grads = {}
        dout, grads["W" + last], grads["b" + last] = affine_backward(dout, fc)
        for i in range(self.num_layers - 1, 0, -1):
            fc, norm, act, drop = caches.pop()
            if self.use_dropout:
                dout = dropout_backward(dout, drop)
            dout = relu_backward(dout, act)
            if self.normalization == "batchnorm":
                dout, grads[f"gamma{i}"], grads[f"beta{i}"] = batchnorm_backward(dout, norm)
            elif self.normalization == "layernorm":
                dout, grads[f"gamma{i}"], grads[f"beta{i}"] = layernorm_backward(dout, norm)
            dout, grads[f"W{i}"], grads[f"b{i}"] = affine_backward(dout, fc)
        for i in range(1, self.num_layers + 1):
            w = self.params[f"W{i}"]
            loss += 0.5 * self.reg * np.sum(w ** 2)
            grads[f"W{i}"] = grads[f"W{i}"] + self.reg * w
        return loss, grads
""",
    (*LAYERS, "batchnorm", "layernorm", "dropout"),
)
CONV = Style(
    "as in the handout",
    ("ThreeLayerConvNet",),
    """\
class ThreeLayerConvNet(object):
    def __init__(self, input_dim=(3, 32, 32), num_filters=32, filter_size=7, hidden_dim=100, num_classes=10,
                 weight_scale=1e-3, reg=0.0, dtype=np.float32):
        self.params, self.reg, self.dtype = {}, reg, dtype
        C, H, W = input_dim
        self.params["W1"] = weight_scale * np.random.randn(num_filters, C, filter_size, filter_size)
        self.params["b1"] = np.zeros(num_filters)
        self.params["W2"] = weight_scale * np.random.randn(num_filters * (H // 2) * (W // 2), hidden_dim)
        self.params["b2"] = np.zeros(hidden_dim)
        self.params["W3"] = weight_scale * np.random.randn(hidden_dim, num_classes)
        self.params["b3"] = np.zeros(num_classes)
        for k, v in self.params.items():
            self.params[k] = v.astype(dtype)

    def loss(self, X, y=None):
        W1, b1 = self.params["W1"], self.params["b1"]
        W2, b2 = self.params["W2"], self.params["b2"]
        W3, b3 = self.params["W3"], self.params["b3"]
        conv_param = {"stride": 1, "pad": (W1.shape[2] - 1) // 2}
        pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}
        a1, conv_cache = conv_forward_naive(X, W1, b1, conv_param)
        r1, relu_cache = relu_forward(a1)
        p1, pool_cache = max_pool_forward_naive(r1, pool_param)
        a2, fc_cache = affine_forward(p1, W2, b2)
        r2, relu2_cache = relu_forward(a2)
        scores, out_cache = affine_forward(r2, W3, b3)
        if y is None:
            return scores
        loss, dscores = softmax_loss(scores, y)
        loss += 0.5 * self.reg * sum(np.sum(W ** 2) for W in (W1, W2, W3))
        dr2, dW3, db3 = affine_backward(dscores, out_cache)
        dp1, dW2, db2 = affine_backward(relu_backward(dr2, relu2_cache), fc_cache)
        da1 = relu_backward(max_pool_backward_naive(dp1, pool_cache), relu_cache)
        dx, dW1, db1 = conv_backward_naive(da1, conv_cache)
        grads = {"b1": db1, "b2": db2, "b3": db3}
        grads["W1"], grads["W2"], grads["W3"] = dW1 + self.reg * W1, dW2 + self.reg * W2, dW3 + self.reg * W3
        return loss, grads
""",
    (*LAYERS, "conv_naive", "max_pool_naive"),
)
STYLES = (TWO, MANY, CONV)
MISTAKES = (
    make_mistake(
        "penalty twice in the gradient",
        TWO,
        GRADIENT,
        ('grads["W1"] += self.reg * W1', 'grads["W1"] += 2 * self.reg * W1'),
    ),
    make_mistake("penalty missing in the gradient", TWO, GRADIENT, ('        grads["W2"] += self.reg * W2\n', "")),
    make_mistake("penalty missing in the loss", TWO, VALUE, ("(np.sum(W1 * W1) + np.sum(W2 * W2))", "np.sum(W1 * W1)")),
    make_mistake("penalty without half", TWO, VALUE, ("loss += 0.5 * self.reg", "loss += self.reg")),
    make_mistake(
        "bias with a penalty in the gradient",
        MANY,
        GRADIENT,
        (
            'grads[f"W{i}"] = grads[f"W{i}"] + self.reg * w',
            'grads[f"W{i}"] = grads[f"W{i}"] + self.reg * w; grads[f"b{i}"] += self.reg * self.params[f"b{i}"]',
        ),
    ),
    make_mistake(
        "bias with a penalty in the loss",
        MANY,
        VALUE,
        ("np.sum(w ** 2)", '(np.sum(w ** 2) + np.sum(self.params[f"b{i}"] ** 2))'),
    ),
    make_mistake("penalty divided by N", MANY, GRADIENT, ("+ self.reg * w", "+ self.reg * w / len(X)")),
    make_mistake(
        "an activation less backwards",
        MANY,
        GRADIENT,
        ("            dout = relu_backward(dout, act)\n", ""),
    ),
    make_mistake(
        "gamma and beta exchanged",
        MANY,
        GRADIENT,
        ('grads[f"gamma{i}"], grads[f"beta{i}"] = batchnorm', 'grads[f"beta{i}"], grads[f"gamma{i}"] = batchnorm'),
        rows=(BATCH,),
    ),
    make_mistake(
        "a normalization less backwards",
        MANY,
        GRADIENT,
        (
            'dout, grads[f"gamma{i}"], grads[f"beta{i}"] = layernorm',
            '_, grads[f"gamma{i}"], grads[f"beta{i}"] = layernorm',
        ),
        rows=(LAYER,),
    ),
    make_mistake(
        "dropout less backwards",
        MANY,
        GRADIENT,
        ("                dout = dropout_backward(dout, drop)\n", "                pass\n"),
        rows=(DROPOUT,),
    ),
    make_mistake("another cache", CONV, GRADIENT, ("relu_backward(dr2, relu2_cache), fc_cache)", "dr2, fc_cache)")),
)
