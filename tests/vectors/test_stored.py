"""What differs between the stored vectors and those made anew is told with its place."""

import json

import pytest

from gradcheck.records.golden_vectors import find_vector_folder
from gradcheck.vectors.stored import describe_stored, find_differences

TEXT = (find_vector_folder() / "softmax.json").read_text(encoding="utf-8")
FIRST = json.loads(TEXT)["cases"][0]
NUMBER, INPUT = FIRST["gradients"]["x"]["values"][2], FIRST["inputs"]["x"]["values"][1]
SPOILED_NUMBER = f"{NUMBER[:21]}{(int(NUMBER[21]) + 1) % 10}{NUMBER[22:]}"


def spoil(change):
    """The stored text after a change of its data."""
    data = json.loads(TEXT)
    change(data)
    return json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def drop_flags(data):
    del data["cases"][1]["flags"]


def spoil_digit(data):
    data["cases"][0]["gradients"]["x"]["values"][2] = SPOILED_NUMBER


def spoil_input(data):
    data["cases"][0]["inputs"]["x"]["values"][1] = "0x1.8p+0"


STORED = {
    "a spoiled digit": (
        spoil(spoil_digit),
        f'case 1, gradients, x, value 3: "{SPOILED_NUMBER}" in the file, "{NUMBER}" made anew',
    ),
    "a spoiled input": (
        spoil(spoil_input),
        f'case 1, inputs, x, value 2: "0x1.8p+0" in the file, "{INPUT}" made anew',
    ),
    "another layout": (json.dumps(json.loads(TEXT)), "the file is laid out otherwise"),
    "another end of lines": (TEXT.replace("\n", "\r\n"), "the file is laid out otherwise"),
    "half of it": (TEXT[:2000], "the file is no JSON, or it is truncated: "),
    "nothing": ("", "the file is no JSON, or it is truncated: "),
    "a missing key": (spoil(drop_flags), "case 2, flags: is only in what is made anew"),
    "an extra key": (spoil(lambda data: data.update(made="yesterday")), "made: is only in the file"),
    "an extra case": (spoil(lambda data: data["cases"].append(FIRST)), "cases: 12 in the file, 11 made anew"),
    "a missing case": (spoil(lambda data: data["cases"].pop()), "cases: 10 in the file, 11 made anew"),
    "a number for a text": (spoil(lambda data: data.update(op=3)), 'op: 3 in the file, "softmax" made anew'),
    "true for one": (spoil(lambda data: data["cases"][0].update(number=True)), "case 1, number: true in the file, 1"),
    "another kind of file": ("[1, 2]", "the file: [1, 2] in the file, "),
}
"""Stored texts, and how they are described."""


@pytest.mark.parametrize("name", STORED)
def test_a_difference_is_described_with_its_place(name, tmp_path):
    text, words = STORED[name]
    (tmp_path / "softmax.json").write_bytes(text.encode())
    described = describe_stored(tmp_path / "softmax.json", TEXT)
    assert described.startswith(words)
    assert len(described) < 400


def test_the_first_of_several_differences_is_described_and_the_others_are_counted(tmp_path):
    file = tmp_path / "softmax.json"
    file.write_text(spoil(lambda data: (spoil_digit(data), drop_flags(data))), encoding="utf-8")
    assert describe_stored(file, TEXT).endswith(f'"{NUMBER}" made anew (and 1 other difference)')
    file.write_text(spoil(lambda data: (spoil_digit(data), spoil_input(data), drop_flags(data))), encoding="utf-8")
    assert describe_stored(file, TEXT).endswith(" made anew (and 2 other differences)")


def test_equal_bytes_are_no_difference(tmp_path):
    (tmp_path / "softmax.json").write_bytes(TEXT.encode())
    assert describe_stored(tmp_path / "softmax.json", TEXT) == ""


def test_a_missing_file_is_told(tmp_path):
    assert describe_stored(tmp_path / "softmax.json", TEXT) == "there is no file"


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    (tmp_path / "softmax.json").write_bytes(b"\xff\xfe")
    assert describe_stored(tmp_path / "softmax.json", TEXT).startswith("the file cannot be read: ")
    assert describe_stored(tmp_path, TEXT).startswith("the file cannot be read: ")


def test_all_differences_are_found():
    assert list(find_differences({"a": [1, 2], "b": 1}, {"a": [0, 2, 3], "c": 1})) == [
        "a 1: 1 in the file, 0 made anew",
        "a: 2 in the file, 3 made anew",
        "b: is only in the file",
        "c: is only in what is made anew",
    ]
