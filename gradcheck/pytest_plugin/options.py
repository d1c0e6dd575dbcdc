"""The options --gradcheck-*.  Each stands over the key of the same name in [tool.gradcheck]."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gradcheck.running import settings


def add_options(parser: pytest.Parser) -> None:
    """Declare the options."""
    group = parser.getgroup("gradcheck", "gradients of hand-written backward passes (defaults: [tool.gradcheck])")

    def option(name: str, help: str, **how: Any) -> None:
        group.addoption(f"--gradcheck-{name}", dest=f"gradcheck_{name.replace('-', '_')}", help=help, **how)

    profiles = ", ".join(f"{name} ({examples})" for name, examples in settings.EXAMPLES_BY_PROFILE.items())
    option("examples", "cases for each op (default: 100)", type=make_option_reader("examples", int), metavar="N")
    option("seed", "another seed, other cases (default: 0)", type=make_option_reader("seed", int), metavar="S")
    option(
        "profile",
        f"a name for the number of cases: {profiles}",
        type=make_option_reader("profile", str),
        metavar="NAME",
    )
    option("only", "ask this law only; may be repeated (choose ops with -k)", action="append", metavar="LAW")
    option("skip", "do not ask this law; may be repeated", action="append", metavar="LAW")
    in_time = "stop an op then; in the main thread, not on Windows"
    option("timeout", in_time, type=make_option_reader("timeout", float), metavar="SECONDS")
    option("fail-on", "fail these as well: imprecise", type=make_option_reader("fail-on", str), metavar="STATUS")
    option("strict", "fail anything disputed or inconclusive", action="store_const", const=True)
    option("save", "save the run, errors on the pinned corpus included", metavar="RUN.json")
    option("against", "fail where errors grew since this run", metavar="BASELINE.json")
    option("allow-missing", "ops of the baseline may be gone", action="store_const", const=True)
    option("report", "write the report to PATH, in the format of its suffix: .txt, .md, .json, …", metavar="PATH")


def make_option_reader(key: str, read: Callable[[str], Any]) -> Callable[[str], Any]:
    """How an option's text becomes a value that its key wants."""

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
    """The options that are given, by parameter; paths are those of the folder that pytest was called from."""
    names = ("examples", "seed", "profile", "skip", "timeout", "fail_on", "strict", "save", "against", "report")
    said = {name: config.getoption(f"gradcheck_{name}") for name in (*names, "allow_missing")}
    said["laws"] = config.getoption("gradcheck_only")
    for name in ("save", "against", "report"):
        said[name] = said[name] and Path(config.invocation_params.dir, said[name])
    return settings.expand_profile({name: value for name, value in said.items() if value is not None})
