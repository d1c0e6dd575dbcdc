"""The names and the words of the causes of a way back that is missing or scaled."""

import re

from gradcheck.causes.cause import Cause
from gradcheck.causes.hypotheses.operations.means import name_statistic
from gradcheck.causes.hypotheses.operations.view import OperationView, list_labels
from gradcheck.causes.setting_names import is_share_of_dropout, weighs_regularisation
from gradcheck.causes.spot_text import SpotText
from gradcheck.causes.watched_forward import Spot, find_memory_owner
from gradcheck.causes.wrong_case import WrongCase

HELD = {
    "mean-constant": "the mean {} is held constant: its gradient is missing",
    "variance-constant": "the variance {} is held constant: its gradient is missing",
    "normaliser-constant": "the sum that normalises, {}, is held constant: its gradient is missing",
    "one-hot-missing": "what is subtracted at the label is missing: nothing flows back through {}",
    "regularisation-missing": "the regularisation {} is missing from the gradient",
    "time-link-missing": "the gradient that comes from the next step of time through {} is missing",
    "max-counted": "the gradient through the maximum {} is missing",
}
"""How a missing way back is told, by the name of its cause."""


def describe_path(case: WrongCase, kind: str, through: str, formula: str) -> Cause:
    """Describe a way back that is missing or scaled.  kind: the name of the cause where it is missing."""
    regularises = kind.startswith("regularisation")
    match formula:
        case "0":
            missing = HELD.get(kind, "the gradient through {} is missing: it is held constant")
            return Cause(kind, missing.format(through), f"Add the gradient that flows back through {through}.")
        case "-1":
            name = "sign" if regularises else "term-sign"
            return Cause(name, f"the gradient through {through} has the wrong sign", "Change its sign.")
        case "2":
            name = "regularisation-twice" if regularises else "path-twice"
            return Cause(name, f"the gradient through {through} is counted twice", "Count it once.")
        case "1/2":
            name = "regularisation-half" if regularises else "constant-factor"
            return Cause(name, f"the gradient through {through} has half its size", "Multiply it by 2.")
    name = name_scaled(formula, case, regularises)
    return Cause(name, f"the gradient through {through} is multiplied by {formula}", f"Leave out the factor {formula}.")


def name_scaled(formula: str, case: WrongCase, regularises: bool) -> str:
    """Name the cause of a way back that is multiplied by a formula."""
    if "/" in formula and regularises:
        return "regularisation-divided"
    if "-1)" in formula and "/" in formula and "(1-" not in formula:
        return "unbiased"
    used = [name for name in case.settings if re.search(rf"\b{re.escape(name)}\b", formula)]
    if used:
        return "keep-scale-missing" if all(map(is_share_of_dropout, used)) else "setting-factor"
    letters = re.search(r"[A-Za-z]", formula)
    if not letters:
        return "constant-factor"
    return "divided-by-length" if formula.lstrip("-").startswith("1/") else "multiplied-by-length"


def name_result(view: OperationView, spot: Spot, text: SpotText) -> str:
    """Name the cause that has the result of an operation constant."""
    function = view.forward.seen[spot][0].function
    if speaks_of_regularisation(view, spot, text.text):
        return "regularisation-missing"
    if function in ("multiply", "divide", "true_divide") and (name := name_statistic(view, spot)):
        return name
    if function == "add.reduce":
        return name_sum(view, spot, text.text.lower())
    if function in ("maximum.reduce", "minimum.reduce"):
        return "max-counted"
    return "one-hot-missing" if function == "exp" and is_own_numerator(view, spot) else "path-missing"


def name_sum(view: OperationView, spot: Spot, words: str) -> str:
    """Name the cause that has a sum constant: a mean, a variance, or what normalises.  words: the expression."""
    if re.search(r"\b(n?an)?mean\(", words):
        return "variance-constant" if re.search(r"\*\* ?2|square|\*", words) else "mean-constant"
    if re.search(r"\b(nan)?(var|std)\(", words):
        return "variance-constant"
    if name := name_statistic(view, spot):
        return name
    return "normaliser-constant" if view.is_divisor(spot) else "path-missing"


def is_own_numerator(view: OperationView, spot: Spot) -> bool:
    """Whether the result of an operation is divided, and not by itself, in an op that is given labels: the exponentials
    in the numerator of a softmax, through which the one at the label comes."""
    if not list_labels(view.case):
        return False
    made = {id(find_memory_owner(o.made)) for o in view.forward.seen[spot]}
    divisions = (o for row in view.forward.seen.values() for o in row if o.function in ("divide", "true_divide"))
    return any(id(o.given[0]) in made for o in divisions)


def name_operand(view: OperationView, spot: Spot, text: SpotText, k: int) -> str:
    """Name the cause that has an operand of an operation constant."""
    if speaks_of_regularisation(view, spot, text.operands[k]):
        return "regularisation-missing"
    if is_carried_on(view, spot, k):
        return "time-link-missing"
    operations = view.forward.seen[spot]
    if operations[0].function in ("divide", "true_divide") and k == 1 and id(operations[0].given[1]) in view.divisors:
        return "normaliser-constant"
    return "path-missing"


def speaks_of_regularisation(view: OperationView, spot: Spot, text: str) -> bool:
    """Whether an expression holds a setting, or a number with a name, that people call the strength of a
    regularisation."""
    names = filter(weighs_regularisation, re.findall(r"[A-Za-z_]\w*", text))
    numbers = {name for name, a in view.forward.variables.get(spot.code, {}).items() if a.ndim == 0}
    return any(name in (*view.case.settings, *view.case.labels, *numbers) for name in names)


def is_carried_on(view: OperationView, spot: Spot, k: int) -> bool:
    """Whether an operand comes from an operation that stands further down in the same function: from the round of a
    loop before this one."""
    later = [row for other, row in view.forward.seen.items() if is_further_down(other, spot)]
    made = {id(find_memory_owner(o.made)) for row in later for o in row}
    return any(id(o.given[k]) in made for o in view.forward.seen[spot])


def is_further_down(other: Spot, spot: Spot) -> bool:
    """Whether a spot stands behind another one in the same call of a function."""
    return other.code is spot.code and other.callers == spot.callers and other.offset > spot.offset
