"""torch.autograd.Function and torch.nn.Module."""

import sys

import numpy as np
import pytest

from gradcheck import Array, Several, check, choice, whole
from gradcheck.adapters import AdapterError, adapt
from gradcheck.adapters.conventions.torch import recognises
from gradcheck.declaration.domain import bits, indices
from tests.adapters.script import run
from tests.adapters.verdicts import assert_right
from tests.source_lines import holds_line

torch = pytest.importorskip("torch")

F = torch.nn.functional


class Softplus(torch.autograd.Function):
    @staticmethod
    def forward(x, beta=1.0):
        return torch.logaddexp(x * beta, torch.zeros_like(x)) / beta

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(inputs[0])
        ctx.beta = inputs[1]

    @staticmethod
    def backward(ctx, dy):
        return dy * torch.sigmoid(ctx.beta * ctx.saved_tensors[0]), None


class ChangesUpstream(Softplus):
    @staticmethod
    def backward(ctx, dy):
        return dy.mul_(torch.sigmoid(ctx.beta * ctx.saved_tensors[0])), None


class InFloat32(Softplus):
    @staticmethod
    def backward(ctx, dy):
        return (dy.float() * torch.sigmoid(ctx.saved_tensors[0].float())).double(), None


class LayerNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, gamma, beta, eps=1e-5):
        r = torch.rsqrt(x.var(-1, unbiased=False, keepdim=True) + eps)
        h = (x - x.mean(-1, keepdim=True)) * r
        ctx.save_for_backward(h, r, gamma)
        return gamma * h + beta

    @staticmethod
    def backward(ctx, dy):
        h, r, gamma = ctx.saved_tensors
        dh = dy * gamma
        dx = r * (dh - dh.mean(-1, keepdim=True) - h * (dh * h).mean(-1, keepdim=True))
        return dx, (dy * h).sum(0), dy.sum(0), None


class TermMissing(LayerNorm):
    @staticmethod
    def backward(ctx, dy):
        h, r, gamma = ctx.saved_tensors
        dh = dy * gamma
        return r * (dh - dh.mean(-1, keepdim=True)), (dy * h).sum(0), dy.sum(0), None


class CrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits, labels):
        ctx.save_for_backward(torch.softmax(logits, -1), labels)
        return F.cross_entropy(logits, labels)

    @staticmethod
    def backward(ctx, dy):
        p, labels = ctx.saved_tensors
        dx = p.clone()
        dx[torch.arange(len(p)), labels] -= 1
        return dy * dx / len(p), None


class ChangesSaved(CrossEntropy):
    @staticmethod
    def backward(ctx, dy):
        p, labels = ctx.saved_tensors
        p[torch.arange(len(p)), labels] -= 1
        return dy * p / len(p), None


class Conv(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b, stride, padding):
        ctx.save_for_backward(x, w)
        ctx.how = stride, padding
        return F.conv2d(x, w, b, stride, padding)

    @staticmethod
    def backward(ctx, dy):
        x, w = ctx.saved_tensors
        dx = torch.nn.grad.conv2d_input(x.shape, w, dy, *ctx.how)
        return dx, torch.nn.grad.conv2d_weight(x, w.shape, dy, *ctx.how), dy.sum((0, 2, 3)), None, None


