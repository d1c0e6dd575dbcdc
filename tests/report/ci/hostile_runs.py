"""A run in which everything that user code names tries to be markup, a command or the end of something."""

from dataclasses import replace

from gradcheck.checking.baseline import Comparison, ErrorComparison
from gradcheck.declaration.origin import NotChecked
from gradcheck.records.evidence import ErrorKey
from gradcheck.records.patch import Patch
from gradcheck.records.results import Finding, Verdict
from gradcheck.records.status import Status
from gradcheck.records.subject import Subject
from tests.report.example_runs import CASE, make_result, make_run

HOSTILE_NAME = (
    '::error::pwned ##[error]pwned </script><script>alert(1)</script> | ]]> %0A a,b=c "quoted" \\ {0} [x](//evil) '
    "`tick`\r\n::set-output name=a::b\n# heading\n\x00\x1b[2J\u202e\ufffe\ud800 @team"
)

_FINDING = Finding(
    HOSTILE_NAME,
    "gradient",
    Subject.of_input(HOSTILE_NAME),
    Status.FAILED,
    f"gradient of {HOSTILE_NAME} is wrong",
    case=replace(CASE, op=HOSTILE_NAME),
    cause=HOSTILE_NAME,
    hint=HOSTILE_NAME,
    file=f"src/{HOSTILE_NAME}.py",
    line=3,
    cause_name=HOSTILE_NAME,
    patch=Patch(HOSTILE_NAME, 3, HOSTILE_NAME, HOSTILE_NAME, 4),
)
_VERDICT = Verdict(
    HOSTILE_NAME, "gradient", Status.FAILED, 8, 3.0, {ErrorKey(HOSTILE_NAME, HOSTILE_NAME): 0.5}, (_FINDING,)
)

HOSTILE_RUN = make_run(
    make_result(
        HOSTILE_NAME,
        _VERDICT,
        Verdict(HOSTILE_NAME, "value", Status.INCONCLUSIVE, reason=HOSTILE_NAME),
        notes=(HOSTILE_NAME,),
        target=HOSTILE_NAME,
        not_checked=(NotChecked(HOSTILE_NAME, HOSTILE_NAME),),
    ),
    not_checked=(NotChecked(HOSTILE_NAME, HOSTILE_NAME),),
    unexamined=(HOSTILE_NAME,),
)
"""A run that a person did not write."""

HOSTILE_COMPARISON = Comparison(
    (ErrorComparison(HOSTILE_NAME, ErrorKey(HOSTILE_NAME, "autodiff"), 1e-16, 1e-3),),
    (HOSTILE_NAME,),
    (HOSTILE_NAME,),
    (HOSTILE_NAME,),
)
"""Its comparison with a baseline."""
