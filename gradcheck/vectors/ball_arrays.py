"""Arrays of balls, midpoint ± radius, that follow the array API as far as references use it.

A reference, run on them, gives numbers that are known within a rigorous error (F. Johansson, Arb: efficient
arbitrary-precision midpoint-radius interval arithmetic, 2017), at the precision of ``flint.ctx.prec`` bits.  Real balls
are `flint.arb`, complex ones `flint.acb`; where an imaginary part comes in, the functions are the analytic
continuations of the real ones, and comparisons are those of real parts.  Whole numbers and booleans stay arrays of
NumPy.
"""

import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cmp_to_key
from types import SimpleNamespace
from typing import Any

import numpy as np
from flint import acb, acb_mat, arb, arb_mat

from gradcheck.arrays import Values

BALL = "ball"
"""The dtype of arrays of balls."""

LONGEST_LITERAL = 12
"""Characters of a number that a person writes; the result of arithmetic in float64 has more."""


class BallError(ValueError):
    """A reference that ball arithmetic cannot run here; the message says why."""


class UndecidedComparison(BallError):
    """A comparison of two numbers that are equal within their errors: the point lies at a kink, or a tie."""


class BallArray:
    """An array of balls.  balls: an array of dtype object, of `arb` or `acb`."""

    __array_ufunc__ = None  # arrays of NumPy leave arithmetic with it to this class
    dtype = BALL

    def __init__(self, balls: Any) -> None:
        self.balls = np.asarray(balls, dtype=object)

    def __array_namespace__(self) -> Any:
        return NAMESPACE

    def __array__(self, *arguments: Any, **options: Any) -> Any:
        raise BallError("the reference calls functions of NumPy; those of namespace(x) follow the array it is given")

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of its axes."""
        return self.balls.shape

    @property
    def ndim(self) -> int:
        """The number of its axes."""
        return self.balls.ndim

    @property
    def size(self) -> int:
        """The number of its elements."""
        return self.balls.size

    @property
    def T(self) -> "BallArray":
        """The transposed matrix."""
        return BallArray(self.balls.T)

    def __len__(self) -> int:
        return len(self.balls)

    def __getitem__(self, key: Any) -> "BallArray":
        return BallArray(self.balls[key])

    def __bool__(self) -> bool:
        return bool(self != 0)

    def __neg__(self) -> "BallArray":
        return BallArray(-self.balls)

    def __abs__(self) -> "BallArray":
        return take_absolute_value(self)

    def __add__(self, other: Any) -> "BallArray":
        return BallArray(self.balls + to_balls(other))

    def __sub__(self, other: Any) -> "BallArray":
        return BallArray(self.balls - to_balls(other))

    def __mul__(self, other: Any) -> "BallArray":
        return BallArray(self.balls * to_balls(other))

    def __truediv__(self, other: Any) -> "BallArray":
        return BallArray(self.balls / to_balls(other))

    def __matmul__(self, other: Any) -> "BallArray":
        return BallArray(add_up_products(np.matmul, self.balls, to_balls(other)))

    def __pow__(self, other: Any) -> "BallArray":
        return BallArray(raise_to_power(self.balls, other))

    __radd__, __rmul__ = __add__, __mul__

    def __rsub__(self, other: Any) -> "BallArray":
        return BallArray(to_balls(other) - self.balls)

    def __rtruediv__(self, other: Any) -> "BallArray":
        return BallArray(to_balls(other) / self.balls)

    def __rmatmul__(self, other: Any) -> "BallArray":
        return BallArray(add_up_products(np.matmul, to_balls(other), self.balls))

    def __rpow__(self, other: Any) -> "BallArray":
        return BallArray(to_balls(other)) ** self

    def __lt__(self, other: Any) -> Values:
        return compare_real_parts(operator.lt, self, other)

    def __le__(self, other: Any) -> Values:
        return compare_real_parts(operator.le, self, other)

    def __gt__(self, other: Any) -> Values:
        return compare_real_parts(operator.gt, self, other)

    def __ge__(self, other: Any) -> Values:
        return compare_real_parts(operator.ge, self, other)

    def __eq__(self, other: object) -> Values:  # type: ignore[override]
        return compare_real_parts(operator.eq, self, other)

    def __ne__(self, other: object) -> Values:  # type: ignore[override]
        return compare_real_parts(operator.ne, self, other)

    __hash__ = None  # type: ignore[assignment]


def to_balls(x: Any) -> Any:
    """Return what stands beside balls in arithmetic, as balls: exactly the numbers that it holds.  Raises BallError."""
    if isinstance(x, BallArray):
        return x.balls
    if isinstance(x, np.ndarray):
        return convert_elements(x)
    return convert_number(x)


def convert_number(x: Any) -> Any:
    """Return a number as a ball without a radius.  Raises BallError for one that arithmetic in float64 has rounded."""
    if isinstance(x, (arb, acb)):
        return x
    number = float(x) if isinstance(x, (float, np.floating)) else int(x)
    if isinstance(number, float) and len(repr(number)) > LONGEST_LITERAL:
        raise BallError(f"the reference computes with {number!r}, which is rounded to float64")
    if isinstance(number, int) and number != x:
        raise BallError(f"the reference computes with {x!r}, which is neither a float nor whole")
    return arb(number)


convert_elements = np.frompyfunc(convert_number, 1, 1)


def convert_exactly(x: Values) -> BallArray:
    """Return an array of floats as balls without radii, whatever digits they have."""
    return BallArray(np.frompyfunc(lambda value: arb(float(value)), 1, 1)(np.asarray(x)))


def take_real_part(ball: Any) -> arb:
    """Return the real part of a ball."""
    return ball.real


def compare_real_parts(relation: Callable[[Any, Any], bool], x: Any, y: Any) -> Values:
    """Compare the real parts of arrays.  Raises UndecidedComparison where their errors leave that open."""

    def decide(a: arb | acb, b: arb | acb) -> bool:
        return relation(compare_balls(a, b), 0)

    return np.asarray(np.frompyfunc(decide, 2, 1)(to_balls(x), to_balls(y)), dtype=bool)


def compare_balls(a: arb | acb, b: arb | acb) -> int:
    """Return -1, 0 or 1 where a < b, a = b or a > b for the real parts of all numbers of both balls.  Raises
    UndecidedComparison."""
    x, y = take_real_part(a), take_real_part(b)
    # A ball is one number, which is equal to itself; another ball of the same bounds may be another number.
    if a is b or (x.is_exact() and y.is_exact() and x == y):
        return 0
    if x < y:
        return -1
    if x > y:
        return 1
    raise UndecidedComparison(f"{x.str(6)} and {y.str(6)} cannot be told apart")


def require_positive_base(ball: arb | acb) -> arb | acb:
    """Return a ball at which roots and logarithms are analytic.  Raises BallError for one that is not positive."""
    if not take_real_part(ball) > 0:
        raise BallError(f"a root, logarithm or power of {take_real_part(ball).str(6)}, which is not positive")
    return ball


def require_between_bounds(ball: arb | acb) -> arb | acb:
    """Return a ball at which arc sine and arc cosine are analytic.  Raises BallError for one not between -1 and 1."""
    if not -1 < take_real_part(ball) < 1:
        raise BallError(f"an arc sine or cosine of {take_real_part(ball).str(6)}, which is not between -1 and 1")
    return ball


def take_sign(ball: arb | acb) -> arb:
    """Return -1, 0 or 1, the sign of the real part.  Raises UndecidedComparison where that is open."""
    return arb(compare_balls(ball, arb(0)))


def round_both_ends(rounded: Callable[[arb], arb]) -> Callable[[arb | acb], arb]:
    """Return a rounding to whole numbers as a function of a ball.  Raises UndecidedComparison where it jumps within
    one."""

    def round_ball(ball: arb | acb) -> arb:
        x = take_real_part(ball)
        low, high = rounded(x.lower()), rounded(x.upper())
        if low != high:
            raise UndecidedComparison(f"{x.str(6)} is rounded to several whole numbers")
        return low

    return round_ball


round_down = round_both_ends(arb.floor)


def round_to_even(ball: arb | acb) -> arb:
    """Return the whole number nearest to the real part, of two the even one.  Raises UndecidedComparison between
    two."""
    half_above = take_real_part(ball) + arb(0.5)
    whole = round_down(half_above)
    is_odd_tie = half_above == whole and not (whole / 2).is_integer()
    return whole - 1 if is_odd_tie else whole


def raise_to_power(balls: Any, exponent: Any) -> Any:
    """Raise balls to a power, a whole one by products."""
    if isinstance(exponent, int) or (isinstance(exponent, float) and exponent.is_integer()):
        return balls ** int(exponent)
    return np.frompyfunc(lambda a, b: require_positive_base(a) ** b, 2, 1)(balls, to_balls(exponent))


def add_up_products(product: Callable[..., Any], *arrays: Any) -> Any:
    """Return products of arrays as balls: a sum of none is the number 0, which is none."""
    return convert_elements(product(*arrays))


def map_elements(function: Callable[[Any], Any]) -> Callable[[Any], BallArray]:
    """Return a function of balls as one of arrays."""
    mapped = np.frompyfunc(function, 1, 1)
    return lambda x: BallArray(mapped(to_balls(x)))


def use_numpy_without_balls(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function of the namespace by this name: NumPy's where no argument holds balls."""
    of_numpy = getattr(np, name, None)

    def choose(*arguments: Any, **options: Any) -> Any:
        of_arrays = (a for x in arguments for a in (x if isinstance(x, (list, tuple)) else (x,)))
        if of_numpy and not any(isinstance(a, BallArray) for a in of_arrays):
            return of_numpy(*arguments, **options)
        return function(*arguments, **options)

    return choose


