"""gradcheck ops: which ops are listed, what others call them, and what of other libraries is here."""

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from gradcheck.cli.commands import main
from gradcheck.cli.ops_run import OpsRequest, explain_misuse, explain_unknown_alias, select_by_text, tabulate_request
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.discovery.library import load_library_ops
from gradcheck.discovery.peers import load_peers, measure_coverage
from gradcheck.report.peer_coverage import COVERAGE_COMMAND, render_coverage_page
from gradcheck.running.session import UsageError

PAGE = Path(__file__).parents[2] / "docs" / "coverage.md"
REQUEST = OpsRequest(None, (), None, False, False, "text", None, False)
LINEAR = Op(
    "linear",
    len,
    len,
    inputs={"x": Array("N D")},
    formula="y = x @ w + b",
    source="CS231n notes",
    aliases={"Caffe": "InnerProduct", "torch": "linear addmm"},
)
ADD = Op("add", len, len, inputs={"x": Array("N D")}, aliases={"Caffe": "Eltwise", "Keras": "Add"})
MULTIPLY = replace(ADD, name="multiply", aliases={"Caffe": "Eltwise"})
OWN = (LINEAR, ADD, MULTIPLY)


@pytest.fixture(autouse=True)
def _paper(monkeypatch):
    """No width is set."""
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.fixture
def library(monkeypatch):
    """A library of three ops with aliases."""
    monkeypatch.setattr("gradcheck.discovery.library.load_library_ops", lambda: OWN)


def call(*args):
    """The command line in this process."""
    return CliRunner().invoke(main, ["ops", *map(str, args)])


def listed(*args):
    """The first words of the rows that it prints."""
    done = call(*args)
    assert (done.exit_code, done.stderr) == (0, "")
    return [line.split()[0] for line in done.stdout.splitlines()[2:]]


