"""What CI installs is the gradcheck that runs here."""

import json
import sys
from importlib import metadata

import pytest

from gradcheck import __version__
from gradcheck.project_setup.installed_version import is_from_folder, name_requirement


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Puts a distribution of gradcheck before all others, with what pip notes of where it came from."""

    def install(**origin):
        folder = tmp_path / "gradcheck-0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: gradcheck\nVersion: 0\n")
        if origin:
            (folder / "direct_url.json").write_text(json.dumps(origin))
        monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
        assert metadata.version("gradcheck") == "0"

    return install


def test_from_an_index_it_is_its_version(install):
    install()
    assert (name_requirement(), is_from_folder()) == (f"gradcheck=={__version__}", False)


def test_from_a_folder_it_is_its_version_which_may_be_in_no_index(install):
    install(url="file:///home/me/gradcheck", dir_info={"editable": True})
    assert (name_requirement(), is_from_folder()) == (f"gradcheck=={__version__}", True)


def test_from_a_repository_it_is_the_commit(install):
    install(url="https://host.example/gradcheck.git", vcs_info={"vcs": "git", "commit_id": "abc"})
    assert name_requirement() == '"gradcheck @ git+https://host.example/gradcheck.git@abc"'
    assert not is_from_folder()


def test_where_nothing_is_installed_it_is_its_version(monkeypatch):
    monkeypatch.setattr(sys, "path", [])
    assert (name_requirement(), is_from_folder()) == (f"gradcheck=={__version__}", False)
