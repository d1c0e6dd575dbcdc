"""The array API, in which references are written."""

from typing import Any


def namespace(x: Any) -> Any:
    """The array API namespace of an array, for references that run under NumPy and under JAX.

    Parameters
    ----------
    x : array
        Of any library that follows the array API: its arrays, or what JAX traces in their place.

    Returns
    -------
    module
        ``numpy`` for NumPy's arrays, ``jax.numpy`` for JAX's.

    Raises
    ------
    AttributeError
        If x does not follow the array API.

    Examples
    --------
    >>> import numpy as np
    >>> from gradcheck import namespace
    >>> def softplus(x):
    ...     xp = namespace(x)
    ...     return xp.log(1 + xp.exp(x))
    >>> round(float(softplus(np.array(0.0))), 6)
    0.693147
    """
    return x.__array_namespace__()
