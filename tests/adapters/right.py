"""What holds of right code of another library."""

from gradcheck import check
from gradcheck.adapters import adapt


def assert_right(recognises, thing, declared):
    """It is told by looking, and all laws hold; the result."""
    assert recognises(thing)
    result = check(adapt(thing, **declared), examples=6)
    assert result.status == "passed", [f.claim for f in result.findings]
    return result
