"""Failing cases are kept one for each finding, read back exactly, and a broken file is told, not fatal."""

import json
import os
from dataclasses import replace

import numpy as np
import pytest

from gradcheck.declaration.inputs import Array, Several
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole
from gradcheck.records import failing_cases
from gradcheck.records.case import Case
from gradcheck.records.results import Finding, FindingKind
from gradcheck.records.status import Status
from gradcheck.records.subject import Subject

CASE = Case(
    "affine", {"x": np.array([[0.1, -0.0]]), "w": np.array([[np.inf], [2.0]])}, (np.array([[1.0]]),), {"k": 2}, 7
)
FINDING = Finding("affine", "gradient", Subject.of_input("w"), Status.FAILED, "gradient of w is wrong", case=CASE)
OTHER = replace(FINDING, case=CASE.at((np.array([[3.0, 4.0]]), np.array([[5.0], [6.0]]))))


def test_a_failing_case_reads_back_exactly(tmp_path):
    read = failing_cases.load_failing_case(failing_cases.save_failing_case(FINDING, "a.py", tmp_path, "x: real (N D)"))
    assert (read.target, read.law, read.input, read.status) == ("a.py", "gradient", "w", "failed")
    assert read.declaration == "x: real (N D)"
    assert read.case.to_json() == CASE.to_json()


def test_the_inputs_keep_the_order_in_which_forward_takes_them(tmp_path):
    assert list(failing_cases.load_case(failing_cases.save_failing_case(FINDING, "a.py", tmp_path)).inputs) == [
        "x",
        "w",
    ]


def test_the_file_names_op_law_input_and_case(tmp_path):
    path = failing_cases.save_failing_case(FINDING, "a.py", tmp_path)
    assert path.name == f"affine-gradient-w-{CASE.digest}.json"
    assert path == failing_cases.build_case_path(FINDING, tmp_path)


def test_names_that_no_file_system_likes_are_made_plain(tmp_path):
    path = failing_cases.save_failing_case(
        replace(FINDING, op="../a b-c", subject=Subject.of_input("xs[1]")), "a.py", tmp_path
    )
    assert path == tmp_path / f"a_b_c-gradient-xs_1-{CASE.digest}.json"


def test_a_finding_about_no_input_is_about_all(tmp_path):
    assert failing_cases.save_failing_case(
        replace(FINDING, subject=Subject.of_input("")), "a.py", tmp_path
    ).name.startswith("affine-gradient-all-")


def test_a_later_case_of_the_same_finding_takes_its_place(tmp_path):
    failing_cases.save_failing_case(FINDING, "a.py", tmp_path)
    last = failing_cases.save_failing_case(OTHER, "a.py", tmp_path)
    assert list(tmp_path.iterdir()) == [last]


