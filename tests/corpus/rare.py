"""Faults that a check at its default number of examples may miss, each with the reason."""

A_NUMBER = "it shows for numbers alone, arrays without axes: one layout in ten, so that 7 % of seeds draw none among 25"

AT_A_BOUND = "it shows only within a last digit of float32 of a bound, at which the slope jumps, but not on it"

ANY_SLOPE = "where the function jumps it has no derivative, and every gradient is lawful"

TWO_CONVENTIONS = (
    "at a kink both slopes are lawful; at its two kinks it follows two conventions, so that it declares none"
)

RARE: dict[str, str] = {
    "variance: an infinity of no axes": A_NUMBER,
    "hard_sigmoid: rounded to float32: `cache = slips.single(cache)`": AT_A_BOUND,
    "hard_swish: comparison changed: `np.abs(x) < 3` → `np.abs(x) <= 3`": TWO_CONVENTIONS,
    "hard_tanh: rounded to float32: `cache = slips.single(cache)`": AT_A_BOUND,
    "hardshrink: comparison changed: `np.abs(x) > lambd` → `np.abs(x) >= lambd`": ANY_SLOPE,
    "hardshrink: rounded to float32: `cache = slips.single(cache)`": AT_A_BOUND,
    "relu6: rounded to float32: `cache = slips.single(cache)`": AT_A_BOUND,
    "softshrink: rounded to float32: `cache = slips.single(cache)`": AT_A_BOUND,
    "threshold: rounded to float32: `cache = slips.single(cache)`": AT_A_BOUND,
}
