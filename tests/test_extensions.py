"""Objects that other packages bring by entry points."""

import sys

import pytest

from gradcheck.extensions import ExtensionError, load_extensions

GROUP = "gradcheck.tests"


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Put a distribution with entry points on the path."""
    monkeypatch.syspath_prepend(tmp_path)

    def put(distribution, module, content, *entries):
        (tmp_path / f"{module}.py").write_text(content)
        folder = tmp_path / f"{distribution}-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
        (folder / "entry_points.txt").write_text("\n".join([f"[{GROUP}]", *entries]))
        monkeypatch.delitem(sys.modules, module, raising=False)

    return put


def test_without_a_package_there_are_none():
    assert load_extensions(GROUP) == []


def test_objects_come_by_distribution_and_name(install):
    install("zeta", "zeta_extension", "ONE, TWO = 1, 2", "b = zeta_extension:TWO", "a = zeta_extension:ONE")
    install("alpha", "alpha_extension", "THREE = 3", "c = alpha_extension:THREE")
    assert load_extensions(GROUP) == [3, 1, 2]


@pytest.mark.parametrize(
    ("content", "said"), [("raise ValueError('not today')", "ValueError: not today"), ("", ".*has no attribute 'LAW'")]
)
def test_one_that_cannot_be_loaded_is_named_with_its_package_and_its_error(install, content, said):
    install("broken", "broken_extension", content, "law = broken_extension:LAW")
    words = f"the entry point 'law' of group '{GROUP}' in broken cannot be loaded: {said}; mend or remove that package"
    with pytest.raises(ExtensionError, match=words):
        load_extensions(GROUP)
