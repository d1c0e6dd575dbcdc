"""The page of a run that has something of everything, text that is hostile included."""

from dataclasses import replace
from pathlib import Path

from gradcheck.declaration.origin import NotChecked
from gradcheck.records.error_spread import ErrorSpread
from gradcheck.records.history import History, HistoryEntry, OpRecord
from gradcheck.records.results import Run, Verdict
from gradcheck.records.searched import CaseClass, Searched
from gradcheck.records.status import Status
from gradcheck.report.context import ReportContext
from gradcheck.report.html.renderer import HTML
from tests.report import example_runs

MARKUP = "\"'><script>document.title = 'run'</script><img src=x onerror=alert(1)>"
"""What a name may hold: it ends an attribute, and would run."""

SPREAD = {
    "autodiff": ErrorSpread({-18: 5, -16: 3}, {-15: 8}),
    "differences": ErrorSpread({-9: 8}, {-7: 8}),
}
CASES = {CaseClass(2, -3): 1, CaseClass(8, 0): 6, CaseClass(32, 3): 1}

MEASURED = replace(
    example_runs.GOOD,
    verdicts=(
        replace(example_runs.GOOD.verdicts[0], spread=SPREAD),
        Verdict("sin", "kinks", Status.PASSED, 3, reason="at kinks: x → zero", abstained=5, abstained_reason="no kink"),
    ),
    searched=Searched((2, 64), (0.1, 2e3), 7, 8, cases=CASES),
    not_checked=(NotChecked("sin_forward, line 3", "no case ran it"),),
)
"""An op that holds, of which much is known."""

HOSTILE_FINDING = replace(
    example_runs.EXPLAINED,
    op=MARKUP,
    claim=MARKUP + example_runs.HOSTILE,
    cause=MARKUP,
    hint=MARKUP,
    file=f"{MARKUP}.py",
    patch=replace(example_runs.EXPLAINED.patch, file=MARKUP, before=MARKUP, after=MARKUP),
    evidence=(replace(example_runs.EXPLAINED.evidence[0], witness=MARKUP), *example_runs.EXPLAINED.evidence),
)

HOSTILE_RESULT = replace(
    example_runs.EXPLAINED_RESULT,
    op=MARKUP,
    target=MARKUP,
    notes=(MARKUP,),
    verdicts=(
        replace(
            example_runs.EXPLAINED_RESULT.verdicts[0],
            findings=(HOSTILE_FINDING,),
            errors=example_runs.read_errors({f"{MARKUP}, {MARKUP}": 0.5, "x, autodiff": 1e-16}),
        ),
    ),
)

RESULTS = (
    MEASURED,
    HOSTILE_RESULT,
    example_runs.EXPLAINED_RESULT,
    example_runs.CRASHED,
    example_runs.BLIND,
    example_runs.IMPRECISE,
    example_runs.WARNED,
)


def make_full_run(*results):
    """A run with some of everything that a run may hold, or with these results."""
    return Run(
        results or RESULTS,
        0,
        8,
        not_checked=(NotChecked(MARKUP, MARKUP),),
        unexamined=("cosine",),
        complete=False,
        environment={"numpy": "2.3", MARKUP: MARKUP},
    )


COMPARISON = replace(example_runs.APART, missing=(MARKUP,), new=("cos",), environment=("numpy 2.1, now 2.3",))


HISTORY = History(
    tuple(
        HistoryEntry(
            "2026-11-30T12:00:00Z",
            MARKUP,
            "main",
            {"numpy": version},
            {
                op: OpRecord("passed", "c0ffee", {"autodiff": error, "complex step": error / 3})
                for op in (MARKUP, "affine", "sin", "softmax_cross_entropy", "relu")
            },
        )
        for error, version in ((1e-15, "2.3"), (4e-16, "2.3"), (2e-9, MARKUP))
    ),
    (MARKUP,),
)


def render_full_page():
    """The page of that run, compared with a baseline, at the end of a history."""
    return HTML.render(make_full_run(), ReportContext(COMPARISON, HISTORY, folder=Path("failing")))
