"""The state of the process that code under test may change, put back after each call and after each op.

After each call: what gradcheck itself could not go on without.  After each op: everything that another op or the host
could notice.  Names of NumPy, of Python and of gradcheck that the code replaced are put back and told, since what was
found meanwhile was computed with them.
"""

import builtins
import gc
import io
import locale
import operator
import os
import random
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from contextvars import Context, copy_context
from functools import cache
from types import ModuleType
from typing import Any, TextIO

import numpy as np

from gradcheck.evaluation.private_copies import view_module
from gradcheck.isolation import GLOBAL_STATE_LOCK

CallState = tuple[int, Context, Any, int, list[str], list[Any], list[Any]]
"""The recursion limit, the context variables, among them NumPy's handling of floating-point errors, the filters of
warnings, how many modules there are, and the lists by which modules are found."""

Restore = Callable[[], None]
"""A function that puts a part of the state back."""

LOADED_MODULES: dict[str, ModuleType] = {}
"""The modules that were loaded when the check of an op began, within preserve_process_state."""

SYS_ATTRIBUTES = ("path", "meta_path", "path_hooks", "argv", "modules", "excepthook", "unraisablehook", "displayhook")
STANDARD_STREAMS = ("stdout", "stderr", "__stdout__", "__stderr__")
STANDARD_DESCRIPTORS = (0, 1, 2)
SIGNAL_NAMES = ("INT", "TERM", "ALRM", "HUP", "QUIT", "USR1", "USR2", "CHLD", "PIPE", "VTALRM", "PROF", "ABRT", "SEGV")
SIGNALS = tuple(getattr(signal, f"SIG{name}") for name in SIGNAL_NAMES if hasattr(signal, f"SIG{name}"))

WATCHED_MODULES = ("numpy", "numpy.linalg", "numpy.random", "numpy.fft", "math", "jax.numpy")
"""Modules whose names are watched, beside the builtins and all of gradcheck."""

UNWATCHED_NAMES = frozenset({"_", "__warningregistry__"})
"""Names that Python itself sets: the last result of an interactive session, and the warnings that were shown."""

MISSING = object()


def read_call_state() -> CallState:
    """Read the state that has to be the same after a call of code under test."""
    lists = sys.path[:], sys.meta_path[:], sys.path_hooks[:]
    return sys.getrecursionlimit(), copy_context(), warnings.filters[:], len(sys.modules), *lists


def restore_call_state(state: CallState) -> None:
    """Put the state back that a call of code under test has changed.  What it has added may stay until the op is done:
    a later call may rely on it."""
    limit, context, filters, modules, path, finders, hooks = state
    if sys.getrecursionlimit() < limit:
        sys.setrecursionlimit(limit)
    if not is_same_context(copy_context(), context):  # costs a fraction of np.geterr()
        np.seterr(**context.run(np.geterr))
    if warnings.filters != filters:
        set_warning_filters(filters)
    if len(sys.modules) < modules:
        sys.modules.update({name: module for name, module in LOADED_MODULES.items() if name not in sys.modules})
    if len(sys.path) < len(path):
        sys.path[:] = path
    if len(sys.meta_path) < len(finders):
        sys.meta_path[:] = finders
    if len(sys.path_hooks) < len(hooks):
        sys.path_hooks[:] = hooks


def is_same_context(context: Context, other: Context) -> bool:
    """Whether the same context variables hold the same objects."""
    return len(context) == len(other) and all(map(operator.is_, context.values(), map(other.get, context)))


def set_warning_filters(filters: Any) -> None:
    """Set the filters of warnings, and have Python notice it: it does where a catch_warnings ends."""
    warnings.filters[:] = filters  # type: ignore[index]
    with warnings.catch_warnings():
        pass


def preserve_process_state() -> "PreservedState":
    """Put back afterwards what code under test has changed in its process; checks of other threads wait meanwhile.

    The context gives a list that holds in the end, as words, what was replaced in NumPy, Python and gradcheck:
    "numpy.sum".
    """
    return PreservedState()


