"""An agent in the process of the tests, for code that does no harm."""

import pytest

from gradcheck.audit.agent.handlers import Agent


@pytest.fixture
def agent():
    """An agent without a submission; what it loads is gone after the test."""
    made = Agent()
    yield made
    made.loader.close()
