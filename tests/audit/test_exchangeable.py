"""A function in whose place others are called."""

import inspect

from gradcheck.audit.exchangeable import Exchange, make_exchangeable


def forward(x, *, stride: int = 1):
    """The model's."""
    return x * stride


def test_it_is_the_original_until_another_is_put_in_its_place():
    exchange = Exchange(forward)
    call = make_exchangeable(exchange)
    assert call(2, stride=3) == 6
    exchange.target = lambda x, stride: (x, stride)
    assert call(2, stride=3) == (2, 3)
    exchange.target = exchange.original
    assert call(2) == 2


def test_it_has_the_signature_of_the_original():
    call = make_exchangeable(Exchange(forward))
    assert inspect.signature(call) == inspect.signature(forward)
    assert call.__name__ == "forward"
