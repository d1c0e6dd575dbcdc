"""Linear classifiers of assignment 1 of CS231n, with the penalty whole and halved."""

from submissions.piece import GRADIENT, VALUE, Style, make_mistake

NAIVE_SVM = Style(
    "loops",
    ("svm_loss_naive",),
    """\
def svm_loss_naive(W, X, y, reg):
    dW = np.zeros(W.shape)
    num_classes = W.shape[1]
    num_train = X.shape[0]
    loss = 0.0
    for i in range(num_train):
        scores = X[i].dot(W)
        correct_class_score = scores[y[i]]
        for j in range(num_classes):
            if j == y[i]:
                continue
            margin = scores[j] - correct_class_score + 1
            if margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    loss /= num_train
    dW /= num_train
    loss += reg * np.sum(W * W)
    dW += 2 * reg * W
    return loss, dW
""",
)
FAST_SVM = Style(
    "half of the penalty",
    ("svm_loss_vectorized",),
    """\
def svm_loss_vectorized(W, X, y, reg):
    num_train = X.shape[0]
    scores = X.dot(W)
    correct = scores[np.arange(num_train), y].reshape(-1, 1)
    margins = np.maximum(0, scores - correct + 1)
    margins[np.arange(num_train), y] = 0
    loss = margins.sum() / num_train + 0.5 * reg * np.sum(W * W)
    binary = (margins > 0).astype(float)
    binary[np.arange(num_train), y] = -binary.sum(axis=1)
    dW = X.T.dot(binary) / num_train + reg * W
    return loss, dW
""",
)
NAIVE_SOFTMAX = Style(
    "loops",
    ("softmax_loss_naive",),
    """\
def softmax_loss_naive(W, X, y, reg):
    loss, dW = 0.0, np.zeros_like(W)
    for i in range(X.shape[0]):
        f = X[i] @ W
        f -= f.max()
        p = np.exp(f) / np.sum(np.exp(f))
        loss -= f[y[i]] - np.log(np.sum(np.exp(f)))
        p[y[i]] -= 1
        dW += np.outer(X[i], p)
    loss = loss / X.shape[0] + reg * np.sum(W ** 2)
    dW = dW / X.shape[0] + 2 * reg * W
    return loss, dW
""",
)
FAST_SOFTMAX = Style(
    "vectorised",
    ("softmax_loss_vectorized",),
    """\
def softmax_loss_vectorized(W, X, y, reg):
    n = X.shape[0]
    f = X.dot(W)
    f -= np.max(f, axis=1, keepdims=True)
    p = np.exp(f) / np.exp(f).sum(axis=1, keepdims=True)
    loss = np.mean(np.log(np.exp(f).sum(axis=1)) - f[range(n), y]) + reg * (W ** 2).sum()
    ind = np.zeros_like(p)
    ind[np.arange(n), y] = 1
    return loss, X.T.dot(p - ind) / n + 2 * reg * W
""",
)
NET = Style(
    "as in neural_net.py",
    ("TwoLayerNet",),
    """\
class TwoLayerNet(object):
    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        self.params = {}
        self.params['W1'] = std * np.random.randn(input_size, hidden_size)
        self.params['b1'] = np.zeros(hidden_size)
        self.params['W2'] = std * np.random.randn(hidden_size, output_size)
        self.params['b2'] = np.zeros(output_size)

    def loss(self, X, y=None, reg=0.0):
        W1, b1 = self.params['W1'], self.params['b1']
        W2, b2 = self.params['W2'], self.params['b2']
        N, D = X.shape
        hidden = np.maximum(0, X.dot(W1) + b1)
        scores = hidden.dot(W2) + b2
        if y is None:
            return scores
        shifted = scores - np.max(scores, axis=1, keepdims=True)
        exp_scores = np.exp(shifted)
        probs = exp_scores / np.sum(exp_scores, axis=1, keepdims=True)
        log_probs = shifted - np.log(np.sum(exp_scores, axis=1, keepdims=True))
        loss = -np.sum(log_probs[range(N), y]) / N
        loss += reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
        grads = {}
        dscores = probs.copy()
        dscores[range(N), y] -= 1
        dscores /= N
        grads['W2'] = hidden.T.dot(dscores) + 2 * reg * W2
        grads['b2'] = np.sum(dscores, axis=0)
        dhidden = dscores.dot(W2.T)
        dhidden[hidden <= 0] = 0
        grads['W1'] = X.T.dot(dhidden) + 2 * reg * W1
        grads['b1'] = np.sum(dhidden, axis=0)
        return loss, grads
""",
)
STYLES = (NAIVE_SVM, FAST_SVM, NAIVE_SOFTMAX, FAST_SOFTMAX, NET)
MISTAKES = (
    make_mistake("penalty of another strength", NAIVE_SVM, GRADIENT, ("dW += 2 * reg * W", "dW += reg * W")),
    make_mistake("another sample", NAIVE_SVM, GRADIENT, ("dW[:, j] += X[i]", "dW[:, j] += X[0]")),
    make_mistake("penalty missing in the gradient", FAST_SVM, GRADIENT, (" / num_train + reg * W\n", " / num_train\n")),
    make_mistake("penalty missing in the loss", NAIVE_SOFTMAX, VALUE, (" + reg * np.sum(W ** 2)", "")),
    make_mistake("sum over all samples", FAST_SOFTMAX, VALUE, ("np.exp(f).sum(axis=1)) -", "np.exp(f).sum()) -")),
    make_mistake("penalty of another strength", NET, GRADIENT, ("dot(dscores) + 2 * reg", "dot(dscores) + reg")),
    make_mistake("mean missing in the gradient", NET, GRADIENT, ("        dscores /= N\n", "")),
    make_mistake("activation missing backwards", NET, GRADIENT, ("        dhidden[hidden <= 0] = 0\n", "")),
    make_mistake("bias averaged", NET, GRADIENT, ("np.sum(dhidden, axis=0)", "np.mean(dhidden, axis=0)")),
)
