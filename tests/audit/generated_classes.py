"""Classes of benchmarks/submissions as files, with an assignment that asks for some rows alone; and their audits."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from gradcheck.records.audit import Audit

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
SECONDS = 900.0
"""For each function, by the clock: more than a machine needs that is busy with other tests."""


@dataclass(frozen=True)
class GeneratedClass:
    """A class on disk.  made: its submissions, with what is expected of each; toml: the assignment."""

    folder: Path
    made: tuple
    toml: Path

    def build_command(self, output, *options):
        """The command that audits it."""
        given = [str(self.folder), "--class", "--assignment", str(self.toml), "-o", str(output), "--quiet"]
        given += ["--timeout", str(SECONDS), *options]
        return [sys.executable, "-m", "gradcheck", "audit", *given]

    def audit(self, output, *options):
        """Audit it on the command line, and return the audit."""
        done = subprocess.run(self.build_command(output, *options), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return Audit.from_json((output / "audit.json").read_text())


def make_generated_class(folder, made, name, rows):
    """Write submissions below a folder."""
    from submissions.assignment_files import write_rows
    from submissions.making import write_class

    write_class(made, folder / "class")
    return GeneratedClass(folder / "class", made, write_rows(folder, name, rows))


def list_differences(generated, audit):
    """What an audit says otherwise than is expected, in words; nothing where each verdict is the expected one."""
    from submissions.verdicts import is_as_expected

    told = {s.student: {f.name: f for f in s.functions} for s in audit.submissions}
    return [
        f"{made.name} ({made.group}: {', '.join(made.what)}): {row}: expected {expected.state} {expected.part}, "
        f"got {told[made.name][row].state}, {told[made.name][row].marks}, {told[made.name][row].reason}"
        for made in generated.made
        for row, expected in made.expected.items()
        if not is_as_expected(told[made.name][row], expected)
    ]
