"""One call under PyTorch's autograd."""

import copy

import numpy as np
import pytest

from gradcheck.adapters.frameworks.torch_graph import call_under_autograd, iterate_tensors, to_tensor, to_torch_input

torch = pytest.importorskip("torch")

X, W = np.array([1.0, -2.0, 3.0]), np.array([2.0, 2.0, 5.0])


def test_outputs_and_gradients_are_numpys_in_float64():
    (y,), graph = call_under_autograd(lambda given: given["x"] * given["w"], {"x": X, "w": W})
    dx, dw = graph.pull((np.ones(3),))
    assert (type(y), y.dtype) == (np.ndarray, np.float64)
    assert y.tolist() == (X * W).tolist()
    assert (dx.tolist(), dw.tolist()) == (W.tolist(), X.tolist())


def test_the_graph_may_be_asked_again():
    _, graph = call_under_autograd(lambda given: given["x"] ** 2, {"x": X})
    first, again = (graph.pull((np.ones(3),))[0] for _ in range(2))
    assert first.tolist() == again.tolist() == (2 * X).tolist()


def test_whole_numbers_have_no_gradient_and_what_nothing_depends_on_has_zeros():
    ids = np.array([2, 0])
    _, graph = call_under_autograd(lambda given: given["x"][given["ids"]], {"x": X, "ids": ids, "w": W})
    dx, dids, dw = graph.pull((np.ones(2),))
    assert dx.tolist() == [1, 0, 1]
    assert dids is None
    assert dw.tolist() == [0, 0, 0]


def test_outputs_without_a_gradient_are_left_out_and_told():
    outputs, graph = call_under_autograd(lambda given: (given["x"] * 2, given["x"].argmax()), {"x": X})
    assert len(outputs) == 1
    assert graph.left_out == "not looked at, as it has no gradient: output 1"


def test_what_a_function_changes_in_place_is_seen():
    x = X.copy()

    def change(given):
        given["x"].detach().mul_(2)
        return given["x"] * 1

    call_under_autograd(change, {"x": x})
    assert x.tolist() == (2 * X).tolist()


def test_what_a_function_saves_is_seen_on_its_memory_and_copied_with_the_graph():
    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            ctx.half = x.detach() / 2
            return x * x

        @staticmethod
        def backward(ctx, dy):
            (x,) = ctx.saved_tensors
            return 2 * x * dy

    _, graph = call_under_autograd(lambda given: Square.apply(given["x"]), {"x": X})
    saved, half = graph.saved
    assert (saved.tolist(), half.tolist()) == (X.tolist(), (X / 2).tolist())
    copied = copy.deepcopy(graph)
    assert not np.shares_memory(copied.saved[0], saved)
    assert copied.outputs is graph.outputs


def test_tensors_stand_on_the_memory_of_arrays_where_they_can():
    assert np.shares_memory(to_tensor(X).numpy(), X)
    assert not np.shares_memory(to_tensor(X[::-1]).numpy(), X)


@pytest.mark.parametrize(("array", "has_gradient"), [(X, True), (X * 1j, True), (np.arange(3), False)])
def test_whole_numbers_are_handed_over_without_a_gradient(array, has_gradient):
    assert to_torch_input(array).requires_grad is has_gradient


def test_tensors_are_found_however_they_are_nested():
    a, b, c = (torch.zeros(i) for i in (1, 2, 3))
    assert [len(t) for t in iterate_tensors({"y": [a, (b, None)], "z": c, "n": 3})] == [1, 2, 3]
