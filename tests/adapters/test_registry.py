"""Calling conventions are registered in one place, and other packages add theirs by an entry point."""

import os
import subprocess
import sys
from textwrap import dedent

import pytest

from gradcheck.adapters import CallingConvention, recognise_convention
from gradcheck.adapters.registry import BUILT_IN_CONVENTIONS

CONVENTION = '''
    """Objects with methods `value` and `slope`."""

    from gradcheck.adapters import AdapterError, Code, ModuleConvention, read_signature


    def recognises(thing):
        return hasattr(thing, "value") and hasattr(thing, "slope")


    def code(name, thing, keywords):
        factor = keywords.convention_options.get("factor", 1)

        def run(arguments):
            return (thing.value(**arguments),), arguments

        def pull(upstream, arguments):
            return factor * thing.slope(**arguments) * upstream[0]

        return Code(name, read_signature(name, thing.value), run, pull, thing.slope)


    CONVENTION = ModuleConvention(
        "slope",
        "an object with value and slope",
        code,
        recognition_order=45,
        recognises=recognises,
        options=("factor",),
    )
'''

USER = """
    from gradcheck import Array, adapt, check


    class Square:
        def value(self, x):
            return x * x

        def slope(self, x):
            return 2 * x

        def forward(self, x):
            raise NotImplementedError

        backward = forward


    def status(op):
        return check(op, examples=4, laws=("gradient",)).status
"""


@pytest.fixture
def outside(tmp_path):
    """Runs statements in a fresh process in which packages from outside have these entry points and modules."""

    def install(package, entry_points, **modules):
        info = tmp_path / f"{package}-1.5.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.5\n")
        lines = [f"{name} = {place}" for name, place in entry_points.items()]
        (info / "entry_points.txt").write_text("\n".join(["[gradcheck.conventions]", *lines, ""]))
        for name, text in modules.items():
            (tmp_path / f"{name}.py").write_text(dedent(text))

    def run(statements):
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
        (tmp_path / "user.py").write_text(dedent(USER))
        command = [sys.executable, "-c", dedent(statements)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        return done.stdout or done.stderr.rstrip().split("\n")[-1]

    run.install = install
    return run


@pytest.fixture
def with_slope(outside):
    """The same, where the package of the convention is installed."""
    outside.install("slopes", {"slope": "slopes:CONVENTION"}, slopes=CONVENTION)
    return outside


@pytest.mark.slow
def test_a_package_adds_a_convention_that_is_recognised(with_slope):
    said = with_slope("""
        from user import *
        op = adapt(Square(), x="N D")
        print(op.name, op.inputs["x"].shape, status(op))
    """)
    assert said == "Square N D passed\n"


@pytest.mark.slow
def test_it_is_found_by_name_and_takes_its_own_options(with_slope):
    said = with_slope("""
        from user import *
        print(status(adapt(Square(), adapter="slope", x="N", factor=3)))
    """)
    assert said == "failed\n"


@pytest.mark.slow
def test_it_is_among_those_that_a_message_lists(with_slope):
    said = with_slope("""
        from user import *
        adapt(3)
    """)
    assert said.endswith(
        "'closure' for a function that returns (y, backprop); 'slope' for an object with value and slope"
    )


@pytest.mark.slow
def test_discovery_finds_what_follows_it(with_slope):
    said = with_slope("""
        import user
        from gradcheck import find
        user.square = user.Square()
        print([op.name for op in find("user:square")])
    """)
    assert said == "['square']\n"


BROKEN = {
    "a module that is missing": ("nowhere:CONVENTION", "", "raises ModuleNotFoundError"),
    "a module that raises": (
        "broken:CONVENTION",
        "1 / 0",
        "raises ZeroDivisionError: division by zero",
    ),
    "a module that exits": ("broken:CONVENTION", "raise SystemExit(3)", "raises SystemExit: 3"),
    "an object that is no convention": ("broken:x", "x = 3", "has no name, description, takes_two_functions"),
    "another name": ("slopes:CONVENTION", "", "is named 'slope'; give it and its entry point one name"),
}


@pytest.mark.slow
@pytest.mark.parametrize("statement", ["adapt(Square(), adapter='odd')", "adapt(Square())"], ids=["named", "looked at"])
@pytest.mark.parametrize(("place", "module", "told"), BROKEN.values(), ids=BROKEN)
def test_a_broken_entry_point_is_one_error_that_names_its_package(outside, statement, place, module, told):
    outside.install("oddities", {"odd": place}, broken=module, slopes=CONVENTION)
    said = outside(f"from user import *\n{statement}")
    assert said.startswith(
        f"gradcheck.extensions.ExtensionError: the calling convention 'odd' of oddities 1.5 cannot be used: {place} "
    )
    assert told in said


@pytest.mark.slow
def test_a_broken_entry_point_does_not_disturb_those_who_do_not_need_it(outside):
    outside.install("oddities", {"odd": "nowhere:CONVENTION"})
    said = outside("""
        from user import *
        print(adapt(lambda x: (x * x, x), lambda dy, x: 2 * x * dy, x="N").name)
    """)
    assert said == "op\n"


@pytest.mark.slow
def test_a_broken_entry_point_is_an_unusable_target_to_discovery(outside):
    outside.install("oddities", {"odd": "nowhere:CONVENTION"})
    said = outside("import gradcheck\ngradcheck.find('user')")
    assert said.startswith(
        "gradcheck.discovery.target_errors.TargetError: the calling convention 'odd' of oddities 1.5"
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "package", "other"), [("layer", "others", "gradcheck"), ("slope", "slopes", "others 1.5")]
)
def test_two_conventions_of_one_name_are_refused(with_slope, name, package, other):
    with_slope.install("others", {name: "slopes:CONVENTION"})
    said = with_slope("""
        from user import *
        adapt(Square())
    """)
    assert f"{package} 1.5 adds the calling convention {name!r}, as {other} does; rename" in said


@pytest.mark.slow
def test_a_convention_that_fails_to_look_is_told(outside):
    outside.install(
        "slopes", {"slope": "slopes:CONVENTION"}, slopes=CONVENTION.replace('hasattr(thing, "value")', "1 / 0")
    )
    said = outside("from user import *\nadapt(Square())")
    assert "'slope' of slopes 1.5 cannot be used: slopes:CONVENTION.recognises raises ZeroDivisionError: " in said


@pytest.mark.parametrize("convention", BUILT_IN_CONVENTIONS, ids=lambda convention: convention.name)
def test_a_registered_convention_has_all_that_one_must_have(convention):
    assert isinstance(convention, CallingConvention)
    assert (convention.recognition_order is None) == (not convention.recognises.__module__.endswith(convention.name))


@pytest.mark.slow
def test_looking_imports_no_framework(outside):
    said = outside("""
        import sys
        from gradcheck.adapters import recognise_convention
        recognise_convention(object())
        print({"jax", "torch", "thinc"} & sys.modules.keys())
    """)
    assert said == "set()\n"


def test_the_more_particular_convention_is_recognised_first():
    class Layer:
        def __init__(self):
            self.params = {}

        def loss(self, x, y):
            """A model, and a layer as well."""

        forward = backward = loss

    assert recognise_convention(Layer()).name == "layer"
