"""The command `gradcheck show`: the page of an op of the library, or of one that a target holds."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gradcheck.adapters.inference import CrashedTrialError
from gradcheck.cli.errors import list_expected_errors
from gradcheck.cli.files import emit_report, require_writable
from gradcheck.cli.single_task import run_single_task
from gradcheck.declaration.op import Op
from gradcheck.discovery.found_ops import FoundOp, TargetContents
from gradcheck.discovery.library import load_library_graphs, load_library_ops
from gradcheck.discovery.target_errors import TargetError
from gradcheck.discovery.targets import expand_target, explain_nothing_found
from gradcheck.escaping import cut_text, escape_unprintable
from gradcheck.process_exit import forbid_exit
from gradcheck.report.op_page import make_page, render_picture
from gradcheck.running.session import UsageError, require_known_names
from gradcheck.running.tasks import Answer, Channel, load_contents
from gradcheck.running.time_limit import Phase, TimeAllowance


@dataclass(frozen=True)
class ShowTask:
    """Make the page of an op in a worker, which imports its target.  name: "" for the only one there."""

    target: str
    name: str
    form: str
    timeout: float | None = None

    def run(self, channel: Channel) -> Answer:
        """Answer with the page and the exit code, or with an error whose message is written for users."""
        try:
            with self.begin_phase(channel, Phase.IMPORT):
                contents, found = find_own_op(self.target, self.name)
            with self.begin_phase(channel, Phase.TRIAL):
                op = contents.make(found)
            with self.begin_phase(channel, Phase.CHECK), contents.make_context():
                text, code = render_own_op(op, self.target, self.form)
        except list_expected_errors() as error:
            if isinstance(error.__cause__, CrashedTrialError):
                return {"text": f"{escape_unprintable(cut_text(str(error)))} (crashed)\n", "code": 1}
            return {"error": str(error)}
        return {"text": text, "code": code}

    @contextmanager
    def begin_phase(self, channel: Channel, phase: Phase) -> Iterator[None]:
        """Begin a part of the work, which its time or Ctrl-C may stop."""
        channel.begin_phase(phase)
        with TimeAllowance(self.timeout).limit_phase(phase), channel.accept_interrupts(), forbid_exit():
            yield


def run_show(what: str, name: str | None, form: str, output: Path | None) -> int:
    """Show an op of the library by its name, or one of a target, and return the exit code: 1 where code of a target
    raises in the example.  Raises UsageError, TargetError and NoPictureError."""
    require_writable(output)
    if name is None and not is_target(what):
        text, code = show_library_op(what, form), 0
    else:
        task = ShowTask(what, name or "", form)
        died = f"{what}: the process that ran its code died"
        text, code = run_single_task(task, died, f"{what}: cannot be shown")
    emit_report(text, output)
    return code


def is_target(what: str) -> bool:
    """Whether a word names a target: no op of the library, and a file, a folder, or something with a dot or a colon."""
    if what in {op.name for op in load_library_ops()}:
        return False
    return Path(what).exists() or any(mark in what for mark in ".:/\\")


def show_library_op(name: str, form: str) -> str:
    """Return the page of an op of the library.  Raises UsageError where there is none of the name."""
    ops = {op.name: op for op in load_library_ops()}
    require_known_names([name], list(ops), "op")
    graph = load_library_graphs().get(name)
    return render_picture(ops[name], graph) if form == "svg" else make_page(ops[name], graph).text


def render_own_op(op: Op, target: str, form: str) -> tuple[str, int]:
    """Return the page of an op of a target, and the exit code: 1 where its code raises in the example.  Raises
    NoPictureError."""
    if form == "svg":
        return render_picture(op, None), 0
    page = make_page(op, None, target)
    return page.text, 1 if page.crash else 0


def find_own_op(target: str, name: str) -> tuple[TargetContents, FoundOp]:
    """Find an op in a target by its name, or the only one there.  Raises TargetError, and UsageError where it is not
    clear which is meant."""
    contents = [load_contents(part) for part in expand_target(target).parts]
    found = [(there, op) for there in contents for op in there.ops]
    names = [op.name for _, op in found]
    if not found:
        raise TargetError(explain_nothing_found(target))
    if name:
        require_known_names([name], names, "op")
        return found[names.index(name)]
    if len(found) > 1:
        raise UsageError(f"{target} holds {len(found)} ops; name one by --op: {', '.join(names)}")
    return found[0]