def take_absolute_value(x: BallArray) -> BallArray:
    """Return x or -x by the sign of its real part.  Raises UndecidedComparison at zero."""
    return where(x < 0, -x, x)


def where(condition: Any, x: Any, y: Any) -> BallArray:
    """Choose elements of two arrays by a condition."""
    return BallArray(np.where(np.asarray(condition), to_balls(x), to_balls(y)))


def choose_larger(a: Any, b: Any) -> Any:
    """Return the larger of two balls.  Raises UndecidedComparison at a tie that is not exact."""
    return a if compare_balls(a, b) >= 0 else b


def choose_smaller(a: Any, b: Any) -> Any:
    """Return the smaller of two balls.  Raises UndecidedComparison at a tie that is not exact."""
    return a if compare_balls(a, b) <= 0 else b


def add_exponentials(a: Any, b: Any) -> Any:
    """Return log(e^a + e^b).  Raises BallError where that is not analytic."""
    return require_positive_base(a.exp() + b.exp()).log()


def combine(choose: Callable[[Any, Any], Any]) -> Callable[[Any, Any], BallArray]:
    """Return a function of two balls, such as a choice between them, as one of two arrays."""
    chosen = np.frompyfunc(choose, 2, 1)
    return lambda x, y: BallArray(chosen(to_balls(x), to_balls(y)))


