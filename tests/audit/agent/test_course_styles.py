"""Files in the styles of real courses, asked as an audit asks: each is right, or says why it cannot be asked."""

import numpy as np

from gradcheck.audit.agent.trees import HeldObject, read_tree
from tests.audit.agent.student_files import call, call_through, call_token, find, load_files, make_notebook, run

CS231N_LAYERS = """
    from builtins import range
    from past.builtins import xrange
    import numpy as np
    import matplotlib.pyplot as plt
    try:
        from .im2col_cython import col2im_cython
    except ImportError:
        print('run the following from the cs231n directory and try again:')

    plt.rcParams['figure.figsize'] = (10.0, 8.0)

    def batchnorm_forward(x, gamma, beta, bn_param):
        eps, momentum = bn_param.get('eps', 1e-5), bn_param.get('momentum', 0.9)
        mean = bn_param.get('running_mean', np.zeros(x.shape[1]))
        bn_param['running_mean'] = momentum * mean + (1 - momentum) * x.mean(axis=0)
        hat = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps)
        return gamma * hat + beta, {'hat': hat, 'gamma': gamma}

    def dropout_forward(x, dropout_param):
        if 'seed' in dropout_param:
            np.random.seed(dropout_param['seed'])
        mask = (np.random.rand(*x.shape) < dropout_param['p']) / dropout_param['p']
        return x * mask, (dropout_param, mask)

    def conv_forward_fast(x, w, b, conv_param):
        return col2im_cython(x), None

    def svm_loss_naive(W, X, y, reg):
        dW = np.zeros(W.shape)
        loss = 0.0
        for i in xrange(X.shape[0]):
            loss += np.maximum(0, X[i].dot(W) - X[i].dot(W)[y[i]] + 1).sum() - 1
        return loss / X.shape[0] + reg * np.sum(W * W), dW
"""
CS231N_NET = """
    import numpy as np
    from cs231n.layers import *
    from .layer_utils import *

    class FullyConnectedNet(object):
        def __init__(self, hidden_dims, input_dim=3, num_classes=2, reg=0.0, weight_scale=1e-2, dtype=np.float32):
            self.reg, self.params = reg, {}
            dims = [input_dim] + hidden_dims + [num_classes]
            for i in range(len(dims) - 1):
                self.params['W%d' % (i + 1)] = weight_scale * np.random.randn(dims[i], dims[i + 1])

        def loss(self, X, y=None):
            scores = chain(X, self.params)
            if y is None:
                return scores
            return scores.sum(), {k: np.ones_like(v) for k, v in self.params.items()}
"""
LAYER_UTILS = """
    from ..layers import *
    pass

    def chain(x, params):
        for key in sorted(params):
            x = x.dot(params[key])
        return x
"""


def load_cs231n(agent, **more):
    files = {
        "assignment2/cs231n/layers.py": CS231N_LAYERS,
        "assignment2/cs231n/classifiers/__init__.py": "",
        "assignment2/cs231n/classifiers/fc_net.py": CS231N_NET,
        "assignment2/cs231n/classifiers/layer_utils.py": LAYER_UTILS,
        "assignment2/start.ipynb": make_notebook("%load_ext autoreload\nfrom cs231n.layers import *\ntrain_it()"),
        **more,
    }
    return load_files(agent, files)


def test_a_dictionary_of_parameters_is_fresh_in_each_call(agent):
    load_cs231n(agent)
    x, param = np.arange(6.0).reshape(3, 2), {"mode": "train", "momentum": 0.5}
    for _ in range(2):
        answer = call(agent, "batchnorm_forward", x, np.ones(2), np.zeros(2), param, how={"hold": "last"})
        out, cache = read_tree(answer["returned"])
        assert (out.shape, type(cache), "changed" in answer) == ((3, 2), HeldObject, False)
        assert param == {"mode": "train", "momentum": 0.5}


def test_dropout_is_the_same_with_a_seed(agent):
    load_cs231n(agent)
    first, second = (
        read_tree(call(agent, "dropout_forward", np.ones(20), {"p": 0.5}, how={"seed": 5})["returned"])[0]
        for _ in range(2)
    )
    assert first.tolist() == second.tolist()


def test_an_extension_that_was_not_built_is_missing_and_not_wrong(agent):
    load_cs231n(agent)
    answer = call(agent, "conv_forward_fast", np.ones(2), None, None, {})
    assert (answer["kind"], answer["hint"]) == ("missing-module", "im2col_cython.col2im_cython")


def test_a_loss_without_its_gradient_says_so(agent):
    load_cs231n(agent)
    assert (find(agent, "svm_loss_naive")["state"], find(agent, "svm_loss_naive")["blank"]) == ("found", [1])
    loss, _ = run(agent, "svm_loss_naive", np.zeros((2, 2)), np.ones((3, 2)), np.array([0, 1, 0]), 0.1)
    assert loss == 1.0


def test_a_model_of_several_files_is_constructed_and_called(agent):
    load_cs231n(agent)
    caller = """
    def call(FullyConnectedNet, X, y):
        net = FullyConnectedNet([4, 5], reg=0.5)
        net.params["W3"] = np.zeros((5, 2))
        return net.loss(X, y)
    """
    loss, grads = call_through(agent, caller, "FullyConnectedNet", np.ones((2, 3)), np.array([0, 1]))
    assert (loss, sorted(grads)) == (0, ["W1", "W2", "W3"])


