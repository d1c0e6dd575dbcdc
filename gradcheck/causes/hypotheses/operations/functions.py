"""Functions of NumPy by what their derivative may be mistaken for."""

SMOOTH_UNARY = frozenset(
    {"exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "square", "tanh", "sin", "cos", "tan", "sinh", "cosh"}
    | {"arctan", "arcsin", "arccos", "arcsinh", "arctanh", "reciprocal", "absolute", "cbrt", "exp2"}
)
"""Functions of one variable whose slope may be forgotten."""


BENDS = frozenset({"maximum", "minimum", "clip", "where", "fmax", "fmin"})
"""Functions that pass an operand on where a condition holds."""


BINARY = frozenset(
    {"add", "subtract", "multiply", "divide", "true_divide", "matmul", "dot", "power", "maximum"} | {"einsum"}
)
"""Operations of several operands, each of which has a way back."""
