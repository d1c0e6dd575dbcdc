"""Tests of the plugin run pytest in pytest."""

import os

# Tests run side by side on all cores: threads of their matrix products would wait for each other.  Read when NumPy is
# imported, which workers do after this.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):  # where these tests run is nothing that gradcheck is told
    os.environ.pop(name, None)

pytest_plugins = ["pytester"]


def pytest_collection_modifyitems(config, items):
    """Leave out the slow tests that are not of this commit."""
    from tests.lanes import leave_out_slow, takes_everything

    left_out = [] if takes_everything() else leave_out_slow(items)
    config.hook.pytest_deselected(items=left_out)
    gone = set(map(id, left_out))
    items[:] = [item for item in items if id(item) not in gone]
