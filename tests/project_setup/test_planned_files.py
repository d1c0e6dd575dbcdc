"""A project lacks some files, and the others are left as they are."""

from pathlib import PurePosixPath

import pytest

from gradcheck.project_setup.planned_files import find_project, is_listed, plan_files
from gradcheck.running.session import UsageError

OPS = {"net/layers.py": ["relu"], "net/norm.py": ["norm"]}


def plan(project, ops=OPS, ci=None):
    """The files by their places."""
    return {str(file.place): file for file in plan_files(project, ops, ci, "gradcheck==1.0")}


@pytest.fixture
def repository(tmp_path):
    (tmp_path / ".git").mkdir()
    return tmp_path


def test_a_project_without_anything_gets_settings_a_test_and_ci(repository):
    files = plan(repository)
    assert list(files) == ["pyproject.toml", "tests/test_gradients.py", ".github/workflows/gradcheck.yml"]
    assert files["pyproject.toml"].text == '[tool.gradcheck]\nops = [\n    "net/layers.py",\n    "net/norm.py",\n]\n'
    assert 'ROOT / "net/layers.py"), "relu"' in files["tests/test_gradients.py"].text
    assert all(file.text == file.shown for file in files.values())


def test_without_ops_there_is_an_example(repository):
    files = plan(repository, ops={})
    assert files["affine.py"].text.startswith('"""An affine layer')
    assert files["pyproject.toml"].text == '[tool.gradcheck]\nops = ["affine.py"]\n'
    assert "affine.py" in files["tests/test_gradients.py"].text


@pytest.mark.parametrize("place", ["tests/test_gradients.py", ".github/workflows/gradcheck.yml"])
@pytest.mark.parametrize("is_link", [False, True])
def test_what_exists_is_left_as_it_is(repository, place, is_link):
    (repository / place).parent.mkdir(parents=True)
    (repository / place).symlink_to("gone") if is_link else (repository / place).touch()
    assert (plan(repository)[place].kept, plan(repository)[place].text) == ("exists", "")


def test_of_settings_only_what_is_added_is_shown(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[tool.ruff]\n")
    settings = plan(tmp_path)["pyproject.toml"]
    assert settings.text == "[tool.ruff]\n\n" + settings.shown


@pytest.mark.parametrize(
    ("listed", "advice"),
    [
        ('ops = ["net"]', ""),
        ('ops = ["net.layers", "net/norm.py:norm"]', ""),
        ('ops = ["net/norm.py"]', "add to its ops: net/layers.py"),
        ("examples = 5", "add to its ops: net/layers.py, net/norm.py"),
        ("ops = 5", "add to its ops: net/layers.py, net/norm.py"),
    ],
)
def test_a_table_that_is_there_is_left_and_what_it_lacks_is_told(tmp_path, listed, advice):
    (tmp_path / "pyproject.toml").write_text(f"[tool.gradcheck]\n{listed}\n")
    settings = plan(tmp_path)["pyproject.toml"]
    assert (settings.kept, settings.text, settings.advice) == ("has a table [tool.gradcheck]", "", advice)


def test_a_module_below_src_is_its_file():
    assert is_listed(PurePosixPath("src/net/__init__.py"), ["net"])


@pytest.mark.parametrize("ci", ["github", "gitlab", "azure"])
def test_a_system_can_be_named(tmp_path, ci):
    assert [place for place in plan(tmp_path, ci=ci) if place.endswith(".yml")] != []


def test_no_system_can_be_asked_for(repository):
    assert [place for place in plan(repository, ci="none") if place.endswith(".yml")] == []


def test_below_the_root_of_a_repository_there_is_no_file_for_ci(repository):
    (repository / "net").mkdir()
    assert list(plan(repository / "net")) == ["pyproject.toml", "tests/test_gradients.py"]
    with pytest.raises(UsageError, match=f"--ci: GitHub reads the files of {repository} alone; run gradcheck init"):
        plan(repository / "net", ci="github")


def test_the_file_beside_that_of_the_project_has_advice(tmp_path):
    (tmp_path / ".gitlab-ci.yml").write_text("test: {script: [pytest]}\n")
    assert plan(tmp_path)[".gitlab/gradcheck.yml"].advice == "add to .gitlab-ci.yml: `include: .gitlab/gradcheck.yml`"
    assert plan(tmp_path, ci="github")[".github/workflows/gradcheck.yml"].advice == ""


def test_the_project_is_found_within_its_repository(tmp_path):
    (tmp_path / "pyproject.toml").touch()
    inner = tmp_path / "repository" / "net" / "layers"
    inner.mkdir(parents=True)
    assert find_project(inner) == inner
    (tmp_path / "repository" / ".git").mkdir()
    assert find_project(inner) == inner
    (tmp_path / "repository" / "pyproject.toml").touch()
    assert find_project(inner) == tmp_path / "repository"
    (inner.parent / "pyproject.toml").touch()
    assert find_project(inner) == inner.parent