def reduce_by(choose: Callable[[Any, Any], Any]) -> Callable[..., BallArray]:
    """Return a choice between two balls as a reduction over axes."""
    chosen = np.frompyfunc(choose, 2, 1)

    def reduce(x: BallArray, axis: Any = None, keepdims: bool = False) -> BallArray:
        balls = x.balls
        axes = read_axes(axis, x.ndim)
        for i in axes:
            balls = chosen.reduce(balls, axis=i, keepdims=True)
        return BallArray(balls if keepdims else balls.reshape(drop_axes(x.shape, axes)))

    return reduce


def read_axes(axis: Any, ndim: int) -> tuple[int, ...]:
    """Return the axes that an argument names, all for None."""
    if axis is None:
        return tuple(range(ndim))
    return tuple(i % ndim for i in (axis if isinstance(axis, tuple) else (axis,)))


def drop_axes(shape: tuple[int, ...], axes: Iterable[int]) -> tuple[int, ...]:
    """Return a shape without some axes."""
    return tuple(length for i, length in enumerate(shape) if i not in axes)


def add_up_balls(x: BallArray, axis: Any = None, keepdims: bool = False) -> BallArray:
    """Add up over axes."""
    zero: Any = arb(0)
    return BallArray(np.sum(x.balls, axis=axis, keepdims=keepdims, initial=zero))


