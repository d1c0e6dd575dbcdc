"""What other libraries have, and that the aliases of the library are names of theirs."""

import jax
import pytest

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.discovery.library import load_library_ops
from gradcheck.discovery.peers import (
    list_aliases,
    list_callers,
    list_peers_with,
    load_peers,
    measure_coverage,
    simplify_name,
)
from gradcheck.spelling import suggest_name

LINEAR = Op("linear", len, len, inputs={"x": Array("N D")}, aliases={"Caffe": "InnerProduct", "torch": "linear addmm"})
ADD = Op("add", len, len, inputs={"x": Array("N D")}, aliases={"Caffe": "Eltwise", "JAX": "add"})
PEERS = {peer.name: peer for peer in load_peers()}


def explain_strange_alias(op, library, name):
    """Why an alias is no name of its library, "" where it is one, or where nobody has a list of that library."""
    spelled = {peer.lower(): peer for peer in PEERS}.get(library.lower(), library)
    if spelled != library:
        return f"{op.name}: {library} is written {spelled}"
    if library not in PEERS or simplify_name(name) in map(simplify_name, known_names(library)):
        return ""
    near = suggest_name(name, known_names(library), most=3)
    return f"{op.name}: {library} has no {name!r}; {near}gradcheck/discovery/peers.toml holds its names"


def known_names(library):
    """The names of a peer, in its list or not."""
    return (*PEERS[library].names, *PEERS[library].others)


@pytest.mark.parametrize("op", load_library_ops(), ids=lambda op: op.name)
def test_an_alias_is_a_name_of_its_library(op):
    strange = [explain_strange_alias(op, *alias) for alias in list_aliases(op)]
    assert list(filter(None, strange)) == []


@pytest.mark.parametrize(
    ("alias", "words"),
    [
        (("Caffe", "InnerProdct"), "linear: Caffe has no 'InnerProdct'; did you mean 'InnerProduct'? "),
        (("torch", "matmull"), "linear: torch has no 'matmull'; did you mean 'matmul'"),
        (("caffe", "InnerProduct"), "linear: caffe is written Caffe"),
        (("Keras", "Dense"), ""),
        (("torch", "Softmax"), ""),
        (("torch", "linalg.norm"), ""),
    ],
)
def test_a_strange_alias_is_told_with_its_op(alias, words):
    said = explain_strange_alias(LINEAR, *alias)
    assert said.startswith(words) if words else said == ""


@pytest.mark.parametrize("peer", load_peers(), ids=lambda peer: peer.name)
def test_a_list_has_as_many_names_as_it_says_and_each_once(peer):
    assert len(peer.names) == peer.count
    spelled = [name.lower() for name in (*peer.names, *peer.others)]
    assert sorted(spelled) == sorted(set(spelled))
    assert all((peer.listed, peer.version, peer.source))


def test_the_peers_are_these():
    counts = {name: peer.count for name, peer in PEERS.items()}
    assert counts == {"Caffe": 51, "CS231n": 31, "torch": 111, "JAX": 31, "Chainer": 215, "thinc": 37, "MyGrad": 104}


def test_the_names_of_jax_are_those_of_the_version_that_the_list_is_of():
    if jax.__version__ != PEERS["JAX"].version:
        pytest.skip(f"the list is of JAX {PEERS['JAX'].version}")
    without = {"one_hot", "get_scaled_dot_general_config", "scaled_dot_general", "scaled_matmul"}
    public = {name for name, value in vars(jax.nn).items() if callable(value) and not name.startswith("_")}
    assert {*PEERS["JAX"].names} == public - without


def test_aliases_are_pairs_of_library_and_name():
    assert list(list_aliases(LINEAR)) == [("Caffe", "InnerProduct"), ("torch", "linear"), ("torch", "addmm")]


def test_who_calls_an_op_so_is_found_in_letters_of_either_case():
    assert list_callers(LINEAR, "innerproduct") == ["Caffe"]
    assert list_callers(LINEAR, "Inner") == []


def test_a_name_is_found_with_its_module_or_without():
    norm = Op("norm", len, len, inputs={"x": Array("N D")}, aliases={"torch": "linalg.norm", "MyGrad": "norm"})
    assert list_callers(norm, "linalg.Norm") == ["torch"]
    assert list_callers(norm, "norm") == ["torch", "MyGrad"]


def test_the_peers_that_have_a_name_are_found():
    assert list_peers_with("maxout") == ["Chainer", "thinc"]
    assert list_peers_with("no_such_name") == []


def test_coverage_counts_the_names_of_a_list_that_ops_are_called():
    by_peer = {one.peer.name: one for one in measure_coverage([LINEAR, ADD])}
    assert by_peer["Caffe"].here == ("Eltwise", "InnerProduct")
    assert set(by_peer["Caffe"].missing) == {*PEERS["Caffe"].names} - {"Eltwise", "InnerProduct"}
    assert by_peer["torch"].here == ("linear",)
    assert by_peer["JAX"].here == ()
