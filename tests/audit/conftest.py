"""An agent in the process of the tests, for code that does no harm; and one auditor with its sandbox for all tests."""

import sys

import pytest

from gradcheck.audit.agent.handlers import Agent
from gradcheck.audit.audit_settings import AuditSettings
from gradcheck.audit.audit_task import open_auditor
from tests.audit.class_files import WRONG_SIGMOID, audit_one, write_class_assignment


@pytest.fixture
def agent():
    """An agent without a submission; what it loads is gone after the test."""
    made = Agent()
    yield made
    made.loader.close()


@pytest.fixture(scope="session")
def class_settings(tmp_path_factory):
    """How the class of the tests is audited."""
    return AuditSettings(str(write_class_assignment(tmp_path_factory.mktemp("homework"))), examples=6, unsafe=True)


@pytest.fixture(scope="session")
def auditor(class_settings):
    """The auditor of the class, the one that tasks in this process take."""
    if not sys.platform.startswith("linux"):
        pytest.skip("submissions are kept apart on Linux alone")
    with open_auditor(class_settings) as opened:
        yield opened
    open_auditor.cache_clear()


@pytest.fixture(scope="session")
def wrong_sigmoid(auditor):
    """The result of a wrong function, for all tests that read one."""
    return audit_one(auditor, "sigmoid", WRONG_SIGMOID)
