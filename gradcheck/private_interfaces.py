"""Insides of other libraries that gradcheck leans on, for want of a public way.

No library promises to keep them.  Where one is other than expected a warning says what is lost, and the check goes on
without it.  Of JAX, NumPy, SciPy, Hypothesis and pytest nothing is used but what they document.
"""

import pkgutil
import warnings
from dataclasses import dataclass
from functools import cache
from types import FunctionType
from typing import Any


class PrivateInterfaceWarning(UserWarning):
    """An inside of another library is other than expected, and gradcheck does without it."""


@dataclass(frozen=True)
class PrivateInterface:
    """One inside of a library.

    name: dotted, from the top module on; the last part may be an attribute that instances alone have.  library: what
    pip calls it.  kind: the class that the object is an instance of.  used_in: the module of gradcheck.  reason: what
    it is used for.  without: what is lost where it is other than expected.  seen_in: versions that have it.
    """

    name: str
    library: str
    kind: type
    used_in: str
    reason: str
    without: str
    seen_in: tuple[str, ...]


def describe_torch_dispatch(name: str, kind: type, reason: str) -> PrivateInterface:
    """One of the names by which operations of PyTorch are moved, to measure their rounding."""
    return PrivateInterface(
        name,
        "torch",
        kind,
        "gradcheck.adapters.frameworks.torch_noise",
        reason,
        "rounding inside PyTorch is not measured, and may be taken for a mistake",
        ("2.13.0",),
    )


TORCH_DISPATCH_MODE = describe_torch_dispatch(
    "torch.utils._python_dispatch.TorchDispatchMode",
    type,
    "PyTorch's notes on extending it name the class; the module that holds it is not public",
)
TORCH_OVERLOAD_PACKET = describe_torch_dispatch(
    "torch._ops.OpOverload.overloadpacket", object, "the name of an operation, without that of its overload"
)
TORCH_IS_VIEW = describe_torch_dispatch(
    "torch._ops.OpOverload.is_view", bool, "whether the result of an operation stands on the memory of an operand"
)

THINC_MODEL_FORWARD = PrivateInterface(
    "thinc.model.Model._func",
    "thinc",
    object,
    "gradcheck.adapters.conventions.thinc",
    "the forward function that a layer was made of, in which its backward is written",
    "reports do not say in which file and line a layer is written",
    ("9.1.0", "9.1.1"),
)


def describe_xdist_scheduling(name: str, kind: type, reason: str) -> PrivateInterface:
    """One of the names of xdist's scheduling that the scheduling of ops overrides or reads."""
    return PrivateInterface(
        f"xdist.scheduler.LoadScopeScheduling.{name}",
        "pytest-xdist",
        kind,
        "gradcheck.pytest_plugin.scheduling",
        reason,
        "the tests of one op are handed out one by one, so that several workers may examine the same op",
        ("3.6.0", "3.8.0"),
    )


XDIST_SPLIT_SCOPE = describe_xdist_scheduling(
    "_split_scope", FunctionType, "overridden: which tests go to the same worker"
)
XDIST_ASSIGNED_WORK = describe_xdist_scheduling(
    "assigned_work", dict, "which test a worker was running when it died, and which were waiting"
)

PRIVATE_INTERFACES = (
    TORCH_DISPATCH_MODE,
    TORCH_OVERLOAD_PACKET,
    TORCH_IS_VIEW,
    THINC_MODEL_FORWARD,
    XDIST_SPLIT_SCOPE,
    XDIST_ASSIGNED_WORK,
)
"""All of them."""


def find_private_interface(interface: PrivateInterface, holder: Any = None) -> Any:
    """The object of this name, or the attribute of an instance that holds it.  None where it is missing or of another
    kind, which is told once in a process."""
    name = interface.name
    found = resolve_dotted_name(name) if holder is None else getattr(holder, name.rpartition(".")[2], None)
    if found is not None and isinstance(found, interface.kind):
        return found
    warn_once_of_change(interface)
    return None


def resolve_dotted_name(name: str) -> Any:
    """The object of this name, None where there is no such thing."""
    try:
        return pkgutil.resolve_name(name)
    except (ImportError, AttributeError):
        return None


@cache
def warn_once_of_change(interface: PrivateInterface) -> None:
    """Tell of an inside that is other than expected.  A check silences all warnings, but not this one."""
    from importlib.metadata import version

    installed = version(interface.library)
    seen = f"seen in {', '.join(interface.seen_in)}"
    told = f"{interface.library} {installed} has no {interface.name} as expected ({seen}): {interface.without}"
    with warnings.catch_warnings():
        warnings.simplefilter("always", PrivateInterfaceWarning)
        warnings.warn(told, PrivateInterfaceWarning, stacklevel=3)