def refused(done, *words):
    """Whether this was refused as bad usage, in one line that holds these words."""
    assert (done.exit_code, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert [word for word in words if word not in line] == []


def test_the_whole_library_is_listed():
    assert listed() == [op.name for op in load_library_ops()]


def test_families_are_chosen():
    families = ("losses", "pooling")
    names = [op.name for op in load_library_ops() if op.family in families]
    assert listed("--family", "losses", "--family", "pooling") == names


def test_a_family_that_does_not_exist_is_told_with_the_nearest():
    refused(call("--family", "loses"), "there is no family 'loses'; did you mean 'losses'?", "pooling")


@pytest.mark.parametrize(
    ("text", "names"),
    [("MULT", ["multiply"]), ("x @ w", ["linear"]), ("cs231n", ["linear"]), ("innerp", ["linear"]), ("keras", ["add"])],
    ids=["name", "formula", "source", "alias", "library"],
)
def test_ops_are_found_by_a_text_in(library, text, names):
    assert listed(text) == names


def test_text_and_family_together_narrow_the_list():
    assert listed("loss", "--family", "losses") == [
        op.name for op in select_by_text([op for op in load_library_ops() if op.family == "losses"], "loss")
    ]


def test_a_text_that_no_op_has_is_refused_with_near_names(library):
    refused(call("multply"), "no op has 'multply' in its name", "did you mean 'multiply'?")


def test_the_ops_of_an_alias_are_listed_with_who_calls_them_so(library):
    assert listed("--alias", "eltwise") == ["add", "multiply"]
    done = call("--alias", "INNERPRODUCT")
    assert done.stdout.splitlines()[0].split() == ["name", "family", "called", "so", "by", "formula"]
    assert done.stdout.splitlines()[2].split()[0] == "linear"
    assert "Caffe" in done.stdout.splitlines()[2]


@pytest.mark.parametrize(
    ("alias", "words"),
    [
        ("InnerProdct", ["no op here is called 'InnerProdct'", "did you mean 'InnerProduct'?"]),
        ("SPP", ["in the list of Caffe", "--coverage"]),
        ("multiply", ["'multiply' is the name of an op here: gradcheck show multiply"]),
        ("Inner", ["no op here is called 'Inner'", "`gradcheck ops TEXT`"]),
        ("", ["no op here is called ''"]),
    ],
)
def test_an_alias_that_no_op_has_is_refused(library, alias, words):
    refused(call("--alias", alias), *words)


def test_several_near_aliases_are_told():
    ops = [replace(ADD, aliases={"Keras": "conv_1d conv_2d conv_3d conv_4d"})]
    assert "did you mean 'conv_4d' or 'conv_3d' or 'conv_2d'? " in explain_unknown_alias(ops, "conv_5d")


@pytest.mark.parametrize(
    "args",
    [
        ("--alias", "add", "--coverage"),
        ("--coverage", "--exceptions"),
        ("loss", "--coverage"),
        ("--family", "losses", "--alias", "add"),
        ("-v",),
    ],
    ids=" ".join,
)
def test_options_that_make_no_sense_together_are_refused(args):
    refused(call(*args))


def test_options_that_make_sense_are_no_clash():
    assert explain_misuse(REQUEST) == ""
    assert explain_misuse(replace(REQUEST, text="loss", exceptions=True)) == ""
    assert explain_misuse(replace(REQUEST, coverage=True, verbose=True)) == ""


def test_exceptions_are_those_of_the_ops_that_are_chosen(monkeypatch):
    departing = replace(ADD, exceptions={"linearity": "a straight-through estimator"})
    monkeypatch.setattr("gradcheck.discovery.library.load_library_ops", lambda: (LINEAR, departing))
    assert [row[0] for row in tabulate_request(replace(REQUEST, exceptions=True)).rows] == ["add"]
    assert call("linear", "--exceptions").stdout == "no exceptions\n"


def test_coverage_has_a_row_for_each_peer():
    done = call("--coverage")
    assert done.exit_code == 0
    found = [line.split()[0] for line in done.stdout.splitlines()[2:] if not line.startswith(" ")]
    assert found == [peer.name for peer in load_peers()]
    assert " more" in done.stdout
    assert all(len(line) <= 120 for line in done.stdout.splitlines())


def test_coverage_names_all_on_request():
    done = call("--coverage", "-v")
    missing = [name for one in measure_coverage(load_library_ops()) for name in one.missing]
    assert [name for name in missing if name not in done.stdout] == []
    assert " more" not in done.stdout
    assert "REGISTER_LAYER" in done.stdout


def test_a_list_may_be_markdown_and_go_to_a_file(tmp_path):
    done = call("--family", "losses", "--format", "markdown", "-o", tmp_path / "ops.md")
    assert (done.exit_code, done.stdout) == (0, "")
    assert (tmp_path / "ops.md").read_text(encoding="utf-8").startswith("| name ")


def test_a_file_that_cannot_be_written_is_refused(tmp_path):
    refused(call("-o", tmp_path / "none" / "ops.md"), "cannot be written")


def test_the_table_fits_a_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "90")
    lines = call().stdout.splitlines()
    assert max(map(len, lines)) <= 90
    assert lines[-1] == "(left out, for 90 columns: source, kinks)"


def test_an_alias_that_no_op_has_is_an_error_of_usage():
    with pytest.raises(UsageError, match="no op here is called 'x'"):
        tabulate_request(replace(REQUEST, alias="x"))


def test_the_page_of_the_documentation_is_that_of_the_library():
    page = render_coverage_page(measure_coverage(load_library_ops()))
    assert PAGE.read_text(encoding="utf-8") == page, f"docs/coverage.md is stale; renew it: {COVERAGE_COMMAND}"


def test_the_command_of_the_page_writes_it(tmp_path):
    *words, file = COVERAGE_COMMAND.split()
    assert (words[:2], file) == (["gradcheck", "ops"], "docs/coverage.md")
    assert call(*words[2:], tmp_path / "coverage.md").exit_code == 0
    assert (tmp_path / "coverage.md").read_text(encoding="utf-8") == render_coverage_page(
        measure_coverage(load_library_ops())
    )
