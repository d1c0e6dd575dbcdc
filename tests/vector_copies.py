"""A copy of some golden vectors, to be spoiled and written, in place of those of the library."""

import json
import shutil

from gradcheck.discovery.library import load_library_ops
from gradcheck.records import golden_vectors
from gradcheck.records.golden_vectors import VectorFile, find_vector_folder
from gradcheck.vectors.index import MARK, replace_index

LIBRARY = {op.name: op for op in load_library_ops()}  # loaded beside all vectors, before any test looks elsewhere
STORED = find_vector_folder()


def use_copy(folder, monkeypatch, names):
    """Let this process use copies of the vectors of some ops, in a folder, and a README with their table."""
    copy = folder / "reference"
    copy.mkdir()
    for name in names:
        shutil.copyfile(STORED / f"{name}.json", copy / f"{name}.json")
    files = [VectorFile.from_json((copy / f"{name}.json").read_text(encoding="utf-8")) for name in sorted(names)]
    (copy / "README.md").write_text(replace_index(f"Words.\n\n{MARK}", files), encoding="utf-8")
    monkeypatch.setattr(golden_vectors, "PACKAGE", folder)
    golden_vectors.load_vectors.cache_clear()
    assert find_vector_folder() == copy
    return copy


def forget_copy():
    """Let the next read the vectors of the library."""
    golden_vectors.load_vectors.cache_clear()


def edit(change):
    """A fault that changes the data of a file, which stays in its layout."""

    def spoil(path):
        data = json.loads(path.read_text(encoding="utf-8"))
        change(data)
        text = json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False)
        path.write_text(f"{text}\n", encoding="utf-8")

    return spoil


def raise_digit(values, i, place=20):
    """Raise one digit of a decimal by one, 9 to 0."""
    at = [k for k, character in enumerate(values[i]) if character.isdigit()][place - 1]
    values[i] = f"{values[i][:at]}{(int(values[i][at]) + 1) % 10}{values[i][at + 1 :]}"


def spoil_output(data):
    raise_digit(data["cases"][0]["expected"]["y"]["values"], 1)


def spoil_gradient(data):
    raise_digit(data["cases"][1]["gradients"]["x"]["values"], 1)


def spoil_input(data):
    data["cases"][2]["inputs"]["x"]["values"][0] = "0x1.8000000000000p+0"


def spoil_upstream(data):
    data["cases"][2]["upstream"]["y"]["values"][0] = "0x1.8000000000000p+0"


def remove_number(data):
    del data["cases"][0]["expected"]["y"]["values"][0]


def truncate(path):
    """Leave the first half of a file."""
    text = path.read_bytes()
    path.write_bytes(text[: len(text) // 2])


FAULTS = {
    "a digit of an output": (edit(spoil_output), "case 1, expected, y, value 2: "),
    "a digit of a gradient": (edit(spoil_gradient), "case 2, gradients, x, value 2: "),
    "an input": (edit(spoil_input), "case 3, inputs, x, value 1: "),
    "an upstream": (edit(spoil_upstream), "case 3, upstream, y, value 1: "),
    "a number less": (edit(remove_number), "case 1, expected, y, value 1: "),
    "a case less": (edit(lambda data: data["cases"].pop()), "cases: 10 in the file, 11 made anew"),
    "no formula": (edit(lambda data: data.pop("formula")), "formula: is only in what is made anew"),
    "missing": (lambda path: path.unlink(), "there is no file"),
    "truncated": (truncate, "the file is no JSON, or it is truncated: "),
    "another layout": (lambda path: path.write_text(path.read_text() + "\n"), "the file is laid out otherwise"),
    "no text": (lambda path: path.write_bytes(b"\xff"), "the file cannot be read: "),
}
"""Faults of a file of vectors, with what is told of each."""
