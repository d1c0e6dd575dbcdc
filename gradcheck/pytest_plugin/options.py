"""The options --gradcheck-*.  Each overrides the key of the same name in [tool.gradcheck]."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gradcheck.running import settings


def add_options(parser: pytest.Parser) -> None:
    """Declare the options."""
    group = parser.getgroup("gradcheck", "gradients of hand-written backward passes (defaults: [tool.gradcheck])")
    for name, how in (CHECK_OPTIONS | RUN_OPTIONS).items():
        dest = f"gradcheck_{name.removeprefix('no-').replace('-', '_')}"
        group.addoption(f"--gradcheck-{name}", dest=dest, **how)


def make_option_reader(key: str, read: Callable[[str], Any]) -> Callable[[str], Any]:
    """Make a function that reads an option's text as a value that fits its key."""

    def value(text: str) -> Any:
        try:
            read_value = read(text)
        except ValueError:
            read_value = None
        if read_value is None or not settings.SETTING_KEYS[key].fits(read_value):
            raise argparse.ArgumentTypeError(f"{text!r} is not {settings.SETTING_KEYS[key].expected_value}")
        return read_value

    return value


def read_given_options(config: pytest.Config) -> dict[str, Any]:
    """Read the options that are given, by parameter; paths are relative to the folder that pytest was called from."""
    names = ("examples", "seed", "profile", "largest", "skip", "timeout", "fail_on", "strict", *RUN_OPTION_NAMES)
    switches = ("allow_missing", "allow_new", "annotations")
    given = {name: config.getoption(f"gradcheck_{name}") for name in (*names, *switches)}
    given["laws"] = config.getoption("gradcheck_only")
    for name in RUN_OPTION_NAMES:
        given[name] = given[name] and Path(config.invocation_params.dir, given[name])
    given["reports"] = tuple(Path(config.invocation_params.dir, path) for path in config.getoption("gradcheck_report"))
    return settings.expand_profile({name: value for name, value in given.items() if value is not None})


RUN_OPTION_NAMES = ("save", "against", "history")
PROFILES = ", ".join(f"{name} ({examples})" for name, examples in settings.EXAMPLES_BY_PROFILE.items())
CHECK_OPTIONS: dict[str, dict[str, Any]] = {
    "examples": {
        "help": "number of cases for each op (default: 100)",
        "type": make_option_reader("examples", int),
        "metavar": "N",
    },
    "seed": {
        "help": "seed for the generated cases (default: 0)",
        "type": make_option_reader("seed", int),
        "metavar": "S",
    },
    "profile": {
        "help": f"number of cases by name: {PROFILES}",
        "type": make_option_reader("profile", str),
        "metavar": "NAME",
    },
    "largest": {
        "help": "elements of all inputs together in a case with a long axis, at most (default: 512)",
        "type": make_option_reader("largest", int),
        "metavar": "ELEMENTS",
    },
    "only": {
        "help": "check this law only; may be repeated (select ops with -k)",
        "action": "append",
        "metavar": "LAW",
    },
    "skip": {"help": "do not check this law; may be repeated", "action": "append", "metavar": "LAW"},
    "timeout": {
        "help": "stop an op after SECONDS (in the main thread, not on Windows)",
        "type": make_option_reader("timeout", float),
        "metavar": "SECONDS",
    },
    "fail-on": {
        "help": "also fail findings of this status: imprecise or warning",
        "type": make_option_reader("fail-on", str),
        "metavar": "STATUS",
    },
    "strict": {
        "help": "also fail warnings, disputed and inconclusive verdicts, and ops of which something was not checked",
        "action": "store_const",
        "const": True,
    },
}
"""The options of a check."""
RUN_OPTIONS: dict[str, dict[str, Any]] = {
    "save": {"help": "save the run, with its errors on the pinned cases", "metavar": "RUN.json"},
    "against": {
        "help": "fail where errors grew since this saved run, or ops are gone or new",
        "metavar": "BASELINE.json",
    },
    "history": {
        "help": "append a record of the run, with its errors on the pinned cases; a report in HTML shows the trends",
        "metavar": "FILE.jsonl",
    },
    "allow-missing": {
        "help": "do not fail where ops of the baseline are missing",
        "action": "store_const",
        "const": True,
    },
    "allow-new": {
        "help": "do not fail where ops are not in the baseline",
        "action": "store_const",
        "const": True,
    },
    "report": {
        "help": "write the report to PATH; its suffix selects the format: .txt, .md, .json, .xml, .sarif, or that of "
        "another format; may be repeated",
        "action": "append",
        "default": [],
        "metavar": "PATH",
    },
    "no-annotations": {
        "help": "in a job of GitHub Actions, annotate no code and write no summary of the job",
        "action": "store_const",
        "const": False,
    },
}
"""The options of a whole session."""
