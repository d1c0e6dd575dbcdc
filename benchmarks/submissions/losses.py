"""Losses of scores: of a support vector machine, and the cross entropy of a softmax."""

from submissions.piece import GRADIENT, VALUE, Style, make_mistake

SVM, SOFTMAX = ("svm_loss",), ("softmax_loss",)
HANDOUT_SVM = Style(
    "as in the handout",
    SVM,
    """\
def svm_loss(x, y):
    N = x.shape[0]
    correct_class_scores = x[np.arange(N), y]
    margins = np.maximum(0, x - correct_class_scores[:, np.newaxis] + 1.0)
    margins[np.arange(N), y] = 0
    loss = np.sum(margins) / N
    num_pos = np.sum(margins > 0, axis=1)
    dx = np.zeros_like(x)
    dx[margins > 0] = 1
    dx[np.arange(N), y] -= num_pos
    dx /= N
    return loss, dx
""",
)
LOOPED_SVM = Style(
    "loops",
    SVM,
    """\
def svm_loss(x, y):
    N, C = x.shape
    loss, dx = 0.0, np.zeros(x.shape)
    for i in range(N):
        for j in range(C):
            if j == y[i]:
                continue
            margin = x[i, j] - x[i, y[i]] + 1
            if margin > 0:
                loss += margin
                dx[i, j] += 1
                dx[i, y[i]] -= 1
    return loss / N, dx / N
""",
)
MASKED_SVM = Style(
    "one-hot mask",
    SVM,
    """\
def svm_loss(x, y):
    others = np.ones(x.shape, dtype=bool)
    others[range(len(y)), y] = False
    right = (x * ~others).sum(axis=1, keepdims=True)
    margins = (x - right + 1).clip(min=0) * others
    positive = (margins > 0) * 1.0
    dx = positive - ~others * positive.sum(axis=1, keepdims=True)
    return margins.sum(axis=1).mean(), dx / x.shape[0]
""",
)
HANDOUT_SOFTMAX = Style(
    "as in the handout",
    SOFTMAX,
    """\
def softmax_loss(x, y):
    shifted_logits = x - np.max(x, axis=1, keepdims=True)
    Z = np.sum(np.exp(shifted_logits), axis=1, keepdims=True)
    log_probs = shifted_logits - np.log(Z)
    probs = np.exp(log_probs)
    N = x.shape[0]
    loss = -np.sum(log_probs[np.arange(N), y]) / N
    dx = probs.copy()
    dx[np.arange(N), y] -= 1
    dx /= N
    return loss, dx
""",
)
LOOPED_SOFTMAX = Style(
    "loops",
    SOFTMAX,
    """\
def softmax_loss(x, y):
    N, C = x.shape
    loss = 0.0
    dx = np.zeros_like(x)
    for i in range(N):
        scores = x[i] - x[i].max()
        total = np.sum(np.exp(scores))
        loss += np.log(total) - scores[y[i]]
        for j in range(C):
            dx[i, j] = np.exp(scores[j]) / total
            if j == y[i]:
                dx[i, j] -= 1
    return loss / N, dx / N
""",
)
ONE_HOT_SOFTMAX = Style(
    "one-hot labels",
    SOFTMAX,
    """\
def log_sum_exp(z):
    top = np.amax(z, axis=1)
    return top + np.log(np.exp(z - top[:, None]).sum(axis=1))


def softmax_loss(x, y):
    one_hot = np.eye(x.shape[1])[y]
    log_p = x - log_sum_exp(x).reshape(-1, 1)
    loss = -(one_hot * log_p).sum() / len(x)
    return loss, (np.exp(log_p) - one_hot) / len(x)
""",
)
STYLES = (HANDOUT_SVM, LOOPED_SVM, MASKED_SVM, HANDOUT_SOFTMAX, LOOPED_SOFTMAX, ONE_HOT_SOFTMAX)
MISTAKES = (
    make_mistake("own class counted", HANDOUT_SVM, VALUE, ("    margins[np.arange(N), y] = 0\n", "")),
    make_mistake("own class without its gradient", HANDOUT_SVM, GRADIENT, ("    dx[np.arange(N), y] -= num_pos\n", "")),
    make_mistake("gradient of all margins", HANDOUT_SVM, GRADIENT, ("dx[margins > 0] = 1", "dx += 1")),
    make_mistake("gradient not divided by N", HANDOUT_SVM, GRADIENT, ("    dx /= N\n", "")),
    make_mistake("margins not clipped", LOOPED_SVM, VALUE, ("if margin > 0:", "if True:")),
    make_mistake("another margin", MASKED_SVM, VALUE, ("x - right + 1)", "x - right + 0.5)")),
    make_mistake(
        "a sample for another", LOOPED_SVM, VALUE, ("margin = x[i, j] - x[i, y[i]]", "margin = x[i, j] - x[0, y[i]]")
    ),
    make_mistake(
        "sum without axis",
        HANDOUT_SOFTMAX,
        VALUE,
        ("np.sum(np.exp(shifted_logits), axis=1, keepdims=True)", "np.sum(np.exp(shifted_logits))"),
    ),
    make_mistake("minus one missing", HANDOUT_SOFTMAX, GRADIENT, ("    dx[np.arange(N), y] -= 1\n", "")),
    make_mistake("divided by N twice", HANDOUT_SOFTMAX, GRADIENT, ("    dx /= N\n", "    dx /= N * N\n")),
    make_mistake(
        "divided by C",
        HANDOUT_SOFTMAX,
        VALUE,
        ("N = x.shape[0]", "N = x.shape[1]"),
        ("log_probs[np.arange(N), y]", "log_probs[np.arange(len(y)), y]"),
        ("dx[np.arange(N), y]", "dx[np.arange(len(y)), y]"),
    ),
    make_mistake(
        "softmax twice",
        HANDOUT_SOFTMAX,
        VALUE,
        (
            "log_probs = shifted_logits - np.log(Z)",
            "p = np.exp(shifted_logits) / Z\n    log_probs = p - np.log(np.sum(np.exp(p), axis=1, keepdims=True))",
        ),
    ),
    make_mistake(
        "a small number in the logarithm",
        ONE_HOT_SOFTMAX,
        VALUE,
        ("(one_hot * log_p)", "(one_hot * np.log(np.exp(log_p) + 1e-4))"),
    ),
    make_mistake(
        "gradient of the negative",
        ONE_HOT_SOFTMAX,
        GRADIENT,
        ("(np.exp(log_p) - one_hot)", "(one_hot - np.exp(log_p))"),
    ),
    make_mistake("loss not divided", LOOPED_SOFTMAX, VALUE, ("loss / N, dx", "loss, dx")),
)
