"""Submissions are read one at a time, each time that they are asked for."""

from gradcheck.audit.submission import Submission, Submissions


def read_counted(name, counts):
    counts.append(name)
    return Submission(name)


def test_a_submission_is_read_when_it_is_asked_for():
    counts = []
    found = Submissions({name: lambda name=name: read_counted(name, counts) for name in ("ann", "bob")})
    assert (len(found), found.names, counts) == (2, ("ann", "bob"), [])
    assert [one.name for one in found] == ["ann", "bob"]
    assert found.read("bob").name == "bob"
    assert counts == ["ann", "bob", "bob"]
