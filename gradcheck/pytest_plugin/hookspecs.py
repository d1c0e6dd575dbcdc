"""Hooks of the plugin, for a project's conftest.py and for other plugins."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from gradcheck.declaration.op import Op
    from gradcheck.records.results import Run


@pytest.hookspec
def pytest_gradcheck_ops(config: pytest.Config) -> "Iterable[Op]":  # type: ignore[empty-body]
    """Return ops to check beside those that [tool.gradcheck] names, for instance one for each entry of a registry.

    Their tests are called pyproject.toml::hooks::NAME::LAW, so the project needs a pyproject.toml; it may be empty.

    .. code-block:: python

        def pytest_gradcheck_ops(config):
            from mynet.registry import LAYERS

            return [layer.as_op() for layer in LAYERS]
    """


@pytest.hookspec
def pytest_gradcheck_report(config: pytest.Config, run: "Run") -> None:
    """Read the run, once all tests are done; not called where nothing was checked.  Under xdist, the controller calls
    it, with the results of all workers.

    .. code-block:: python

        def pytest_gradcheck_report(config, run):
            worst = {result.op: max(result.errors.values(), default=0.0) for result in run.results}
            Path("errors.json").write_text(json.dumps(worst))
    """
