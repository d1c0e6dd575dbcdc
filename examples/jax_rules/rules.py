"""Functions with a jax.custom_vjp rule, one of them with a mistake."""

import jax
import jax.numpy as jnp


@jax.custom_vjp
def log1pexp(x: "*S"):
    return jnp.log(1 + jnp.exp(x))


def log1pexp_fwd(x):
    return jnp.logaddexp(x, 0), x


def log1pexp_bwd(x, dy):
    return (dy * jax.nn.sigmoid(x),)


log1pexp.defvjp(log1pexp_fwd, log1pexp_bwd)


@jax.custom_vjp
def wrong_softmax(x: "N D"):
    return jax.nn.softmax(x)


def wrong_softmax_fwd(x):
    p = jax.nn.softmax(x)
    return p, p


def wrong_softmax_bwd(p, dy):
    return (dy * p * (1 - p),)  # the diagonal of the Jacobian alone


wrong_softmax.defvjp(wrong_softmax_fwd, wrong_softmax_bwd)