def test_a_notebook_of_coursera_keeps_its_definitions(agent):
    cells = (
        "import numpy as np\nimport h5py\nfrom dnn_utils_v2 import sigmoid, relu\n%matplotlib inline",
        "from rnn_utils import *",
        "# GRADED FUNCTION: linear_backward\n\ndef linear_backward(dZ, cache):\n    A_prev, W, b = cache\n"
        "    m = A_prev.shape[1]\n    dW = np.dot(dZ, A_prev.T) / m\n"
        "    return W.T.dot(dZ), dW, np.sum(dZ, axis=1, keepdims=True) / m",
        "dZ, cache = linear_backward_test_case()\nprint(linear_backward(dZ, cache))",
        "def activate(Z):\n    return sigmoid(Z)",
        "def lstm(x):\n    return softmax(x)",
    )
    load_files(agent, {"Building your network.ipynb": make_notebook(*cells)})
    cache = (np.ones((3, 4)), np.ones((2, 3)), np.ones((2, 1)))
    assert [g.shape for g in run(agent, "linear_backward", np.ones((2, 4)), cache)] == [(3, 4), (2, 3), (2, 1)]
    assert call(agent, "activate", np.ones(1))["hint"] == "dnn_utils_v2.sigmoid"
    assert call(agent, "lstm", 1)["hint"] == "softmax, perhaps of rnn_utils"
    assert find(agent, "lstm")["cell"] == 7


def test_a_layer_with_state_is_called_by_its_methods(agent):
    text = """
        import numpy as np
        from abc import ABC, abstractmethod
        class LayerBase(ABC):
            def __init__(self):
                self.gradients = {}
            @abstractmethod
            def forward(self, X): raise NotImplementedError
        class Affine(LayerBase):
            def __init__(self, W, b):
                super().__init__()
                self.W, self.b, self.x = W, b, None
            def forward(self, X):
                self.x = X
                return X.dot(self.W) + self.b
            def backward(self, dout):
                self.gradients['W'] = self.x.T.dot(dout)
                return dout.dot(self.W.T)
    """
    load_files(agent, {"layer.py": text})
    caller = """
    def call(Affine, X):
        layer = Affine(np.ones((2, 2)), 0.0)
        layer.forward(X)
        return layer.backward(np.ones((3, 2))), layer.gradients["W"]
    """
    dx, dw = call_through(agent, caller, "Affine", np.ones((3, 2)))
    assert (dx.shape, dw.tolist()) == ((3, 2), [[3, 3], [3, 3]])
    assert find(agent, "LayerBase.forward")["state"] == "unimplemented"


def test_a_closure_for_backward_is_held_and_called(agent):
    load_files(
        agent,
        {"relu.py": "def relu(X):\n    def back(dY):\n        return dY * (X > 0)\n    return X * (X > 0), back\n"},
    )
    _, backprop = run(agent, "relu", np.array([-1.0, 2.0]))
    assert read_tree(call_token(agent, backprop.token, np.ones(2))["returned"]).tolist() == [0, 1]


def test_a_function_of_a_framework_that_is_not_here_is_missing_and_not_wrong(agent):
    text = """
        import absent_torch as torch
        class Scale(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x, k):
                ctx.save_for_backward(k)
                return x * k
            @staticmethod
            def backward(ctx, d: torch.Tensor) -> torch.Tensor:
                return d * torch.ones(3)
    """
    load_files(agent, {"scale.py": text})
    assert find(agent, "Scale.forward")["state"] == "found"
    assert call(agent, "Scale.backward", None, 1.0)["hint"] == "absent_torch.ones"


def test_python_2_is_told_for_each_file_and_each_function(agent):
    statuses = load_cs231n(
        agent, **{"assignment2/cs231n/old.py": "def rnn_forward(x):\n    print 'rnn'\n    return x\n"}
    )
    assert statuses["assignment2/cs231n/old.py"]["status"] == "python2"
    assert find(agent, "rnn_forward")["state"] == "unloadable"
    assert find(agent, "batchnorm_forward")["state"] == "found"


def test_a_flat_submission_of_a_platform_finds_its_parts(agent):
    files = {
        "doejane_77_101_layers-1.py": "def affine(x):\n    return 3 * x\n",
        "doejane_77_102_fc_net.py": "from cs231n.layers import *\ndef net(x):\n    return affine(x)\n",
    }
    load_files(agent, files)
    assert run(agent, "net", 2) == 6


def test_a_script_that_trains_and_plots_is_read_for_its_functions(agent, capsys):
    text = """
        import sys
        import numpy as np
        import absent_plots as plt
        data = np.loadtxt('train.csv')
        def gradient(w, x):
            return x * SCALE
        SCALE = 2.0
        while True:
            plt.plot(gradient(data, 1))
        if __name__ == '__main__':
            sys.exit(gradient(1, 2))
    """
    load_files(agent, {"train.py": text})
    assert run(agent, "gradient", 1.0, 4.0) == 8.0
    assert capsys.readouterr().out == ""
