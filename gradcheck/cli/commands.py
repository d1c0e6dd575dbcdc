"""The command line.  stdout carries data, stderr progress and errors; what goes wrong is told by `edge`."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from gradcheck import __version__
from gradcheck.cli.errors import EXIT_INTERRUPTED, CommandGroup, add_debug_option
from gradcheck.cli.files import emit_report, read_run, require_writable, write_file
from gradcheck.cli.formats import FormatName
from gradcheck.report import registry, render_run
from gradcheck.running import settings

if TYPE_CHECKING:
    from gradcheck.checking.baseline import Comparison
    from gradcheck.records.results import Run

FILE_PATH = click.Path(path_type=Path)


@click.group(cls=CommandGroup, invoke_without_command=True)
@click.version_option(__version__, message="gradcheck %(version)s")
@click.pass_context
def main(ctx: click.Context) -> int | None:
    """Is a hand-written backward pass right, on inputs its author did not think of?

    Exit codes: 0 all holds, 1 something does not, 2 bad usage, 3 nothing was examined, 130 interrupted.
    """
    if ctx.invoked_subcommand == "check":
        ctx.default_map = {"check": settings.read_defaults(Path.cwd())}
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help(), err=True)
        return 2
    return None


def use_default_targets(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    """The targets given, or those of the settings."""
    return value or tuple((ctx.default_map or {}).get("targets", ()))


def read_unset_options() -> dict[str, Any]:
    """What the settings say beneath the options that are given."""
    ctx = click.get_current_context()
    given = [name for name in ctx.params if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    return settings.drop_overridden(ctx.default_map or {}, given)


def use_default_baseline(ctx: click.Context, param: click.Parameter, value: Path | None) -> Path | None:
    """The baseline given, or that of the settings, unless a new one is saved."""
    if ctx.get_parameter_source("against") is ParameterSource.COMMANDLINE:
        return value
    return Path(said) if (said := read_unset_options().get("against")) else None


@main.command()
@click.argument("targets", nargs=-1, metavar="[TARGET]...", callback=use_default_targets)
@click.option("--op", "ops", multiple=True, metavar="NAME", help="Check this op only; may be repeated.")
@click.option("--law", "laws", multiple=True, metavar="NAME", help="Ask this law only; may be repeated.")
@click.option("--examples", type=click.IntRange(1), default=100, show_default=True, help="Cases for each op.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Another seed, other cases.")
@click.option(
    "--jobs",
    type=click.IntRange(1),
    metavar="N",
    help="Ops at a time, each in a process; by default one per core, and one op alone in this one.",
)
@click.option(
    "--arbitrate",
    type=click.Choice(["first", "all"]),
    default="first",
    show_default=True,
    help="Cases of a pattern that XLA sees as well.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0, min_open=True),
    metavar="SECONDS",
    help="Stop an op then; not on Windows.",
)
@click.option("--fail-on", type=click.Choice(["imprecise"]), help="Exit 1 for these as well.")
@click.option("--strict", is_flag=True, help="Exit 3 for anything disputed, inconclusive or incomplete.")
@click.option("--save", type=FILE_PATH, metavar="RUN.json", help="Save the run, errors on the pinned corpus included.")
@click.option(
    "--against",
    type=FILE_PATH,
    metavar="BASELINE.json",
    callback=use_default_baseline,
    help="Exit 1 where errors grew since this run, of the same ops or of those that --op names.",
)
@click.option("--format", "form", type=FormatName(), default="text", show_default=True, help="Format of the report.")
@click.option("-o", "--output", type=FILE_PATH, metavar="FILE_PATH", help="Write the report there, not to stdout.")
@click.option("-q", "--quiet", is_flag=True, help="No progress; of a text report, only the answer and the claims.")
@add_debug_option
def check(targets: tuple[str, ...], ops: tuple[str, ...], save: Path | None, against: Path | None, **asked: Any) -> int:
    """Check ops: those of each TARGET (a module, module:attribute, a file or a folder), or the library.

    Defaults stand in [tool.gradcheck] of the nearest pyproject.toml, under the names of the options: ops, for TARGET;
    laws, for --law; skip, laws to leave out; profile (quick, default or thorough), for --examples; against, unless the
    run is saved; seed, jobs, arbitrate, timeout, fail-on, strict.
    """
    from gradcheck.running import progress, session  # noqa: PLC0415
    from gradcheck.running.plan import Plan  # noqa: PLC0415

    laws = session.select_laws(asked["laws"], read_unset_options().get("skip", ()))
    session.require_timeout_support(asked["timeout"])
    for path in (save, asked["output"]):
        require_writable(path)
    before = read_run(against) if against else None
    found = session.collect_ops(targets, ops)
    measure = bool(save or against)
    plan = Plan(targets, laws, asked["examples"], asked["seed"], asked["timeout"], measure, asked["arbitrate"] == "all")
    with progress.show_progress(len(found), plan.examples, progress.is_stderr_watched() and not asked["quiet"]) as step:
        run, interrupted = session.check_ops(plan, found, step, asked["jobs"])
    if save:
        write_file(run.to_json(), save)
    comparison, incomparable = compare_with_baseline(before and keep_named_ops(before, ops), run)
    form, quiet = asked["form"], asked["quiet"]
    emit_report(render_run(run, form, comparison, quiet), asked["output"])
    if incomparable:
        raise incomparable
    regressed = comparison.regressions if comparison else ()
    if comparison and not registry.load_renderer(form).shows_comparison:
        print_regressions(comparison)
    return (
        EXIT_INTERRUPTED
        if interrupted
        else determine_exit_code(run, asked["fail_on"], asked["strict"], bool(regressed))
    )


def keep_named_ops(run: "Run", ops: tuple[str, ...]) -> "Run":
    """A run of the named ops alone, of all where none is named."""
    return replace(run, results=tuple(r for r in run.results if r.op in ops)) if ops else run


def print_regressions(comparison: "Comparison") -> None:
    """Say on stderr what is worse than in the baseline, and what is not in it: a saved run has no place for that."""
    from gradcheck.report.content import describe_additions, format_relative_error  # noqa: PLC0415

    for row in comparison.regressions:
        now = "is no longer measured" if row.change == "lost" else f"is {format_relative_error(row.after)}"
        click.echo(
            f"gradcheck: regression: {row.op}: {row.name} was {format_relative_error(row.before)}, {now}", err=True
        )
    for line in describe_additions(comparison):
        click.echo(f"gradcheck: {line}", err=True)


def compare_with_baseline(before: "Run | None", after: "Run") -> "tuple[Comparison | None, Exception | None]":
    """The comparison with the baseline, or why there is none: the report is shown in either case."""
    from gradcheck.checking.baseline import NotComparable, compare_runs  # noqa: PLC0415

    try:
        return (compare_runs(before, after) if before else None), None
    except NotComparable as error:
        return None, error


def determine_exit_code(run: "Run", fail_on: str | None, strict: bool, regressed: bool) -> int:
    """What a finished run exits with; 1 goes before 3."""
    from gradcheck.checking.outcome import has_doubtful_status, has_failing_status, is_gradient_unexamined  # noqa: PLC0415

    verdicts = [v for r in run.results for v in r.verdicts]
    if regressed or any(has_failing_status(v, fail_on) for v in verdicts):
        return 1
    unsure = not run.complete or any(map(has_doubtful_status, verdicts))
    return 3 if any(map(is_gradient_unexamined, verdicts)) or (strict and unsure) else 0


@main.command()
@click.option("--exceptions", is_flag=True, help="The laws from which each op lawfully departs, and why.")
@add_debug_option
def ops(exceptions: bool) -> int:
    """List the library: names, formulas, shapes, sources and conventions at kinks."""
    from gradcheck.report import listing  # noqa: PLC0415

    click.echo(listing.tabulate_exceptions() if exceptions else listing.tabulate_library())
    return 0


@main.command()
@click.argument("name", metavar="OP")
@click.option("--format", "form", type=click.Choice(["text", "svg"]), default="text", show_default=True)
@click.option("-o", "--output", type=FILE_PATH, metavar="FILE_PATH", help="Write the page there, not to stdout.")
@add_debug_option
def show(name: str, form: str, output: Path | None) -> int:
    """Show one op of the library: its declaration, a worked example, and a picture of value and slope."""
    from gradcheck.discovery.library import load_library_graphs, load_library_ops  # noqa: PLC0415
    from gradcheck.report.op_page import render_page, render_picture  # noqa: PLC0415
    from gradcheck.running.session import require_known_names  # noqa: PLC0415

    require_writable(output)
    ops = {op.name: op for op in load_library_ops()}
    require_known_names([name], list(ops), "op")
    render = render_picture if form == "svg" else render_page
    emit_report(render(ops[name], load_library_graphs().get(name)), output)
    return 0


@main.command()
def laws() -> int:
    """List the laws: what each states, and why."""
    from gradcheck.report import listing  # noqa: PLC0415

    click.echo(listing.describe_laws())
    return 0


@main.command()
@click.argument("case", type=FILE_PATH, metavar="CASE.json")
@click.argument("target", default=None, required=False)
@add_debug_option
def replay(case: Path, target: str | None) -> int:
    """Check one kept case again, in detail.  TARGET: where its op is now, if not where it was."""
    from gradcheck.cli.replay import replay_case  # noqa: PLC0415

    text, code = replay_case(case, target)
    click.echo(text, nl=False)
    return code


@main.command()
@click.argument("saved", type=FILE_PATH, metavar="RUN.json")
@click.option("--format", "form", type=FormatName(), default="text", show_default=True, help="Format of the report.")
@click.option("-o", "--output", type=FILE_PATH, metavar="FILE_PATH", help="Write the report there, not to stdout.")
@add_debug_option
def report(saved: Path, form: str, output: Path | None) -> int:
    """Render a saved run."""
    run = read_run(saved)
    require_writable(output)
    emit_report(render_run(run, form), output)
    return 0


@main.command()
@click.argument("before", type=FILE_PATH, metavar="BEFORE.json")
@click.argument("after", type=FILE_PATH, metavar="AFTER.json")
@add_debug_option
def compare(before: Path, after: Path) -> int:
    """Compare the errors of two saved runs on the pinned corpus; exit 1 where one grew or is no longer measured."""
    from gradcheck.checking import baseline  # noqa: PLC0415
    from gradcheck.report import answer, content, text  # noqa: PLC0415

    comparison = baseline.compare_runs(read_run(before), read_run(after))
    click.echo(answer.compose_comparison_answer(comparison))
    if comparison.rows:
        click.echo("\n" + text.render_text_table(content.tabulate_changes(comparison.rows)))
    return 1 if comparison.regressions else 0
