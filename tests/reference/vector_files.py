"""The files of reference/, and their layout."""

import json
from pathlib import Path

REFERENCE = Path(__file__).parents[2] / "reference"
README = (REFERENCE / "README.md").read_text(encoding="utf-8")
SCHEMA = REFERENCE / "gradcheck-vectors-1.schema.json"
VECTOR_FILES = sorted(set(REFERENCE.glob("*.json")) - {SCHEMA})


def read_vectors(op="softmax"):
    """The vectors of an op, as plain data."""
    return json.loads((REFERENCE / f"{op}.json").read_text(encoding="utf-8"))


def write(data):
    """The text of vectors, as reference/ holds them."""
    return json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
