"""The table of reference/README.md has a row for each op, and leaves the rest of the file alone."""

import pytest

from gradcheck.records.golden_vectors import VectorFile, find_vector_folder, list_vector_names, load_vectors
from gradcheck.vectors.index import MARK, render_index, replace_index

FILE = VectorFile("abs", {"formula": "y = |x_1| * 2", "source": "a_b"}, ("y",), {}, (), "x_1 is missing")


def test_a_row_links_to_the_file_and_escapes_markup():
    row = render_index([FILE]).splitlines()[-1]
    assert row == r"| [abs](abs.json) | y = \|x\_1\| \* 2 | a\_b | x\_1 is missing |"


def test_a_row_counts_the_cases():
    softmax = load_vectors("softmax")
    assert render_index([softmax]).endswith(f"| {len(softmax.vectors)} |\n")


def test_the_table_is_replaced_and_what_stands_above_stays():
    table = render_index([FILE])
    assert replace_index(f"# Vectors\n\n{MARK}\nold\n", [FILE]) == f"# Vectors\n\n{MARK}\n{table}"
    assert replace_index(replace_index(f"a\n{MARK}", []), [FILE]) == replace_index(f"a\n{MARK}", [FILE])


def test_a_file_without_the_mark_is_refused():
    with pytest.raises(ValueError, match="there is no line '<!-- made by"):
        replace_index("# Vectors\n", [FILE])


def test_the_readme_has_the_table_of_the_files():
    readme = (find_vector_folder() / "README.md").read_text(encoding="utf-8")
    assert replace_index(readme, map(load_vectors, list_vector_names())) == readme
