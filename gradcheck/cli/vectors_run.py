"""The command `gradcheck vectors`: golden vectors made, verified, and heard on somebody's op."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from gradcheck.cli.check_run import CheckRequest
from gradcheck.cli.errors import EXIT_INTERRUPTED
from gradcheck.cli.files import emit_report, require_writable, write_each, write_file
from gradcheck.cli.outputs import ReportOutput, choose_outputs
from gradcheck.declaration.counterpart import read_counterpart

if TYPE_CHECKING:
    from gradcheck.report.content import Report
    from gradcheck.report.vectors import VectorCheck

FORMATS = ("text", "markdown")


@dataclass(frozen=True)
class VectorRequest:
    """The options of `gradcheck vectors` for the library."""

    ops: tuple[str, ...]
    write: bool
    rewrite: bool
    jobs: int | None
    outputs: tuple[ReportOutput, ...]
    quiet: bool


def request_vectors(ops: tuple[str, ...], write: bool, rewrite: bool, options: Mapping[str, Any]) -> VectorRequest:
    """Return the request for the library.  Raises UsageError for options that make no sense for it."""
    from gradcheck.running.session import UsageError

    if rewrite and not write:
        raise UsageError("--all says which vectors are stored; give --write as well")
    outputs = choose_outputs(options["form"], options["output"])
    if others := [output.form for output in outputs if output.form not in FORMATS]:
        raise UsageError(f"there is no {others[0]} of this report; choose {' or '.join(FORMATS)}")
    if needless := [name for name in ("timeout", "fail_on", "strict", "verbose") if options[name]]:
        raise UsageError(f"--{needless[0].replace('_', '-')} is for the op of a FILE; name one, or leave it out")
    return VectorRequest(ops, write, rewrite, options["jobs"], outputs, options["quiet"])


def request_check_on_vectors(
    target: str, ops: tuple[str, ...], writes: bool, options: Mapping[str, Any]
) -> CheckRequest:
    """Return the request to check an op on the vectors of one of the library.  Raises UsageError."""
    from gradcheck.laws.registry import laws_of_vectors
    from gradcheck.running.session import UsageError

    if writes:
        raise UsageError("--write and --all are for the vectors of the library; leave FILE out")
    if len(ops) != 1:
        raise UsageError(f"{target} is checked as one op of the library; name that one: --op softmax")
    select_names([read_counterpart(ops[0]).name])
    return CheckRequest(
        targets=(target,),
        ops=(),
        laws=laws_of_vectors(),
        skip=(),
        examples=0,
        largest=None,
        seed=0,
        arbitrate="first",
        reference=None,
        save=None,
        against=None,
        allow_missing=False,
        allow_new=False,
        same_as=ops[0],
        **options,
    )


def run_vectors(request: VectorRequest) -> int:
    """Make the vectors of the library anew, compare all with them, write the report, and return the exit code.  Raises
    UsageError."""
    from gradcheck.records.golden_vectors import find_vector_folder
    from gradcheck.running.session import UsageError
    from gradcheck.running.supervisor import open_supervisor

    if find_spec("flint") is None:
        raise UsageError("golden vectors are made anew by python-flint; install it: pip install 'gradcheck[vectors]'")
    if request.write:
        require_writable(find_vector_folder() / "README.md")
    names = select_names(request.ops)
    with open_supervisor(request.jobs) as supervisor:
        answers, interrupted = run_tasks(supervisor, names, request)
    checks = [read_answer(name, answers[name]) for name in names if name in answers]
    others = [] if request.ops or interrupted else [*list_strays(names), *update_index(names, request.write)]
    write_vector_report(checks, others, len(names) - len(checks), request)
    if interrupted:
        return EXIT_INTERRUPTED
    return 1 if others or any(any(check.problems) for check in checks) else 0


def select_names(asked: Sequence[str]) -> list[str]:
    """Select the named ops of the library, all where none is named.  Raises UsageError for one that does not exist."""
    from gradcheck.discovery.library import load_library_ops
    from gradcheck.running.session import require_known_names

    existing = [op.name for op in load_library_ops()]
    require_known_names(asked, existing, "op")
    return [name for name in existing if name in asked or not asked]


def run_tasks(supervisor: Any, names: Sequence[str], request: VectorRequest) -> tuple[dict[str, Any], bool]:
    """Run the tasks of some ops.  Returns the end of each by name, and whether Ctrl-C was pressed."""
    from gradcheck.running import progress
    from gradcheck.running.vector_task import VectorTask

    tasks = {VectorTask(name, request.write, request.rewrite): name for name in names}
    show = progress.is_stderr_watched() and not request.quiet
    with progress.show_progress(len(names), 0, show) as display:
        ends, interrupted = supervisor.run_tasks(
            list(tasks),
            lambda task, done: display.step(task.name, done),
            lambda task: display.step(task.name, None),
        )
    return {tasks[task]: end for task, end in ends.items() if end != {"interrupted": True}}, interrupted


def read_answer(name: str, end: Any) -> "VectorCheck":
    """Return what a worker answered on an op; how it ended, where it did not answer."""
    from gradcheck.checking.vector_agreement import VectorComparison
    from gradcheck.report.vectors import VectorCheck
    from gradcheck.running.session import describe_crash, get_word

    if isinstance(end, Mapping) and "agreements" in end:
        comparison = VectorComparison.read(end)
        return VectorCheck(comparison, end["stored"], end["written"], end["infeasible"])
    problem = describe_crash(end) or get_word(end, "stopped") or getattr(end, "reason", "")
    return VectorCheck(VectorComparison(name, 0, (), (f"{name}: {problem}",), ()))


def list_strays(names: Sequence[str]) -> list[str]:
    """List the files of vectors that are of no op of the library, and what to do with them."""
    from gradcheck.records.golden_vectors import find_vector_file, list_vector_names

    strays = [name for name in list_vector_names() if name not in names]
    return [f"{find_vector_file(name)}: there is no op {name!r}; delete the file" for name in strays]


def update_index(names: Sequence[str], write: bool) -> list[str]:
    """Compare the table of the README with the stored vectors of all ops, and write it where that is asked for.

    Returns what is wrong with it; nothing where a file is broken or missing, which is told of its op.
    """
    from gradcheck.records.golden_vectors import VectorsError, find_vector_folder, load_vectors
    from gradcheck.vectors.index import replace_index

    readme = find_vector_folder() / "README.md"
    load_vectors.cache_clear()  # workers may have written them
    try:
        files = [file for name in sorted(names) if (file := load_vectors(name))]
        if len(files) < len(names):
            return []
        before = readme.read_text(encoding="utf-8")
        after = replace_index(before, files)
    except VectorsError:
        return []
    except OSError as error:
        return [f"{readme}: cannot be read: {error.strerror}"]
    except ValueError as error:
        return [f"{readme}: {error}"]
    if before != after and write:
        write_file(after, readme)
        return []
    stale = f"{readme}: the table is not that of the vectors; `gradcheck vectors --write` writes it"
    return [stale] if before != after else []


def write_vector_report(
    checks: "Sequence[VectorCheck]", others: Sequence[str], left: int, request: VectorRequest
) -> None:
    """Write the report.  left: the number of ops that were not compared.  Raises UsageError."""
    from gradcheck.report.vectors import build_vector_report

    report = build_vector_report(checks, others, left)
    write_each(partial(write_copy, report, output, request.quiet) for output in request.outputs)


def write_copy(report: "Report", output: ReportOutput, quiet: bool) -> None:
    """Write one copy of the report.  Raises UsageError."""
    from gradcheck.report.markdown import render_markdown_lines
    from gradcheck.report.screen import PAPER, find_screen
    from gradcheck.report.text import render_brief_lines, render_text_lines

    if output.form == "markdown":
        lines = render_markdown_lines(report)
    elif quiet:
        lines = render_brief_lines(report)
    else:
        lines = render_text_lines(report, PAPER if output.file else find_screen(sys.stdout))
    emit_report("\n".join(lines) + "\n", output.file)
