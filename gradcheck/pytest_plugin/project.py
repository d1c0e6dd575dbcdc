"""The settings of a project under pytest: the table [tool.gradcheck], the options that override it, and its ops."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gradcheck.pytest_plugin import options
from gradcheck.pytest_plugin.check_options import CheckOptions
from gradcheck.running import settings

if TYPE_CHECKING:
    from gradcheck.checking.regression_rule import RegressionRules
    from gradcheck.cli.kept_history import KeptHistory
    from gradcheck.records.measured_run import MeasuredRun


@dataclass(frozen=True)
class Project:
    """The settings of a session.

    root: the folder that node ids are relative to.  file: its pyproject.toml.  targets: the ops that are collected.
    save, reports: files to write.  baseline: what to compare with, None for no comparison.  history: what the run is
    appended to, None for nothing.  regression: the table of the rules by which errors regress.
    allow_missing: ops of the baseline may be missing.  allow_new: ops may be new.  annotations: whether a job of GitHub
    Actions is told of the run.
    The keys jobs and arbitrate are for the command line: pytest has xdist, and JAX's settings are the project's own.
    """

    root: Path
    file: Path | None
    targets: tuple[str, ...]
    choices: CheckOptions
    save: Path | None = None
    reports: tuple[Path, ...] = ()
    baseline: "MeasuredRun | None" = None
    history: "KeptHistory | None" = None
    regression: Mapping[str, Any] = field(default_factory=dict)
    allow_missing: bool = False
    allow_new: bool = False
    annotations: bool = True

    @property
    def rules(self) -> "RegressionRules":
        """The rules by which errors regress."""
        from gradcheck.checking.regression_rule import RegressionRules

        return RegressionRules.from_table(self.regression)

    @property
    def measures_errors(self) -> bool:
        """Whether errors on the pinned cases are saved, compared or appended to a history."""
        return any(place is not None for place in (self.save, self.baseline, self.history))

    @property
    def kept(self) -> Path:
        """The folder of the failing cases."""
        return self.root / ".gradcheck"

    def make_importable(self) -> None:
        """Make the project's modules importable for the whole session, as those beside its tests are."""
        if self.file and str(self.file.parent) not in sys.path:
            sys.path.insert(0, str(self.file.parent))


PROJECT_KEY = pytest.StashKey[Project]()
CRASH_FOLDER_KEY = "gradcheck_crashes"
"""The key of workerinput under which the controller of xdist passes the folder of crash records to its workers."""


def read_project(config: pytest.Config) -> Project:
    """Read the settings and options of this session.  Raises SettingsError; BaselineError, RunError for a baseline that
    cannot be read; HistoryError, UsageError for a history that nothing can be appended to."""
    file = settings.find_pyproject(config.rootpath)
    table: dict[str, Any] = settings.read_defaults(file.parent) if file else {}
    if file and "against" in table:
        table["against"] = file.parent / table["against"]
    given = options.read_given_options(config)
    choices = CheckOptions().with_overrides(table).with_overrides(given)
    against = given.get("against") or settings.drop_overridden(table, given).get("against")
    baseline = load_baseline(against) if against else None
    switches = ("allow_missing", "allow_new", "annotations")
    others: dict[str, Any] = {name: given[name] for name in ("save", "reports") if name in given}
    others |= {name: value for name, value in {**table, **given}.items() if name in switches}
    others |= {"regression": table.get("regression", {})}
    targets = tuple(dict.fromkeys(table.get("targets", ())))
    history = open_history(given["history"]) if "history" in given else None
    return Project(config.rootpath, file, targets, choices, baseline=baseline, history=history, **others)


def load_baseline(path: Path) -> "MeasuredRun":
    """Load what to compare with.  Raises BaselineError and RunError."""
    from gradcheck.cli.files import read_baseline

    return read_baseline(path)


def open_history(path: Path) -> "KeptHistory":
    """Open the history that the run is appended to.  Raises HistoryError and UsageError."""
    from gradcheck.cli.kept_history import KeptHistory

    return KeptHistory.open(path)


def verify_project(project: Project) -> None:
    """Raise a ValueError, before anything runs, for laws that cannot be checked, a baseline of another seed, or files
    that cannot be written."""
    if project.baseline is not None and project.baseline.seed != project.choices.seed:
        from gradcheck.checking.baseline import describe_other_seed

        raise ValueError(describe_other_seed(project.baseline.seed, project.choices.seed))
    if project.choices.laws or project.choices.skip:
        project.choices.resolve_laws()
    if project.save:
        from gradcheck.cli.files import require_writable

        require_writable(project.save)
    if project.reports:
        from gradcheck.cli.outputs import choose_outputs

        choose_outputs(None, project.reports)


def has_ops_from_hooks(config: pytest.Config) -> bool:
    """Whether a hook adds ops."""
    return bool(config.hook.pytest_gradcheck_ops.get_hookimpls())


def has_ops(config: pytest.Config) -> bool:
    """Whether there are ops to collect.  Raises UsageError where hooks add ops and there is no pyproject.toml."""
    project = config.stash[PROJECT_KEY]
    if has_ops_from_hooks(config) and project.file is None:
        raise pytest.UsageError("gradcheck: the ops of pytest_gradcheck_ops need a pyproject.toml; it may be empty")
    return bool(project.targets) or has_ops_from_hooks(config)


def add_ops_to_arguments(config: pytest.Config) -> None:
    """Add the pyproject.toml to the paths that pytest collects, where none is named and none holds it."""
    file, sources = config.stash[PROJECT_KEY].file, pytest.Config.ArgsSource
    if has_ops(config) and file and config.args_source in (sources.TESTPATHS, sources.INVOCATION_DIR):
        folders = [Path(config.invocation_params.dir, arg) for arg in config.args]
        if not set(folders) & set(file.parents):
            config.args.append(str(file))


def make_file_id(config: pytest.Config) -> str:
    """Make the node id that those of all collected ops begin with."""
    file = config.stash[PROJECT_KEY].file
    return settings.make_relative_path(config.rootpath, file) if file else ""
