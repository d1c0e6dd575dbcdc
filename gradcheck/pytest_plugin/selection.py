"""Sessions that run only some of the tests on purpose, so that ops of the baseline may be missing."""

import pytest

from gradcheck.pytest_plugin.project import PROJECT_KEY

SELECTING_OPTIONS = ("keyword", "markexpr", "deselect", "ignore", "ignore_glob", "lf", "stepwise", "collectonly")
"""Options of pytest that leave tests out."""


def is_partial_run(session: pytest.Session) -> bool:
    """Whether tests were selected, or the session stopped at a failure."""
    from gradcheck.laws.registry import measuring_laws

    config = session.config
    chosen = any(config.getoption(option, default=None) for option in SELECTING_OPTIONS)
    named = config.args_source is pytest.Config.ArgsSource.ARGS
    stopped = bool(session.shouldstop or session.shouldfail)
    return chosen or named or stopped or not measuring_laws() & set(config.stash[PROJECT_KEY].choices.resolve_laws())
