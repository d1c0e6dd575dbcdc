"""A solution: a file with right ops, whose formulas the values of others of the same names are compared with."""

from dataclasses import replace

from gradcheck.checking.reference_trial import VALUE_DIFFERS_REASON, explain_reference_failure
from gradcheck.declaration.op import Op
from gradcheck.declaration.origin import NotChecked
from gradcheck.discovery.targets import expand_target, list_target_contents


def use_solution(op: Op, solution: str) -> Op:
    """Return an op whose reference is that of the op of its name in a solution: its formula, or its forward under
    jax.numpy.  Where that cannot be, the op as it is, whose value is told as not checked.

    solution: a target.  Raises TargetError where it cannot be imported.
    """
    right = make_op_of_solution(solution, op.name)
    if right is None:
        return add_unchecked_value(op, f"{solution} has no op of this name")
    if len(right.inputs) != len(op.inputs) or right.reference is None:
        takes = ", ".join(right.inputs)
        return add_unchecked_value(op, f"that of {solution} takes {takes}, or JAX does not run it")
    compared = replace(op, reference=right.reference).with_origin(reference_is_forward=False)
    reason = explain_reference_failure(compared)
    if reason in ("", VALUE_DIFFERS_REASON):
        return compared.with_note(f"reference: the op of this name in {solution}")
    return add_unchecked_value(op, f"JAX does not run that of {solution}: {reason}")


def make_op_of_solution(solution: str, name: str) -> Op | None:
    """Make an op of a solution by its name; None where it has none.  Raises TargetError."""
    for part in expand_target(solution).parts:
        contents = list_target_contents(part)
        for found in contents.ops:
            if found.name == name:
                return contents.make(found)
    return None


def add_unchecked_value(op: Op, reason: str) -> Op:
    """Return the op with a remark that its value is not compared with a solution."""
    return op.with_origin(not_checked=(*op.origin.not_checked, NotChecked("the value", reason)))
