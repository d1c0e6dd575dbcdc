from gradcheck.causes.edits.operators.registry import EDIT_OPERATORS, propose_edits
from tests.causes.edits.places_of_text import list_places


def test_every_operator_stands_once():
    assert len(set(EDIT_OPERATORS)) == len(EDIT_OPERATORS)


def test_every_edit_names_a_page_of_the_catalogue():
    import tomllib
    from pathlib import Path

    import gradcheck

    names = tomllib.loads((Path(gradcheck.__file__).parent / "causes/catalogue.toml").read_text())
    lines = [
        "g = np.sum(x * (y - 2), axis=0) / n",
        "x[n:-n] += dy * np.sqrt(v + eps)",
        "return x, np.where(mask, x, -y)",
    ]
    edits = [edit for line in lines for place in list_places(line, ["v", "dy"]) for edit in propose_edits(place)]
    assert {edit.name for edit in edits} <= set(names)
    assert len(edits) > 300