def test_where_a_case_cannot_be_written_the_earlier_one_stays(tmp_path, monkeypatch):
    earlier = failing_cases.save_failing_case(FINDING, "a.py", tmp_path)

    def fail(text, path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(failing_cases, "write_atomically", fail)
    with pytest.warns(failing_cases.FailingCaseWarning, match="affine is not kept: .*No space"):
        assert failing_cases.save_failing_case(OTHER, "a.py", tmp_path) is None
    assert list(tmp_path.iterdir()) == [earlier]


def test_a_folder_that_is_made_has_git_leave_it_alone(tmp_path):
    failing_cases.save_failing_case(FINDING, "a.py", tmp_path / "made")
    assert (tmp_path / "made/.gitignore").read_text().splitlines()[-1] == "*"
    (tmp_path / "used").mkdir()
    failing_cases.save_failing_case(FINDING, "a.py", tmp_path)
    assert not (tmp_path / ".gitignore").exists()
    (tmp_path / "compiled/xla").mkdir(parents=True)
    failing_cases.save_failing_case(FINDING, "a.py", tmp_path / "compiled")
    assert (tmp_path / "compiled/.gitignore").exists()


def test_a_name_of_any_length_is_one_that_file_systems_take(tmp_path):
    long = replace(FINDING, op="a" * 5000, subject=Subject.of_input("b" * 5000))
    path = failing_cases.save_failing_case(long, "a.py", tmp_path)
    assert len(path.name) < 160
    assert path.name != failing_cases.build_case_path(replace(long, op="a" * 4999), tmp_path).name


def test_a_case_of_another_target_law_or_input_stays(tmp_path):
    failing_cases.save_failing_case(FINDING, "a.py", tmp_path)
    failing_cases.save_failing_case(OTHER, "b.py", tmp_path)
    failing_cases.save_failing_case(replace(OTHER, law="value"), "a.py", tmp_path)
    failing_cases.save_failing_case(replace(OTHER, subject=Subject.of_input("x")), "a.py", tmp_path)
    assert len(list(tmp_path.iterdir())) == 4


def test_cases_are_found_by_op_target_and_declaration(tmp_path):
    failing_cases.save_failing_case(FINDING, "a.py", tmp_path, "real")
    assert [c.digest for c in failing_cases.load_cases_of_op("affine", "a.py", tmp_path, "real")] == [CASE.digest]
    assert failing_cases.load_cases_of_op("affine", "b.py", tmp_path, "real") == []
    assert failing_cases.load_cases_of_op("aff", "a.py", tmp_path, "real") == []
    assert failing_cases.load_cases_of_op("affine", "a.py", tmp_path, "positive") == []


def test_without_a_folder_nothing_is_kept(tmp_path):
    assert failing_cases.load_cases_of_op("affine", "a.py", tmp_path / "none") == []


def test_a_broken_file_is_a_warning_and_the_others_are_read(tmp_path):
    failing_cases.save_failing_case(FINDING, "a.py", tmp_path)
    (tmp_path / "affine-value-all-00000000.json").write_text('{"schema": ')
    with pytest.warns(failing_cases.FailingCaseWarning, match="truncated.*delete it"):
        assert len(failing_cases.load_cases_of_op("affine", "a.py", tmp_path)) == 1


def tamper(path, change):
    """Change the data of a file."""
    data = json.loads(path.read_text())
    change(data)
    path.write_text(json.dumps(data))


def set_array(**parts):
    """Change the parts of one array of a case."""
    return lambda data: data["case"]["inputs"]["x"].update(parts)


TAMPERED = {
    "no upstream": lambda data: data["case"].pop("upstream"),
    "upstream of another kind": lambda data: data["case"].update(upstream=3),
    "complex": set_array(dtype="complex128"),
    "object": set_array(dtype="object"),
    "records": set_array(dtype={"names": ["a"], "formats": ["f8"]}),
    "beyond all numbers": set_array(values=["0x1p99999", "0x0p0"]),
    "whole beyond its dtype": set_array(dtype="int8", values=[1000, 1]),
    "text": set_array(values=["x", "y"]),
    "values as text": set_array(values="12"),
    "objects": set_array(values=[{}, []]),
    "huge": set_array(shape=[10**12, 10**12]),
    "negative": set_array(shape=[-1, -2]),
    "no numbers": set_array(shape=["1", 2.0]),
    "too many axes": set_array(shape=[1] * 100 + [2]),
    "a seed beyond all": lambda data: data["case"].update(seed=float("inf")),
    "settings": lambda data: data["case"].update(settings=[1]),
    "a setting": lambda data: data["case"].update(settings={"k": {"floot": "inf"}}),
    "no case": lambda data: data.pop("case"),
    "a case of another kind": lambda data: data.update(case=[]),
}


@pytest.mark.parametrize("change", TAMPERED.values(), ids=TAMPERED)
def test_a_file_that_was_tampered_with_is_one_warning(tmp_path, change):
    tamper(failing_cases.save_failing_case(FINDING, "a.py", tmp_path), change)
    with pytest.warns(failing_cases.FailingCaseWarning, match="json: cannot be read: .*; delete it$") as told:
        assert failing_cases.load_cases_of_op("affine", "a.py", tmp_path) == []
    assert len(told) == 1


@pytest.mark.parametrize(
    "content", [b"\xff\xfe", b"[" * 100_000, b"", b"9" * 5000], ids=["bytes", "deep", "empty", "long"]
)
def test_a_file_that_is_no_text_of_json_is_one_warning(tmp_path, content):
    failing_cases.save_failing_case(FINDING, "a.py", tmp_path).write_bytes(content)
    with pytest.warns(failing_cases.FailingCaseWarning, match="json: cannot be read: .*; delete it$") as told:
        assert failing_cases.load_cases_of_op("affine", "a.py", tmp_path) == []
    assert len(told) == 1


@pytest.mark.parametrize("make", [os.mkdir, getattr(os, "mkfifo", os.mkdir)], ids=["folder", "pipe"])
def test_what_is_no_file_is_one_warning_and_left_alone(tmp_path, make):
    path = failing_cases.build_case_path(FINDING, tmp_path)
    make(path)
    with pytest.warns(failing_cases.FailingCaseWarning, match="json: cannot be read: it is no file; delete it$"):
        assert failing_cases.load_cases_of_op("affine", "a.py", tmp_path) == []
    failing_cases.save_failing_case(OTHER, "a.py", tmp_path)
    assert path.exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_one_warning(tmp_path):
    failing_cases.save_failing_case(FINDING, "a.py", tmp_path).chmod(0)
    with pytest.warns(failing_cases.FailingCaseWarning, match="cannot be read: Permission denied; delete it$"):
        assert failing_cases.load_cases_of_op("affine", "a.py", tmp_path) == []


def test_a_broken_file_is_replaced_by_the_next_case(tmp_path):
    failing_cases.save_failing_case(FINDING, "a.py", tmp_path).write_text("{")
    last = failing_cases.save_failing_case(OTHER, "a.py", tmp_path)
    assert list(tmp_path.iterdir()) == [last]


def test_a_folder_that_cannot_be_written_is_a_warning(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.warns(failing_cases.FailingCaseWarning, match="affine is not kept"):
        assert failing_cases.save_failing_case(FINDING, "a.py", tmp_path / "file") is None


def test_a_finding_without_a_case_is_not_kept(tmp_path):
    assert failing_cases.save_failing_case(replace(FINDING, case=None), "a.py", tmp_path / "none") is None
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "truncated"),
        ('{"schema": "gradcheck-kept/1", "target": "a', "truncated"),
        ("[]", "its schema is 'list'"),
        ('{"schema": "gradcheck-run/1"}', "'gradcheck-run/1', and this version reads 'gradcheck-kept/1'"),
        ('{"schema": "gradcheck-kept/1"}', "has no 'target'"),
        (
            json.dumps({"schema": failing_cases.SCHEMA, "target": "", "law": "", "input": "", "status": "", "case": 3}),
            "no case",
        ),
    ],
)
def test_a_file_that_holds_no_case_is_refused_by_name(tmp_path, content, complaint):
    path = tmp_path / "case.json"
    path.write_text(content)
    with pytest.raises(failing_cases.FailingCaseError, match=complaint) as raised:
        failing_cases.load_failing_case(path)
    assert str(raised.value).startswith(str(path))


