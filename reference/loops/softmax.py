"""Test a softmax by its golden vectors:  python3 loops/softmax.py softmax.json

For another op, write another forward and backward: the rest reads and compares, whatever the names and shapes.
"""

import json
import math
import sys

# An error may be this large beside the largest number of its array.  A number here is the result of some n + 5 rounded
# operations on n <= 3 terms, each off by 2^-53 at most; four times that, for dy - mean can cancel.
TOLERANCE = 16 * 2.0**-52
# The largest number counts as this at least: an error below 2^-1022, where float64 has few digits or none, is none.
FLOOR = 2.0**-1022 / TOLERANCE


def forward(inputs, settings):
    """y_i = e^x_i / sum_j e^x_j over the last axis.  Return each output by its name."""
    return {"y": [y for row in rows(inputs["x"]) for y in softmax(row)]}


def backward(inputs, settings, upstream):
    """dx = y (dy - mean), mean = sum_j dy_j y_j.  Return each gradient by the name of its input."""
    dx = []
    for x, dy in zip(rows(inputs["x"]), rows(upstream["y"]), strict=True):
        y = softmax(x)
        top = y.index(max(y))  # less its dy, the others give the same dx, and keep their digits where y is 1
        apart = [dy_i - dy[top] for dy_i in dy]
        mean = sum(a * y_i for a, y_i in zip(apart, y, strict=True))
        dx += [y_i * (a - mean) for a, y_i in zip(apart, y, strict=True)]
    return {"x": dx}


def softmax(x):
    """One row; its largest number is subtracted first, so that no exponential overflows."""
    weights = [math.exp(x_i - max(x)) for x_i in x]
    return [weight / sum(weights) for weight in weights]


def rows(array):
    """The rows of an array: its last axis varies fastest."""
    n = array["shape"][-1]
    return [array["values"][i : i + n] for i in range(0, len(array["values"]), n)]


def read(arrays):
    """Inputs or upstream: hexadecimal floats stand as strings, whole numbers and booleans as themselves."""
    return {
        name: {**a, "values": [float.fromhex(v) if isinstance(v, str) else v for v in a["values"]]}
        for name, a in arrays.items()
    }


def largest_error(exact, got):
    """The largest error beside the largest number."""
    expected = [float(number.split()[0]) for number in exact["values"]]  # "1.25e-3 +/- 1e-52"
    if len(got) != len(expected) or not all(map(math.isfinite, got)):
        return math.inf
    scale = max([FLOOR, *map(abs, expected)])
    return max([abs(g - e) for g, e in zip(got, expected, strict=True)], default=0.0) / scale


def main(path):
    """Test every case.  Return the exit code."""
    with open(path, encoding="utf-8") as file:
        cases = json.load(file)["cases"]
    failed = 0
    for case in cases:
        inputs, upstream = read(case["inputs"]), read(case["upstream"])
        outputs, gradients = forward(inputs, case["settings"]), backward(inputs, case["settings"], upstream)
        errors = {f"expected {name}": largest_error(exact, outputs[name]) for name, exact in case["expected"].items()}
        for name, exact in case["gradients"].items():
            errors[f"gradients {name}"] = largest_error(exact, gradients[name])
        worst = max(errors, key=errors.get)
        if errors[worst] > TOLERANCE:
            failed += 1
            about = f"case {case['number']} ({', '.join(case['flags'])})"
            print(f"{about}: {worst}: an error of {errors[worst]:.1e} beside the largest number")
    print(f"{len(cases)} cases: {f'{failed} fail' if failed else 'all hold' if cases else 'nothing to test'}")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