def multiply_balls(x: BallArray, axis: Any = None, keepdims: bool = False) -> BallArray:
    """Multiply over axes."""
    one: Any = arb(1)
    return BallArray(np.prod(x.balls, axis=axis, keepdims=keepdims, initial=one))


def average(x: BallArray, axis: Any = None, keepdims: bool = False) -> BallArray:
    """Average over axes."""
    count = math.prod(x.shape[i] for i in read_axes(axis, x.ndim))
    return add_up_balls(x, axis, keepdims) / count


def convert_dtype(x: Any, dtype: Any) -> Any:
    """Convert an array to another dtype, or to balls."""
    if dtype == BALL:
        return BallArray(to_balls(np.asarray(x) if not isinstance(x, BallArray) else x))
    if isinstance(x, BallArray):
        raise BallError(f"the reference converts its numbers to {dtype}")
    return np.astype(x, dtype)


def fill(value: int) -> Callable[..., Any]:
    """Return the function that makes an array of equal numbers, balls unless another dtype is asked for."""

    def full(shape: Any, dtype: Any = BALL) -> Any:
        filled = np.full(shape, value)
        return BallArray(convert_elements(filled)) if dtype == BALL else filled.astype(dtype)

    return full


def make_identity(n: int, m: int | None = None, *, k: int = 0, dtype: Any = BALL) -> Any:
    """Make a matrix with ones on a diagonal."""
    identity = np.eye(n, m, k=k, dtype=int)
    return BallArray(convert_elements(identity)) if dtype == BALL else identity.astype(dtype)


def clip(x: BallArray, min: Any = None, max: Any = None) -> BallArray:
    """Return the nearest numbers between two bounds.  Raises UndecidedComparison at a bound."""
    raised = x if min is None else combine(choose_larger)(x, min)
    return raised if max is None else combine(choose_smaller)(raised, max)


def rearrange(function: Callable[..., Any]) -> Callable[..., BallArray]:
    """Return a function of NumPy that moves elements about as one of arrays of balls."""
    return lambda x, *arguments, **options: BallArray(function(x.balls, *arguments, **options))


def join_arrays(function: Callable[..., Any]) -> Callable[..., BallArray]:
    """Return a function of NumPy that joins arrays as one of arrays of balls."""
    return lambda xs, **options: BallArray(function([to_balls(x) for x in xs], **options))


def multiply_over_axes(x: Any, y: Any, axes: Any = 2) -> BallArray:
    """Multiply two arrays, and add up over axes."""
    return BallArray(add_up_products(lambda a, b: np.tensordot(a, b, axes), to_balls_of_array(x), to_balls_of_array(y)))


def find_eigenvalues(x: BallArray) -> BallArray:
    """Find the eigenvalues of symmetric matrices over the last two axes, in rising order.  Raises UndecidedComparison
    where two cannot be told apart."""
    balls = np.empty(x.shape[:-1], dtype=object)
    for place in np.ndindex(x.shape[:-2]):
        matrix = x.balls[place].tolist()
        is_real = all(isinstance(ball, arb) for row in matrix for ball in row)
        found = isolate_eigenvalues(matrix) if matrix else []
        balls[place] = sorted([ball.real for ball in found] if is_real else found, key=cmp_to_key(compare_balls))
    return BallArray(balls)


