"""A table says where a value is wrong, and what to write."""

import pytest

from gradcheck.audit.assignment import AssignmentError
from gradcheck.audit.toml_table import TomlTable


def table(**values):
    return TomlTable("course.toml", values)


def refuses(read, *words):
    """Whether reading is refused with these words, where among them."""
    with pytest.raises(AssignmentError) as raised:
        read()
    return [word for word in ("course.toml: ", *words) if word not in str(raised.value)] == []


def test_a_value_of_its_kind_is_returned():
    assert table(points=2.5).read("points", "a number") == 2.5
    assert table().read("points", "a number", 1) == 1


@pytest.mark.parametrize(
    ("value", "kind", "example"),
    [(True, "a number", "= 3"), (3, "text", '= "…"'), ("yes", "true or false", "= true"), ("x", "a list", '= ["…"')],
)
def test_a_value_of_another_kind_is_refused_with_an_example(value, kind, example):
    assert refuses(lambda: table(key=value).read("key", kind), f"is {value!r}, not {kind}", example)


def test_a_missing_or_empty_value_is_refused():
    assert refuses(lambda: table().read("title", "text"), 'title is missing; write title = "…"')
    assert refuses(lambda: table(title="").read("title", "text"), "title is empty")


def test_an_unknown_key_is_told_the_nearest():
    assert refuses(lambda: table(tilte="x").require_known(["title", "model"]), "no key 'tilte'; did you mean 'title'?")
    assert refuses(lambda: table(z=1).require_known(["title", "model"]), "no key 'z'; there are: title, model")


def test_an_unknown_name_is_told_the_nearest():
    assert refuses(
        lambda: table(warn=["purty"]).read_names("warn", ["purity", "value"], "law"),
        "warn names 'purty', which is no law; did you mean 'purity'?",
    )


def test_tables_of_a_list_are_called_by_number_and_name():
    rows = table(functions=[{"name": "conv"}, {}]).read_tables("functions", "function")
    assert [row.where for row in rows] == ["course.toml: function 1 (conv)", "course.toml: function 2"]
    assert refuses(lambda: table(functions=["conv"]).read_tables("functions", "function"), "is 'conv', not a table")