class SinCos(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.sin(), x.cos()

    @staticmethod
    def backward(ctx, ds, dc):
        (x,) = ctx.saved_tensors
        return ds * x.cos() - dc * x.sin()


class MaxAndPlace(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        value, place = x.max(-1)
        ctx.save_for_backward(place)
        ctx.mark_non_differentiable(place)
        ctx.shape = x.shape
        return value, place

    @staticmethod
    def backward(ctx, dvalue, dplace):
        (place,) = ctx.saved_tensors
        return torch.zeros(ctx.shape, dtype=dvalue.dtype).scatter(-1, place[..., None], dvalue[..., None])


class Total(torch.autograd.Function):
    @staticmethod
    def forward(ctx, *xs: Several(Array("N"))):
        ctx.several = len(xs)
        return 2 * sum(xs)

    @staticmethod
    def backward(ctx, dy):
        return (2 * dy,) * ctx.several


class Masked(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, mask):
        ctx.save_for_backward(x, mask)
        return x * mask

    @staticmethod
    def backward(ctx, dy):
        x, mask = ctx.saved_tensors
        return dy * mask, dy * x


class Scale(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w):
        ctx.save_for_backward(x, w)
        return x * w

    @staticmethod
    def backward(ctx, dy):
        return dy * ctx.saved_tensors[1], None


class Scaled(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(3))

    def forward(self, x, weight=None):
        return Scale.apply(x, self.weight)


LABELS = {"logits": "N C", "labels": Array("N", indices("C"))}
NORM = {"x": "N D", "gamma": "D", "beta": "D"}
RIGHT = {
    "setup_context": (Softplus, {"x": "N D", "beta": choice(1.0, 0.5)}),
    "cancellation inside": (LayerNorm, {**NORM, "dtypes": ("float64", "float32")}),
    "labels": (CrossEntropy, LABELS),
    "settings": (Conv, {"x": "N C H W", "w": "M C K L", "b": "M", "stride": whole(1, 2), "padding": whole(2, 3)}),
    "any number of inputs": (Total, {}),
    "an example": (Softplus, {"x": torch.ones(3, 2)}),
    "two outputs": (SinCos, {"x": "N D"}),
    "an output without gradient": (MaxAndPlace, {"x": "N D"}),
    "a gradient that nobody wants": (Masked, {"x": "N D", "mask": Array("N D", bits())}),
    "Linear": (torch.nn.Linear(3, 2), {"input": "N 3", "batch": "N"}),
    "LayerNorm, one operation": (torch.nn.LayerNorm(4), {"input": "N 4"}),
    "GRUCell": (torch.nn.GRUCell(3, 2), {"input": "N 3", "hx": "N 2"}),
    "nested outputs": (torch.nn.LSTM(2, 3, batch_first=True), {"input": "N T 2"}),
    "buffers": (torch.nn.BatchNorm1d(3), {"input": "N 3", "sizes": {"N": whole(2, None)}}),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", RIGHT)
def test_a_right_one_passes(name):
    assert assert_right(recognises, *RIGHT[name]).verdict("gradient").examined == 6


WRONG = {
    "gradient": (TermMissing, {"x": "1 3", "gamma": "3", "beta": "3"}),
    "purity": (ChangesUpstream, {"x": "N D"}),
    "saved": (ChangesSaved, LABELS),
    "cast": (InFloat32, {"x": "2"}),
    "none": (Scale, {"x": "2", "w": "2"}),
    "in a module": (Scaled(), {"x": "1 3"}),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_one_is_found_in_its_backward(name):
    thing, declared = WRONG[name]
    function = Scale if name == "in a module" else thing
    finding = check(adapt(thing, **declared), examples=6).findings[0]
    assert finding.law == ("purity" if name in ("purity", "saved") else "gradient")
    assert finding.file == __file__
    assert holds_line(function, finding.line)


def line_of(function):
    """Where a function begins, its decorator included."""
    return function.__code__.co_firstlineno


def test_an_error_is_reported_where_user_code_raises_it():
    class Raises(Softplus):
        @staticmethod
        def backward(ctx, dy):
            raise ValueError("not today")

    finding = check(adapt(Raises, x="N D"), examples=4).findings[0]
    assert (finding.status, finding.file, finding.line) == ("crashed", __file__, line_of(Raises.backward) + 2)


@pytest.mark.parametrize(
    ("function", "declared"),
    [(LayerNorm, NORM), (SinCos, {"x": "N D"}), (Softplus, {"x": "N D", "beta": 2.0}), (CrossEntropy, LABELS)],
)
def test_the_script_leaves_the_gradients(function, declared):
    ran, owed = run(adapt(function, **declared))
    for name, gradient in owed.items():
        np.testing.assert_allclose(ran[name].detach().numpy(), gradient)


def test_the_script_of_a_module_names_its_parameters():
    module = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.Tanh()).double()
    op = adapt(module, input="N 3")
    assert list(op.inputs) == ["input", "_0_weight", "_0_bias"]
    ran, owed = run(op, module=module)
    np.testing.assert_allclose(ran["d_0_weight"], owed["d_0_weight"])


def test_what_has_no_gradient_is_left_out_and_told():
    op = adapt(MaxAndPlace, x="N D")
    assert op.outputs == ("y",)
    assert "not looked at, as it has no gradient: output 1" in op.origin.notes


def test_a_parameter_of_forward_and_one_of_the_module_get_different_labels():
    assert list(adapt(Scaled(), x="N 3").inputs) == ["x", "weight_"]


@pytest.mark.slow
def test_gradients_are_found_also_where_the_caller_wants_none():
    with torch.no_grad():
        assert check(adapt(Softplus, x="N D"), examples=2).status == "passed"


def test_a_class_of_modules_is_refused():
    with pytest.raises(AdapterError, match=r"wants a torch.autograd.Function or a module.*an instance, as in Scaled"):
        adapt(Scaled, adapter="torch")


@pytest.mark.parametrize(
    ("thing", "advice"),
    [
        (Softplus.apply, "give Softplus itself, which holds both forward and backward, not Softplus.apply"),
        (torch.nn.Linear, r"give an instance, as in Linear\(…\), not the class"),
    ],
)
def test_what_is_meant_is_told(thing, advice):
    with pytest.raises(AdapterError, match=advice):
        adapt(thing, x="N D")


def test_without_pytorch_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(AdapterError, match="wants torch, which is not installed: pip install torch"):
        adapt(Softplus, adapter="torch")