def compute_determinants(x: BallArray) -> BallArray:
    """Compute the determinants of matrices over the last two axes."""
    balls = np.empty(x.shape[:-2], dtype=object)
    for place in np.ndindex(balls.shape):
        matrix = x.balls[place].tolist()
        is_real = all(isinstance(ball, arb) for row in matrix for ball in row)
        balls[place] = arb_mat(matrix).det() if is_real else acb_mat(matrix).det()
    return BallArray(balls)


def isolate_eigenvalues(matrix: list[list[Any]]) -> list[acb]:
    """Return the eigenvalues of a matrix in any order.  Raises UndecidedComparison."""
    try:
        found: list[acb] = acb_mat(matrix).eig()
    except ValueError as error:
        raise UndecidedComparison("two eigenvalues cannot be told apart") from error
    return found


def to_balls_of_array(x: Any) -> Any:
    """Return an array, or an array of balls, as balls."""
    return to_balls(x if isinstance(x, BallArray) else np.asarray(x))


FUNCTIONS_OF_ONE_BALL: Mapping[str, Callable[[Any], Any]] = {
    **{
        name: operator.methodcaller(name)
        for name in ("exp", "expm1", "sin", "cos", "tan", "sinh", "cosh", "tanh", "atan", "asinh", "erf")
    },
    "asin": lambda ball: require_between_bounds(ball).asin(),
    "acos": lambda ball: require_between_bounds(ball).acos(),
    "sign": take_sign,
    "floor": round_down,
    "ceil": round_both_ends(arb.ceil),
    "trunc": round_both_ends(lambda end: end.floor() if end > 0 else end.ceil()),
    "round": round_to_even,
    "log": lambda ball: require_positive_base(ball).log(),
    "log1p": lambda ball: require_positive_base(1 + ball) and ball.log1p(),
    "sqrt": lambda ball: require_positive_base(ball).sqrt(),
    "square": lambda ball: ball * ball,
}
"""The functions of one number, by their names in the array API."""

REARRANGEMENTS = (
    "reshape",
    "moveaxis",
    "permute_dims",
    "expand_dims",
    "squeeze",
    "take",
    "flip",
    "roll",
    "broadcast_to",
)
"""The functions that move the elements of one array about, by their names in the array API."""

FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    **{name: map_elements(function) for name, function in FUNCTIONS_OF_ONE_BALL.items()},
    **{name: rearrange(getattr(np, name)) for name in REARRANGEMENTS},
    "abs": take_absolute_value,
    "where": where,
    "maximum": combine(choose_larger),
    "minimum": combine(choose_smaller),
    "logaddexp": combine(add_exponentials),
    "max": reduce_by(choose_larger),
    "min": reduce_by(choose_smaller),
    "sum": add_up_balls,
    "prod": multiply_balls,
    "mean": average,
    "clip": clip,
    "concat": join_arrays(np.concat),
    "stack": join_arrays(np.stack),
    "tensordot": multiply_over_axes,
    "matmul": operator.matmul,
}

NAMESPACE = SimpleNamespace(
    **{name: use_numpy_without_balls(name, function) for name, function in FUNCTIONS.items()},
    astype=convert_dtype,
    zeros=fill(0),
    ones=fill(1),
    eye=make_identity,
    arange=np.arange,
    asarray=lambda x, dtype=None: (
        x if isinstance(x, BallArray) else np.asarray(x) if dtype is None else convert_dtype(x, dtype)
    ),
    int64=np.int64,
    bool=np.bool_,
    inf=math.inf,
    newaxis=None,
    linalg=SimpleNamespace(det=compute_determinants, eigvalsh=find_eigenvalues),
)
"""The namespace of arrays of balls."""


def describe_missing_function(error: AttributeError) -> str:
    """Describe a function that references call and this namespace has not."""
    return f"the reference calls {error.name}, which ball arithmetic here has not"


def flatten(arrays: Sequence[BallArray]) -> list[Any]:
    """Return the elements of some arrays in one list."""
    return [ball for array in arrays for ball in array.balls.ravel()]