class PreservedState:
    """The context of preserve_process_state.  It is no generator: a replaced `next` would never let that end."""

    def __init__(self) -> None:
        self.replaced: list[str] = []

    def __enter__(self) -> list[str]:
        with ExitStack() as stack:
            for context in (GLOBAL_STATE_LOCK, np.errstate(), warnings.catch_warnings()):
                stack.enter_context(context)
            self.names, self.loaded = snapshot_names(), dict(LOADED_MODULES)
            LOADED_MODULES.update(sys.modules)
            self.restores = [save() for save in STATE]
            self.streams = guard_streams()
            self.stack = stack.pop_all()
        return self.replaced

    def __exit__(self, *raised: object) -> None:
        self.replaced += [*restore_names(self.names), *restore_modules()]
        set_streams(self.streams)
        for restore in self.restores:
            with suppress(Exception):  # one part that cannot be put back leaves no other
                restore()
        LOADED_MODULES.clear()
        LOADED_MODULES.update(self.loaded)
        self.stack.close()


def save_working_folder() -> Restore:
    """Save the working folder; there is none where it was deleted."""
    try:
        folder = os.getcwd()
    except OSError:
        return lambda: None

    def restore() -> None:
        os.chdir(folder)

    return restore


def save_environment() -> Restore:
    """Save the environment variables; new ones may stay, since they may be set once for all ops of a library."""
    before = os.environ.copy()

    def restore() -> None:
        for name, value in before.items():
            if os.environ.get(name) != value:
                os.environ[name] = value

    return restore


def save_interpreter() -> Restore:
    """Save the lists and hooks of sys, the recursion limit, and whether garbage is collected."""
    attributes = {name: getattr(sys, name) for name in SYS_ATTRIBUTES}
    path, finders = sys.path[:], list[tuple[Any, Any]]()
    finders += [(sys.meta_path, sys.meta_path[:]), (sys.path_hooks, sys.path_hooks[:])]
    limit, collects, hook = sys.getrecursionlimit(), gc.isenabled(), threading.excepthook

    def restore() -> None:
        sys.setrecursionlimit(limit)
        for name, value in attributes.items():
            setattr(sys, name, value)
        sys.path[:] = path
        for now, before in finders:  # new ones stay: libraries add their own when they are imported
            now[:0] = [finder for finder in before if finder not in now]
        (gc.enable if collects else gc.disable)()
        threading.excepthook = hook

    return restore


def save_random_state() -> Restore:
    """Save the state of the global random numbers."""
    numpy_state, python_state = np.random.get_state(), random.getstate()  # noqa: NPY002

    def restore() -> None:
        np.random.set_state(numpy_state)  # noqa: NPY002
        random.setstate(python_state)

    return restore


def save_locale() -> Restore:
    """Save the locale."""
    before = locale.setlocale(locale.LC_ALL)

    def restore() -> None:
        if locale.setlocale(locale.LC_ALL) != before:
            locale.setlocale(locale.LC_ALL, before)

    return restore


def save_signal_handlers() -> Restore:
    """Save the handlers of signals, and whether an alarm is set; only the main thread may change them."""
    handlers = {number: signal.getsignal(number) for number in SIGNALS}
    alarm = read_alarm()

    def restore() -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        if alarm == 0 and read_alarm():
            signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in handlers.items():
            if handler is not None and signal.getsignal(number) is not handler:
                signal.signal(number, handler)

    return restore


def read_alarm() -> float:
    """Return the seconds until the alarm, 0 where none is set."""
    return signal.getitimer(signal.ITIMER_REAL)[0] if hasattr(signal, "getitimer") else 0.0


def save_descriptors() -> Restore:
    """Save the descriptors of the standard streams, which code may close, or lead elsewhere."""
    copies = {}
    for number in list_descriptors():
        with suppress(OSError):  # the host has none
            copies[number] = os.dup(number)

    def restore() -> None:
        for number, copy in copies.items():
            if not leads_to_same_file(number, copy):
                os.dup2(copy, number)
            os.close(copy)

    return restore


def list_descriptors() -> set[int]:
    """Return the standard descriptors, and those of the standard streams, which a test runner leads elsewhere."""
    numbers = set(STANDARD_DESCRIPTORS)
    for name in STANDARD_STREAMS:
        with suppress(OSError, AttributeError, ValueError):  # no stream, or one without a descriptor
            numbers.add(getattr(sys, name).fileno())
    return numbers


