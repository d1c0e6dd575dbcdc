"""Insides of other libraries: all are listed, and where one is called otherwise that is told, and the check goes on."""

import ast
import warnings
from dataclasses import replace
from pathlib import Path
from types import CodeType, FunctionType

import pytest

import gradcheck
from gradcheck import check
from gradcheck.adapters import adapt
from gradcheck.adapters.frameworks import torch_noise
from gradcheck.discovery.library import load_library_ops
from gradcheck.private_interfaces import (
    PRIVATE_INTERFACES,
    THINC_MODEL_FORWARD,
    TORCH_DISPATCH_MODE,
    XDIST_SPLIT_SCOPE,
    PrivateInterfaceWarning,
    find_private_interface,
    resolve_dotted_name,
    warn_once_of_change,
)

PACKAGE = Path(gradcheck.__file__).parent
DOCUMENTED = ("os._exit",)
"""A name with an underscore that is documented."""

IN_CLASSES = (TORCH_DISPATCH_MODE, THINC_MODEL_FORWARD, XDIST_SPLIT_SCOPE)
"""What is there without an instance."""

ADD = next(op for op in load_library_ops() if op.name == "add")

each = pytest.mark.parametrize("interface", PRIVATE_INTERFACES, ids=lambda interface: interface.name)


@pytest.fixture(autouse=True)
def _told_anew():
    """What a process is told once, each test is told."""
    remembering = (warn_once_of_change, torch_noise.get_perturbing_mode)
    for function in remembering:
        function.cache_clear()
    yield
    for function in remembering:
        function.cache_clear()


def is_private(name):
    return any(part == "internal" or (part.startswith("_") and not part.startswith("__")) for part in name.split("."))


def private_names(tree):
    """The private modules that a file imports, and the private attributes of all but self."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if is_private(alias.name))
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from filter(is_private, names)
        elif isinstance(node, ast.Attribute) and is_private(node.attr):
            yield ast.unparse(node)


def is_listed(module, name):
    last = name.rpartition(".")[2]
    return any(module == known.used_in and last in known.name.split(".") for known in PRIVATE_INTERFACES)


@pytest.mark.slow
def test_every_inside_that_a_file_uses_is_listed():
    unlisted = []
    for file in PACKAGE.rglob("*.py"):
        module = ".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts)
        names = private_names(ast.parse(file.read_text(encoding="utf-8")))
        own = {*DOCUMENTED, "self"}
        unlisted += [
            (module, n) for n in names if own.isdisjoint((n, n.partition(".")[0])) and not is_listed(module, n)
        ]
    assert unlisted == []


def test_an_inside_that_is_not_listed_is_seen():
    tree = ast.parse("import a._b\nfrom c.internal import d\nself.e, f().g._h.i, j.__k__")
    assert list(private_names(tree)) == ["a._b", "c.internal.d", "f().g._h"]
    assert not is_listed("gradcheck.generation.hypothesis_runs", "thinc.model.Model._func")


@each
def test_an_inside_is_used_where_the_list_says(interface):
    values = vars(resolve_dotted_name(interface.used_in)).values()
    assert any(value is interface or (isinstance(value, tuple) and interface in value) for value in values)
    assert all((interface.seen_in, interface.reason, interface.without))


@pytest.mark.parametrize("interface", IN_CLASSES, ids=lambda interface: interface.name)
def test_an_inside_is_as_expected_in_the_version_that_is_installed(interface):
    pytest.importorskip(interface.name.partition(".")[0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        kind = replace(interface, kind=object) if interface is THINC_MODEL_FORWARD else interface
        assert find_private_interface(kind) is not None


def test_an_inside_of_another_kind_is_not_as_expected():
    with pytest.warns(PrivateInterfaceWarning, match=r"pytest-xdist 3\.\S+ has no .*_split_scope as expected"):
        assert find_private_interface(replace(XDIST_SPLIT_SCOPE, kind=dict)) is None


def test_a_change_is_told_once():
    gone = replace(XDIST_SPLIT_SCOPE, name="xdist.gone")
    with pytest.warns(PrivateInterfaceWarning) as told:
        assert [find_private_interface(gone) for _ in range(3)] == [None] * 3
    assert len(told) == 1


def rename(monkeypatch, owner, name, module):
    """What a release of a library does that calls an inside otherwise, and goes on using it in its own module."""
    monkeypatch.setattr(owner, f"{name}_renamed", vars(owner)[name], raising=False)
    monkeypatch.delattr(owner, name)
    for function in functions_of(module):
        monkeypatch.setattr(function, "__code__", with_renamed(function.__code__, name))


def functions_of(module):
    """The functions, methods and cached properties that a module defines."""
    things = [thing for thing in vars(module).values() if getattr(thing, "__module__", "") == module.__name__]
    things += [member for thing in things if isinstance(thing, type) for member in vars(thing).values()]
    functions = [getattr(thing, "func", thing) for thing in things]
    return [function for function in functions if isinstance(function, FunctionType)]


def with_renamed(code, name):
    """The code with another name for a global, an attribute or a text."""
    names = tuple(f"{n}_renamed" if n == name else n for n in code.co_names)
    values = tuple(
        with_renamed(value, name) if isinstance(value, CodeType) else f"{name}_renamed" if value == name else value
        for value in code.co_consts
    )
    return code.replace(co_names=names, co_consts=values)


def square_in_torch(torch):
    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, dy):
            return 2 * ctx.saved_tensors[0] * dy

    return adapt(Square, x="N", reference=lambda x: x * x)


HOLDERS_IN_TORCH = {
    "TorchDispatchMode": "torch.utils._python_dispatch",
    "overloadpacket": "torch._ops.OpOverload",
    "is_view": "torch.ops.aten.add.Tensor",
}


@pytest.mark.parametrize("name", HOLDERS_IN_TORCH)
def test_where_torch_dispatches_otherwise_the_check_goes_on(monkeypatch, name):
    torch = pytest.importorskip("torch")
    op = square_in_torch(torch)
    monkeypatch.delattr(resolve_dotted_name(HOLDERS_IN_TORCH[name]), name)
    with pytest.warns(
        PrivateInterfaceWarning, match=rf"torch 2\S+ has no torch\.\S+\.{name} .*: rounding inside PyTorch"
    ):
        assert check(op, examples=40).status == "passed"


def test_where_torch_dispatches_as_expected_nothing_is_told():
    torch = pytest.importorskip("torch")
    with warnings.catch_warnings():
        warnings.simplefilter("error", PrivateInterfaceWarning)
        assert check(square_in_torch(torch), examples=4).status == "passed"
        assert torch_noise.get_perturbing_mode() is not None


def test_where_thinc_keeps_its_forward_otherwise_the_check_goes_on(monkeypatch):
    model = pytest.importorskip("thinc.model")
    rename(monkeypatch, model.Model, "_func", model)
    from thinc.api import Linear

    with pytest.warns(PrivateInterfaceWarning, match="has no thinc.model.Model._func .*: reports do not say in which"):
        op = adapt(Linear(4, 3).initialize(), X="N 3")
    assert check(op, examples=40).status == "passed"
