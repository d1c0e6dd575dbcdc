"""The commands.  stdout carries data, stderr progress and errors; `errors` turns exceptions into messages."""

import math
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from gradcheck import __version__
from gradcheck.cli.check_run import CheckRequest, collect_allowances, make_rules, require_comparable, run_check
from gradcheck.cli.errors import EXIT_CODES, CommandGroup, add_debug_option
from gradcheck.cli.files import emit_report, print_report, read_baseline, read_run, require_writable, write_each
from gradcheck.cli.formats import FormatName
from gradcheck.cli.outputs import choose_outputs, write_output
from gradcheck.cli.vectors_run import request_check_on_vectors, request_vectors, run_vectors
from gradcheck.project_setup.ci_files import CI_SYSTEMS
from gradcheck.running import settings

FILE = click.Path(path_type=Path)
FAIL_ON = click.option(
    "--fail-on", type=click.Choice(["imprecise", "warning"]), help="Also exit 1 for findings of this status."
)
STRICT = click.option(
    "--strict", is_flag=True, help="Exit 1 for warnings, and 3 for anything left open or not checked."
)


def require_finite_number(ctx: click.Context, param: click.Parameter, value: float | None) -> float | None:
    """Return a number that is given, if one is.  Raises BadParameter for one that is not finite."""
    if value is not None and not math.isfinite(value):
        raise click.BadParameter(f"{value} is not finite", ctx, param)
    return value


FACTOR = click.option(
    "--factor",
    type=click.FloatRange(1),
    callback=require_finite_number,
    metavar="N",
    help="An error has regressed where it is more than N times that of the baseline (default: 10).",
)
FLOOR_OPTION = click.option(
    "--floor",
    type=click.FloatRange(0),
    callback=require_finite_number,
    metavar="ERROR",
    help="A relative error up to this has not regressed (default: what rounding explains).",
)
FORM = click.option(
    "--format",
    "form",
    type=FormatName(),
    help="Format of the report on stdout, or in the one FILE of -o (default: text, or by the suffix of FILE).",
)
OUTPUT = click.option(
    "-o",
    "--output",
    type=FILE,
    multiple=True,
    metavar="FILE",
    help="Write the report to FILE, not to stdout, in the format of its suffix; may be repeated.",
)
QUIET = click.option(
    "-q", "--quiet", is_flag=True, help="Show no progress, and only the answer and the claims of a text report."
)
VERBOSE = click.option(
    "-v", "--verbose", is_flag=True, help="In a text report, say also of each op what was looked at."
)


@click.group(
    cls=CommandGroup,
    invoke_without_command=True,
    epilog=f"Exit codes: {'; '.join(f'{code} {meaning}' for code, meaning in EXIT_CODES.items())}.",
)
@click.version_option(__version__, message="gradcheck %(version)s")
@click.pass_context
def main(ctx: click.Context) -> int | None:
    """Is a hand-written backward pass right, on inputs its author did not think of?"""
    if ctx.invoked_subcommand == "check":
        ctx.default_map = {"check": settings.read_defaults(Path.cwd())}
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help(), err=True)
        return 2
    return None


