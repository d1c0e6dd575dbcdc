"""What a user can mend is told in a message."""

import pytest

from gradcheck.pytest_plugin.usage_errors import fail_on_usage_error, list_usage_errors


@pytest.mark.parametrize("error", list_usage_errors(), ids=lambda error: error.__name__)
def test_an_error_of_use_fails_the_test_without_a_traceback(error):
    with pytest.raises(pytest.fail.Exception) as failure, fail_on_usage_error():
        raise error("write this instead")
    assert failure.value.msg == "gradcheck: write this instead"
    assert failure.value.pytrace is False


def test_any_other_error_goes_through():
    with pytest.raises(ZeroDivisionError), fail_on_usage_error():
        raise ZeroDivisionError
