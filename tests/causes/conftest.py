"""Of the slow tests of causes, which are many of one kind, a third is run at each commit."""

from pathlib import Path

from tests.lanes import count_commits, takes_everything

PART = 3
"""One slow test in so many is run, others at each commit."""


def pytest_collection_modifyitems(config, items):
    """Leave out the slow tests of this folder that are not of this commit."""
    if takes_everything():
        return
    slow = [item for item in items if Path(__file__).parent in item.path.parents and item.get_closest_marker("slow")]
    left_out = [item for i, item in enumerate(slow) if i % PART != count_commits() % PART]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in set(left_out)]