def leads_to_same_file(number: int, copy: int) -> bool:
    """Whether two descriptors lead to one file."""
    try:
        return os.path.sameopenfile(number, copy)
    except OSError:
        return False


STATE: tuple[Callable[[], Restore], ...] = (
    save_interpreter,
    save_descriptors,
    save_environment,
    save_random_state,
    save_locale,
    save_signal_handlers,
    save_working_folder,
)
"""The parts of the state, each a function that saves it and returns one that puts it back."""


class GuardedStream(io.TextIOBase):
    """A stream that writes to another, which stays open when this one is closed."""

    def __init__(self, target: Any) -> None:
        super().__init__()
        self.target = target

    def write(self, text: str) -> int:
        """Write to the other stream."""
        return int(self.target.write(text) or 0)

    def flush(self) -> None:
        """Flush the other stream."""
        self.target.flush()

    def close(self) -> None:
        """Flush; nothing is closed."""
        with suppress(Exception):
            self.flush()

    def detach(self) -> Any:
        """Return the binary stream; nothing is detached."""
        return self.buffer

    def fileno(self) -> int:
        """Return the descriptor of the other stream."""
        return int(self.target.fileno())

    def isatty(self) -> bool:
        """Whether the other stream is a terminal."""
        return bool(self.target.isatty())

    def writable(self) -> bool:
        """Return True."""
        return True

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The encoding of the other stream."""
        return getattr(self.target, "encoding", None) or "utf-8"

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        """What the other stream does with characters that it cannot encode."""
        return getattr(self.target, "errors", None)

    @property
    def buffer(self) -> "GuardedBuffer":
        """The binary stream."""
        return GuardedBuffer(self)


class GuardedBuffer(io.BufferedIOBase):
    """The binary stream of a guarded stream."""

    def __init__(self, stream: GuardedStream) -> None:
        super().__init__()
        self.stream = stream

    def write(self, data: Any) -> int:
        """Write to the other stream."""
        self.stream.write(bytes(data).decode(self.stream.encoding, "backslashreplace"))
        return len(bytes(data))

    def flush(self) -> None:
        """Flush the other stream."""
        self.stream.flush()

    def close(self) -> None:
        """Flush; nothing is closed."""
        self.stream.close()

    def fileno(self) -> int:
        """Return the descriptor of the other stream."""
        return self.stream.fileno()

    def writable(self) -> bool:
        """Return True."""
        return True


def guard_streams() -> dict[str, Any]:
    """Guard the standard streams: code that closes or replaces one closes or replaces it for itself alone.  Returns
    what they were."""
    before = {name: getattr(sys, name) for name in STANDARD_STREAMS}
    set_streams({name: None if stream is None else GuardedStream(stream) for name, stream in before.items()})
    return before


def set_streams(streams: Mapping[str, Any]) -> None:
    """Set the standard streams, by their names in sys."""
    for name, stream in streams.items():
        setattr(sys, name, stream)


@contextmanager
def redirect_prints() -> Iterator[None]:
    """Send what code prints to stderr meanwhile, by sys.stdout or by its descriptor; nothing that the code closes is
    ours."""
    with ExitStack() as stack:
        before = sys.stdout, sys.__stdout__
        stack.callback(set_stdout, *before)
        stream = stack.enter_context(open_copy_of_stderr())
        stack.enter_context(redirect_stdout_descriptor())
        set_stdout(stream, stream)
        yield


def set_stdout(stream: Any, original: Any) -> None:
    """Set sys.stdout and sys.__stdout__."""
    sys.stdout, sys.__stdout__ = stream, original  # type: ignore[misc]


@contextmanager
def open_copy_of_stderr() -> Iterator[TextIO]:
    """A text stream that writes to a duplicate of the descriptor of stderr; to the stream where it has none."""
    try:
        descriptor = os.dup(sys.stderr.fileno())
    except (OSError, AttributeError, ValueError):
        yield GuardedStream(sys.stderr)  # type: ignore[misc]
        return
    target = open(descriptor, "w", encoding="utf-8", errors="backslashreplace", buffering=1)  # noqa: SIM115
    try:
        yield GuardedStream(target)  # type: ignore[misc]
    finally:
        with suppress(OSError, ValueError):  # code closed the duplicate
            target.close()


@contextmanager
def redirect_stdout_descriptor() -> Iterator[None]:
    """Lead the descriptor of stdout to that of stderr meanwhile, where there are both."""
    try:
        sys.stdout.flush()
        copy = os.dup(1)
        os.dup2(2, 1)
    except (OSError, AttributeError, ValueError):
        yield
        return
    try:
        yield
    finally:
        os.dup2(copy, 1)
        os.close(copy)


NamesOfOwner = tuple[Any, dict[str, Any]]
"""A module or a class, and what its names meant."""


def snapshot_names() -> list[NamesOfOwner]:
    """Return what the watched names mean; the builtins come first."""
    modules = [m for name, m in list(sys.modules.items()) if name in WATCHED_MODULES or is_own(name)]
    return [(owner, dict(vars(owner))) for module in (builtins, *modules) for owner in list_owners(module)]


@cache
def list_owners(module: ModuleType) -> tuple[Any, ...]:
    """Return a module, and the classes that are defined in it where it is gradcheck's."""
    if not is_own(module.__name__):
        return (module,)
    return (module, *(p for p in vars(module).values() if type(p) is type and p.__module__ == module.__name__))