def test_a_missing_file_is_refused_by_name(tmp_path):
    with pytest.raises(failing_cases.FailingCaseError, match="No such file"):
        failing_cases.load_failing_case(tmp_path / "none.json")


def test_the_declaration_tells_shapes_domains_settings_and_sizes():
    inputs = {"xs": Several(Array("H"))}
    op = Op("op", abs, abs, inputs=inputs, settings={"k": whole(1, 2)}, sizes={"H": whole(3, 9)})
    wider = replace(op, settings={"k": whole(1, 3)})
    assert failing_cases.describe_declaration(op).startswith("xs: several real (H), k: Whole(")
    assert failing_cases.describe_declaration(op) != failing_cases.describe_declaration(wider)
    assert failing_cases.describe_declaration(op) == failing_cases.describe_declaration(
        replace(op, sizes={"H": whole(3, 9)})
    )


def test_findings_of_two_kinds_keep_a_case_each(tmp_path):
    """A case of a file that does not say the kind is one of a finite disagreement."""
    larger = Case(FINDING.op, {"x": np.ones(7)}, (np.ones(7),), {}, 0)
    finite = failing_cases.save_failing_case(FINDING, "a.py", tmp_path)
    infinite = replace(FINDING, case=larger, kind=FindingKind.NOT_FINITE)
    failing_cases.save_failing_case(infinite, "a.py", tmp_path)
    assert len(list(tmp_path.glob("*.json"))) == 2
    data = json.loads(finite.read_text())
    del data["kind"]
    finite.write_text(json.dumps(data))
    assert failing_cases.load_failing_case(finite).kind == FindingKind.DISAGREES


def test_a_name_that_no_file_may_have_is_part_of_one_all_the_same():
    name = failing_cases.escape_file_name("\ud800" + "affine/" * 40)
    assert name.isascii()
    assert name.startswith("affine_affine_")
    assert len(name) <= failing_cases.MAX_PART_LENGTH
