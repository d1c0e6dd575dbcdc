"""The table is added behind what stands in a pyproject.toml, of which no byte changes."""

import tomllib
from pathlib import Path

import pytest

from gradcheck.project_setup.settings_table import add_settings_table, get_table, read_pyproject
from gradcheck.running.settings import SettingsError, read_defaults

FILE = Path("pyproject.toml")
KEPT = [
    "",
    '[project]\nname = "x"   # a comment\n',
    "[tool.ruff]\nline-length = 100",
    "# only a comment",
    '[tool]\nruff.line-length = 100\n\n[[tool.uv.index]]\nname = "a"\n',
    'x = """\n[tool.gradcheck]\n"""\n',
]


@pytest.mark.parametrize("text", [*KEPT, *(text.replace("\n", "\r\n") for text in KEPT)])
@pytest.mark.parametrize("targets", [["a.py"], ["net/ä 😀.py", 'quo"te\\\x07.py']])
def test_what_stands_there_stays_and_the_table_is_read(tmp_path, text, targets):
    whole = add_settings_table(text, targets, FILE)
    assert whole.startswith(text)
    assert "\n" not in whole.replace("\r\n", "") if "\r\n" in text else "\r" not in whole
    data = tomllib.loads(whole)
    assert data["tool"].pop("gradcheck") == {"ops": targets}
    before = tomllib.loads(text)
    assert data == {"tool": {}, **before}


def test_the_command_line_reads_the_table(tmp_path):
    (tmp_path / "layers.py").touch()
    (tmp_path / "pyproject.toml").write_text(add_settings_table("", ["layers.py"], FILE))
    assert read_defaults(tmp_path) == {"targets": ["layers.py"]}


@pytest.mark.parametrize("text", ["tool = {ruff = {}}\n", "tool.gradcheck.jobs = 1\n"])
def test_where_no_table_can_be_added_it_is_shown(text):
    with pytest.raises(
        SettingsError, match=r"pyproject\.toml: the table cannot be added .* write it yourself:\n\[tool"
    ):
        add_settings_table(text, ["a.py"], FILE)


def test_a_name_that_is_no_text_cannot_be_listed():
    with pytest.raises(SettingsError, match="surrogates not allowed"):
        add_settings_table("", ["\udcff.py"], FILE)


@pytest.mark.parametrize("content", [b"[tool", b"\xff", b"\xef\xbb\xbf[tool]\n"])
def test_a_file_that_cannot_be_read_is_refused(tmp_path, content):
    (tmp_path / "pyproject.toml").write_bytes(content)
    with pytest.raises(SettingsError, match=r"pyproject\.toml cannot be read: .*; correct it first"):
        read_pyproject(tmp_path / "pyproject.toml")


def test_a_file_is_read_with_its_line_ends(tmp_path):
    (tmp_path / "pyproject.toml").write_bytes(b"[a]\r\nb = 1\r\n")
    assert read_pyproject(tmp_path / "pyproject.toml") == ("[a]\r\nb = 1\r\n", {"a": {"b": 1}})
    assert read_pyproject(tmp_path / "nothing.toml") == ("", {})


def test_a_table_is_got_by_its_keys():
    assert get_table({"a": {"b": {"c": 1}}}, "a", "b") == {"c": 1}
    assert get_table({"a": {"b": 1}}, "a", "b") == get_table({"a": 1}, "a", "b") == get_table({}, "a") == {}
