"""Which file an import means."""

import pytest

from gradcheck.audit.agent.resolving import FileTree

TREE = FileTree(
    [
        "a2/cs231n/layers.py",
        "a2/cs231n/__init__.py",
        "a2/cs231n/classifiers/fc_net.py",
        "a2/random.py",
        "src/tools.py",
        "n.ipynb",
    ]
)
FLAT = FileTree(["ann_12_34_layers-1.py", "ann_12_35_fc_net.py", "ann_12_36_fast_layers.py", "optim.py"])
FC_NET = ("a2", "cs231n", "classifiers")


def test_a_package_is_found_above_the_importing_file():
    assert TREE.find_above(("cs231n", "layers"), FC_NET) == ("a2",)
    assert TREE.find_above(("fc_net",), FC_NET) == FC_NET
    assert TREE.find_above(("tools",), FC_NET) is None
    assert TREE.find_anywhere(("tools",)) == ("src",)


def test_a_place_is_a_file_or_a_folder():
    assert TREE.find_file(("a2", "cs231n")) == "a2/cs231n/__init__.py"
    assert TREE.find_file(("a2", "cs231n", "layers")) == "a2/cs231n/layers.py"
    assert (TREE.holds(("a2",)), TREE.find_file(("a2",)), TREE.holds(("n",))) == (True, "", False)


@pytest.mark.parametrize(
    ("names", "level", "place"),
    [(("fc_net",), 1, (*FC_NET, "fc_net")), (("layers",), 2, (*FC_NET[:2], "layers")), ((), 1, FC_NET)],
)
def test_relative_imports_count_folders(names, level, place):
    assert TREE.find_relative(names, FC_NET, level) == place


@pytest.mark.parametrize(
    ("names", "place"),
    [
        (("cs231n", "layers"), ("ann_12_34_layers-1",)),
        (("cs231n", "optim"), ("optim",)),
        (("fc_net",), ("ann_12_35_fc_net",)),
        (("torch", "optim"), None),
        (("net",), None),
    ],
)
def test_a_file_without_its_package_or_under_a_new_name_is_found(names, place):
    assert FLAT.find_renamed(names, ()) == place


def test_a_relative_import_beyond_the_top_finds_the_flat_file():
    assert FLAT.find_relative(("layers",), (), 2) == ("ann_12_34_layers-1",)