def use_default_targets(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    """Return the targets that are given, or those of the settings."""
    return value or tuple((ctx.default_map or {}).get("targets", ()))


def read_unset_options() -> dict[str, Any]:
    """Read the settings that no given option overrides."""
    ctx = click.get_current_context()
    given = [name for name in ctx.params if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    return settings.drop_overridden(ctx.default_map or {}, given)


def read_settings_without_options() -> dict[str, Any]:
    """Read the settings that no option sets."""
    unset = read_unset_options()
    return {"skip": tuple(unset.get("skip", ())), "regression": unset.get("regression", {})}


def use_default_baseline(ctx: click.Context, param: click.Parameter, value: Path | None) -> Path | None:
    """Return the baseline that is given, or that of the settings, unless a new one is saved."""
    if ctx.get_parameter_source("against") is ParameterSource.COMMANDLINE:
        return value
    return Path(default) if (default := read_unset_options().get("against")) else None


def add_list_options(shown: str, written: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return what adds the options --format and --output to a command that lists something.  shown, written: what they
    are about, in words."""
    form = click.option(
        "--format",
        "form",
        type=click.Choice(["text", "markdown"]),
        default="text",
        show_default=True,
        help=f"Format of {shown}.",
    )
    output = click.option("-o", "--output", type=FILE, metavar="FILE", help=f"Write {written} to FILE, not to stdout.")
    return lambda command: form(output(command))


@main.command()
@click.argument("targets", nargs=-1, metavar="[TARGET]...", callback=use_default_targets)
@click.option("--op", "ops", multiple=True, metavar="NAME", help="Check this op only; may be repeated.")
@click.option("--law", "laws", multiple=True, metavar="NAME", help="Check this law only; may be repeated.")
@click.option("--examples", type=click.IntRange(1), default=100, show_default=True, help="Number of cases for each op.")
@click.option(
    "--largest",
    type=click.IntRange(1),
    metavar="ELEMENTS",
    help="Elements of all inputs together in a case with a long axis, at most (default: 512).",
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed for the generated cases.")
@click.option(
    "--jobs",
    type=click.IntRange(1),
    metavar="N",
    help="Number of worker processes (default: one per core; a single op runs in this process).",
)
@click.option(
    "--arbitrate",
    type=click.Choice(["first", "all"]),
    default="first",
    show_default=True,
    help="Which cases are also run by XLA.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0, min_open=True),
    metavar="SECONDS",
    help="Stop an op after SECONDS (not on Windows).",
)
@click.option(
    "--reference",
    metavar="SOLUTION",
    help="Compare values with those of the ops of the same names in SOLUTION, a target.",
)
@FAIL_ON
@STRICT
@click.option(
    "--save",
    type=FILE,
    metavar="RUN.json",
    help="Save the run, with its errors on the pinned cases; a partial one beside an earlier file, not over it.",
)
@click.option(
    "--against",
    type=FILE,
    metavar="BASELINE",
    callback=use_default_baseline,
    help="Exit 1 where errors grew since this baseline, or saved run, or ops are gone or new (of those of --op).",
)
@FACTOR
@FLOOR_OPTION
@click.option(
    "--history",
    type=FILE,
    metavar="FILE.jsonl",
    help="Append a record of the run, with its errors on the pinned cases, to FILE, whose suffix may also be .sqlite.",
)
@click.option("--allow-missing", is_flag=True, help="Tell of ops that only the baseline has, and do not fail.")
@click.option("--allow-new", is_flag=True, help="Tell of ops that the baseline has not, and do not fail.")
@FORM
@OUTPUT
@click.option(
    "--annotations/--no-annotations",
    default=True,
    help="In a job of GitHub Actions, also annotate the code and write the summary of the job, unless --format says "
    "what is printed (default: yes).",
)
@QUIET
@VERBOSE
@add_debug_option
def check(**options: Any) -> int:
    """Check ops: those of each TARGET (a module, module:attribute, a file or a folder), or the library.

    [tool.gradcheck] of the nearest pyproject.toml sets defaults, under the names of the options: ops, for TARGET;
    laws, for --law; skip, laws to leave out; profile (quick, default or thorough), for --examples; against, unless the
    run is saved; allow-missing, allow-new, annotations, largest, seed, jobs, arbitrate, timeout, fail-on, strict; and
    regression, a table with factor and floor, for --factor and --floor, and with those of single ops.
    """
    return run_check(CheckRequest(**options, **read_settings_without_options()))


@main.command()
@click.argument("text", required=False, metavar="[TEXT]")
@click.option("--family", "families", multiple=True, metavar="NAME", help="List this family only; may be repeated.")
@click.option("--alias", metavar="NAME", help="List the ops that another library calls so, and which libraries do.")
@click.option(
    "--coverage", is_flag=True, help="Count what of other libraries is here, and name what is missing; -v names all."
)
@click.option("--exceptions", is_flag=True, help="List the laws that each op is declared to depart from, and why.")
@add_list_options("the list", "the list")
@click.option("-v", "--verbose", is_flag=True, help="With --coverage, name all that is missing, and what each list is.")
@add_debug_option
def ops(**options: Any) -> int:
    """List the library: names, formulas, shapes, sources and conventions at kinks.

    TEXT: only the ops that have it in their name, formula, source or aliases.
    """
    from gradcheck.cli.ops_run import OpsRequest, run_ops

    return run_ops(OpsRequest(**options))


@main.command()
@click.argument("what", metavar="OP|TARGET")
@click.option("--op", "name", metavar="NAME", help="The op of TARGET, where it has several.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "svg"]),
    default="text",
    show_default=True,
    help="Format of the page; svg is the picture alone.",
)
@click.option("-o", "--output", type=FILE, metavar="FILE", help="Write the page to FILE, not to stdout.")
@add_debug_option
def show(what: str, name: str | None, form: str, output: Path | None) -> int:
    """Show one op: its declaration, a worked example, and a picture of value and slope.

    OP is one of the library; TARGET, as of `gradcheck check`, is where one of your own is.  Exits 1 where its code
    raises in the example.
    """
    from gradcheck.cli.show_run import run_show

    return run_show(what, name, form, output)


@main.command()
def laws() -> int:
    """List the laws: what each states, and why."""
    from gradcheck.report import listing

    click.echo(listing.describe_laws())
    return 0


@main.command()
@click.argument("name", required=False, metavar="[NAME]")
@add_list_options("the page, or of the list", "the page")
@add_debug_option
def explain(name: str | None, form: str, output: Path | None) -> int:
    """Explain a cause that a finding names: the mistake, why it is wrong, the right form, and how it shows itself.

    NAME: of a cause, or a text that lists the causes that have it.  Without it all are listed, in Markdown with their
    pages.
    """
    from gradcheck.cli.explain_run import run_explain

    return run_explain(name, form, output)


@main.command()
@click.argument("target", required=False, metavar="[FILE]")
@click.option(
    "--op",
    "ops",
    multiple=True,
    metavar="NAME",
    help="Without FILE, this op of the library only; may be repeated.  With FILE, the op that its own computes, with "
    "settings that it has fixed: 'elu(alpha=1.0)'.",
)
@click.option(
    "--write",
    is_flag=True,
    help="Store the vectors that are missing or other than those made anew; without --op also the table of the README.",
)
@click.option("--all", "rewrite", is_flag=True, help="With --write, store all.")
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="Number of worker processes (default: one per core).")
@click.option(
    "--timeout", type=click.FloatRange(0, min_open=True), metavar="SECONDS", help="Stop the op of FILE after SECONDS."
)
@FAIL_ON
@STRICT
@FORM
@OUTPUT
@QUIET
@VERBOSE
@add_debug_option
def vectors(target: str | None, ops: tuple[str, ...], write: bool, rewrite: bool, **options: Any) -> int:
    """Verify the golden vectors of the library, or check the op of FILE on them.

    Without FILE, they are made anew, which wants python-flint, and compared with those that are stored; then the ops of
    the library and JAX are compared with them.  It takes half a minute.

    With FILE, a target as of `gradcheck check`, its op is checked on the vectors of the op of the library that --op
    names.  The options --timeout, --fail-on, --strict and -v, and the format json, are for this.
    """
    if target is not None:
        return run_check(request_check_on_vectors(target, ops, write or rewrite, options))
    return run_vectors(request_vectors(ops, write, rewrite, options))


def list_and_exit(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    """List the assignments that come with gradcheck, and exit."""
    if value:
        from gradcheck.cli.audit_run import describe_assignments

        click.echo(describe_assignments())
        ctx.exit(0)


def write_and_exit(ctx: click.Context, param: click.Parameter, value: Path | None) -> None:
    """Write a template of an assignment, and exit.  Raises AssignmentError where there is such a file already."""
    if value:
        from gradcheck.audit.assignment_template import write_template

        write_template(value)
        click.echo(f"written: {value}")
        ctx.exit(0)


@main.command()
@click.argument("submissions", type=FILE, required=False, metavar="SUBMISSIONS")
@click.option("--assignment", metavar="NAME|FILE.toml", help="What is asked for; --list lists the names.")
@click.option("--solution", type=FILE, metavar="FILE", help="The instructor's own solution says what is asked for.")
@click.option(
    "-o",
    "--output",
    type=FILE,
    default=Path("audit"),
    show_default=True,
    metavar="DIR",
    help="Write pages, tables and results to DIR.",
)
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="Number of processes (default: one per core).")
@click.option("--cluster", default="", metavar="ADDRESS", help="Hand submissions to the Dask scheduler at ADDRESS.")
@click.option(
    "--show",
    type=click.Choice(["counterexample", "hint", "none"]),
    help="How much the pages of students tell (default: as the assignment says).",
)
@click.option(
    "--gradebook",
    "gradebooks",
    multiple=True,
    metavar="NAME",
    help="Also write for autolab, canvas, classroom, gradescope, junit, moodle or nbgrader; may be repeated.",
)
@click.option("--export", type=FILE, metavar="FILE.csv", help="The gradebook's own export, whose column is filled.")
@click.option(
    "--timeout",
    type=click.FloatRange(0, min_open=True),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="Stop a function of a submission after SECONDS of the processor, or ten times as many by the clock.",
)
@click.option("--examples", type=click.IntRange(1), default=25, show_default=True, help="Cases for each function.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed for the cases, one for all.")
@click.option(
    "--single/--class",
    "single",
    default=None,
    help="Whether SUBMISSIONS is the work of one student or of a class (default: by the names in it).",
)
@click.option("--resume", is_flag=True, help="Go on where an earlier run with the same DIR ended.")
@click.option(
    "--min-isolation",
    "minimum",
    type=click.Choice(["contained", "confined", "strong"]),
    default="confined",
    show_default=True,
    help="The least isolation with which submissions are run.",
)
@click.option("--unsafe", is_flag=True, help="Run submissions also with less; every result says so.")
@click.option(
    "--list", is_flag=True, is_eager=True, expose_value=False, callback=list_and_exit, help="List the assignments."
)
@click.option(
    "--new",
    type=FILE,
    is_eager=True,
    expose_value=False,
    callback=write_and_exit,
    metavar="FILE.toml",
    help="Write a template of an assignment to FILE.toml.",
)
@QUIET
@add_debug_option
def audit(**options: Any) -> int:
    """Audit SUBMISSIONS: a folder or an archive with a folder, file or archive for each student, or one of these.

    Each function that the assignment asks for is run in a confined process, checked as `gradcheck check` does, and
    marked.  DIR gets class.html, class.csv, audit.json, and a page of each student.  Exits 0 when every submission has
    its row, whatever its marks.
    """
    from gradcheck.cli.audit_run import AuditRequest, run_audit

    return run_audit(AuditRequest(**options))


@main.command()
@click.argument("folder", type=FILE, default=Path(), metavar="[FOLDER]")
@click.option(
    "--ci",
    type=click.Choice([*CI_SYSTEMS, "none"]),
    help="The system for CI that gets a file (default: those that the project uses).",
)
@click.option("--dry-run", is_flag=True, help="Write nothing, and show what would be written.")
@add_debug_option
def init(**options: Any) -> int:
    """Set up the project of FOLDER: its settings, a first test, and a file for its CI.

    Files with a forward and a backward in FOLDER and below are imported, and listed in [tool.gradcheck] of
    pyproject.toml.  What is there already is left as it is, and named.  A folder without Python files gets an example.
    Exits 2, and writes nothing, where there are files and none holds an op, or pyproject.toml cannot be read.
    """
    from gradcheck.cli.init_run import InitRequest, run_init

    return run_init(InitRequest(**options))


@main.command()
@click.argument("case", type=FILE, metavar="CASE.json")
@click.argument("target", default=None, required=False)
@add_debug_option
def replay(case: Path, target: str | None) -> int:
    """Check one failing case again, in detail.  TARGET: where its op is now, if not where it was."""
    from gradcheck.cli.replay import replay_in_worker

    text, code = replay_in_worker(case, target)
    click.echo(text, nl=False)
    return code


def print_schema_and_exit(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    """Print the JSON Schema of a saved run, and exit."""
    if value:
        from gradcheck.records.run_schema import render_run_schema

        print_report(render_run_schema())
        ctx.exit(0)


@main.command()
@click.argument("saved", type=FILE, metavar="RUN.json")
@FORM
@OUTPUT
@click.option("--history", type=FILE, metavar="FILE", help="Show the trends of this history in html.")
@VERBOSE
@click.option(
    "--schema",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=print_schema_and_exit,
    help="Print the JSON Schema of RUN.json, under $defs/Line also that of a line of jsonl.",
)
@add_debug_option
def report(saved: Path, form: str | None, output: tuple[Path, ...], history: Path | None, verbose: bool) -> int:
    """Render a saved run."""
    from gradcheck.records.history_file import read_history
    from gradcheck.report.context import ReportContext

    run, outputs = read_run(saved), choose_outputs(form, output)
    context = ReportContext(history=read_history(history) if history else None)
    write_each(partial(write_output, out, run, context, verbose) for out in outputs)
    return 0


@main.command()
@click.argument("before", type=FILE, metavar="BEFORE")
@click.argument("after", type=FILE, metavar="AFTER")
@click.option("--allow-missing", is_flag=True, help="Tell of ops that only the first run has, and do not fail.")
@click.option("--allow-new", is_flag=True, help="Tell of ops that only the second run has, and do not fail.")
@FACTOR
@FLOOR_OPTION
@add_debug_option
def compare(
    before: Path, after: Path, allow_missing: bool, allow_new: bool, factor: float | None, floor: float | None
) -> int:
    """Compare the errors of two saved runs, or baselines, on the pinned cases.

    Exits 1 where one grew or is no longer measured, or an op is gone or new; regression of [tool.gradcheck] says by
    which rule.
    """
    from gradcheck.checking import baseline
    from gradcheck.report.screen import find_screen
    from gradcheck.report.text import render_comparison

    rules = make_rules(settings.read_defaults(Path.cwd()).get("regression", {}), factor, floor)
    allowed = collect_allowances(allow_missing, allow_new)
    comparison = baseline.compare_runs(read_baseline(before), read_baseline(after), allowed, rules)
    print_report(render_comparison(comparison, find_screen(sys.stdout)))
    require_comparable(comparison)
    return 0 if comparison.holds else 1


@main.group(name="baseline")
def baseline_group() -> None:
    """Renew or show a baseline: a file to commit, with the errors that later runs are compared with."""


@baseline_group.command()
@click.argument("file", type=FILE, required=False, metavar="[FILE]")
@click.argument("targets", nargs=-1, metavar="[TARGET]...")
@click.option("--only", "ops", multiple=True, metavar="OP", help="Renew this op only; may be repeated.")
@click.option("--from", "source", type=FILE, metavar="RUN.json", help="Take the errors of a saved run; check nothing.")
@click.option("--drop", is_flag=True, help="Drop ops that are gone; without it their lines stay as they are.")
@click.option("--examples", type=click.IntRange(1), help="Number of cases for each op (default: 100).")
@click.option("--seed", type=click.IntRange(0), help="Seed for the generated cases (default: 0).")
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="Number of worker processes (default: one per core).")
@click.option("--timeout", type=click.FloatRange(0, min_open=True), metavar="SECONDS", help="Stop an op after SECONDS.")
@QUIET
@add_debug_option
def update(**options: Any) -> int:
    """Check ops, as `gradcheck check` does, and write their errors on the pinned cases to FILE.

    FILE is a baseline, or a new file; without it, it is what against in [tool.gradcheck] names.  TARGET and all that no
    option sets are as in `gradcheck check`.  An op that fails keeps its old lines, and so does all that is not checked.
    Exits 1 where an op fails; where not all could be examined, it exits 3 and writes nothing.
    """
    from gradcheck.cli.baseline_update import UpdateRequest, run_update

    return run_update(UpdateRequest(**options))


@baseline_group.command(name="show")
@click.argument("file", type=FILE, required=False, metavar="[FILE]")
@click.option("--op", "ops", multiple=True, metavar="NAME", help="Show this op only; may be repeated.")
@add_list_options("the table", "the table")
@add_debug_option
def show_baseline(file: Path | None, ops: tuple[str, ...], form: str, output: Path | None) -> int:
    """Show the errors of a baseline or a saved run, and the versions that they were measured with."""
    from gradcheck.cli.baseline_update import find_baseline_path, render_baseline

    require_writable(output)
    emit_report(render_baseline(read_baseline(find_baseline_path(file)), ops, form, output), output)
    return 0


@main.command()
@click.argument("file", type=FILE, metavar="FILE")
@click.option("--op", "ops", multiple=True, metavar="NAME", help="Show this op only; may be repeated.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "svg"]),
    default="text",
    show_default=True,
    help="Format of the trends; svg is a small plot for each op.",
)
@click.option("-o", "--output", type=FILE, metavar="FILE", help="Write the trends to FILE, not to stdout.")
@add_debug_option
def history(file: Path, ops: tuple[str, ...], form: str, output: Path | None) -> int:
    """Show how errors went from run to run: a trend for each op and witness.

    FILE is what `gradcheck check --history FILE` appends to.  Where versions or pinned cases changed, that is told.
    """
    from gradcheck.cli.history_run import run_history

    return run_history(file, ops, form, output)