def is_own(module: str) -> bool:
    """Whether a module is gradcheck's, by its name."""
    return module == "gradcheck" or module.startswith("gradcheck.")


def restore_names(names: list[NamesOfOwner]) -> list[str]:
    """Put back what was replaced or removed, and return the names of it.  New names stay, since modules add their parts
    when these are first used; but for those of gradcheck, which would be found before its own."""
    changed = [(o, before) for o, before in names if not ALL(MAP(IS_SAME, before.values(), MAP(VARS(o).get, before)))]
    replaced = [name for owner, before in changed for name in restore_names_of(owner, before)]
    grown = [(o, before) for o, before in names if LEN(VARS(o)) > LEN(before) and is_own(o.__name__)]
    replaced += [name for owner, before in grown for name in remove_new_names_of(owner, before)]
    if replaced:
        view_module.cache_clear()  # views of NumPy hold what its names meant
    return replaced


def restore_modules() -> Iterator[str]:
    """Put back the modules that are missing or were replaced, and yield those of the watched libraries."""
    for name, module in LOADED_MODULES.items():
        if sys.modules.get(name, MISSING) is not module:
            sys.modules[name] = module
            if name in WATCHED_MODULES or is_own(name):
                yield f"sys.modules[{name!r}]"


def restore_names_of(owner: Any, before: dict[str, Any]) -> Iterator[str]:
    """Put the names of a module or a class back, and yield each that was another; a module that is imported anew takes
    the place of its former self."""
    for name, value in before.items():
        now = VARS(owner).get(name, MISSING)
        if now is not value and name not in UNWATCHED_NAMES and not (TYPE(now) is TYPE(value) is ModuleType):
            SET_ATTRIBUTE(owner, name, value)
            yield f"{owner.__name__}.{name}"


def remove_new_names_of(owner: Any, before: dict[str, Any]) -> list[str]:
    """Remove the new names of a module of gradcheck, but for modules and what it loads on first use, and return
    them."""
    new = {name: value for name, value in VARS(owner).items() if name not in before and name not in UNWATCHED_NAMES}
    names = [name for name, value in new.items() if TYPE(value) is not ModuleType and not is_own_part(name, value)]
    for name in names:
        del VARS(owner)[name]
    return [f"{owner.__name__}.{name}" for name in names]


def is_own_part(name: str, value: Any) -> bool:
    """Whether a value is one that a module of gradcheck defines under this name."""
    home: Any = getattr(value, "__module__", None)
    module: Any = sys.modules.get(home) if TYPE(home) is str and is_own(home) else None
    return module is not None and VARS(module).get(name) is value


ALL, LEN, MAP, TYPE, VARS, IS_SAME, SET_ATTRIBUTE = all, len, map, type, vars, operator.is_, setattr
"""Functions of Python by which the builtins are put back: code under test may have replaced these."""
