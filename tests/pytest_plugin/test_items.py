"""The test of one law of an op: where it stands, what it prints, and the search that all laws share."""

import pytest


def test_a_test_stands_where_the_backward_does(project):
    items, _ = project.pytester.inline_genitems()
    assert {item.location[:2] for item in items if "affine" in item.nodeid} == {("mynet/layers.py", 8)}


@pytest.mark.slow
def test_what_an_op_prints_is_captured(project):
    result = project.spawn("--gradcheck-only", "gradient", "-k", "affine")
    result.stdout.fnmatch_lines(["*- Captured stderr call -*", "printed by forward"])


def test_all_laws_of_an_op_share_one_search(project):
    def calls(*laws):
        """How often forward ran."""
        chosen = [word for law in laws for word in ("--gradcheck-only", law)]
        project.run("-k", "affine", "-p", "no:cacheprovider", *chosen)
        return len(log.read_text())

    log = project.path / "calls"
    body = project.path / "mynet/layers.py"
    count = f"open({str(log)!r}, 'a').write('.')"
    body.write_text(body.read_text().replace('print("printed by forward")', count))
    found = []
    for laws in (("contract", "value"), ("contract",), ("value",)):
        log.write_text("")
        found.append(calls(*laws))
    both, contract, value = found
    assert 0 < both < contract + value


def test_the_laws_that_do_not_run_are_not_searched(project):
    result = project.run("-k", "affine and value")
    result.stdout.fnmatch_lines("1 op checked on 4 cases: it holds.")
