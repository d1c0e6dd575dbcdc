"""The check of model answers before anybody is marked by them."""

from gradcheck.audit.assignment import AssignmentError
from gradcheck.audit.marking import counts_against
from gradcheck.audit.model_answers import ModelAnswer, ModelAnswers
from gradcheck.audit.one_function import TRIAL_EXAMPLES, AuditPlan
from gradcheck.checking.check import check
from gradcheck.escaping import cut_text


def require_right_answers(answers: ModelAnswers, plan: AuditPlan) -> None:
    """Raise AssignmentError where a law by which marks are given does not hold for a model answer.

    What draws at random is not checked: each call would draw anew.
    """
    wrong = [
        f"{name}{answer.variant.name and f' ({answer.variant.name})'}: {problem}"
        for name, row in answers.items()
        for answer in row
        if (problem := find_mistake(answer, plan))
    ]
    if wrong:
        raise AssignmentError(
            f"{plan.assignment.model}: a model answer is wrong, and nobody was marked by it: {'; '.join(wrong)}; "
            "gradcheck check on this file says more"
        )


def find_mistake(answer: ModelAnswer, plan: AuditPlan) -> str:
    """Return what is wrong with a model answer, "" where it is right."""
    if answer.is_random:
        return ""
    result = check(answer.op, examples=TRIAL_EXAMPLES, seed=plan.seed, laws=plan.deciding_laws, shrink=False)
    against = [finding for finding in result.findings if counts_against(finding, plan.assignment.warn)]
    return cut_text(against[0].claim) if against else ""
