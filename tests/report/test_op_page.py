"""gradcheck show: the declaration, a worked example with every intermediate, and a picture, of every op there is."""

import re
from dataclasses import replace
from xml.etree import ElementTree as xml

import numpy as np
import pytest
from click.testing import CliRunner

from gradcheck.cli.commands import main
from gradcheck.declaration.inputs import Array
from gradcheck.discovery.library import load_library_graphs, load_library_ops
from gradcheck.graphs.graph import ComputationalGraph, node
from gradcheck.ops.arithmetic.multiply import multiply
from gradcheck.ops.shaping.fork import fork
from gradcheck.report.op_page import NoPictureError, describe_aliases, make_page, render_picture

OPS = {op.name: op for op in load_library_ops()}
SVG = "{http://www.w3.org/2000/svg}"


def call(*args):
    """The command line in this process."""
    return CliRunner().invoke(main, ["show", *(str(a) for a in args)])


def shown(*args):
    """What it prints, where it succeeds."""
    done = call(*args)
    assert (done.exit_code, done.stderr) == (0, "")
    return done.stdout


def rows(text):
    """The table rows by their first column, the other columns split where two spaces are."""
    cells = (re.split(r"  +", line.strip()) for line in text.splitlines())
    return {first: rest for first, *rest in cells if rest}


def test_a_pointwise_function_has_its_formula_example_and_plot():
    text = shown("sigmoid")
    assert text.startswith("sigmoid   y = 1 / (1 + e^-x)\n=======\n")
    assert re.search(r"^input +x +\(\*S\) real$", text, re.MULTILINE)
    assert "source: CS231n lecture 4" in text
    assert re.search(r"written in: .*activations\.py:\d+\n", text)
    assert "● sigmoid(x)   · slope" in text


def test_the_worked_example_of_a_pointwise_function_is_right():
    both = re.findall(r"^[xy] +\[(.*?)\] +\[(.*?)\]$", shown("sigmoid"), re.MULTILINE)
    (x, slope), (y, ones) = ([np.array(words.split(","), float) for words in row] for row in both)
    np.testing.assert_allclose(y, 1 / (1 + np.exp(-x)), atol=1e-4)
    np.testing.assert_allclose(slope, y * (1 - y), atol=2e-4)
    assert ones.tolist() == [1, 1]


def test_a_graph_shows_every_intermediate_of_the_lecture():
    table = rows(shown("neuron"))
    keys = (*load_library_graphs()["neuron"].inputs, *load_library_graphs()["neuron"].nodes)
    assert {key: [round(float(n), 2) for n in table[key][-2:]] for key in keys} == {
        "w0": [2, -0.2],
        "x0": [-1, 0.39],
        "w1": [-3, -0.39],
        "x1": [-2, -0.59],
        "w2": [-3, 0.2],
        "w0x0": [-2, 0.2],
        "w1x1": [6, 0.2],
        "dot": [4, 0.2],
        "biased": [1, 0.2],
        "negated": [-1, -0.2],
        "exponential": [0.37, -0.53],
        "plus_one": [1.37, -0.53],
        "f": [0.73, 1],
    }
    assert table["plus_one"][0] == "add_constant(exponential, c=1.0)"


def test_an_op_with_settings_shows_what_they_may_be_and_what_they_are():
    text = shown("conv2d")
    declared = dict(re.findall(r"^(?:setting|size) +(\w+) +(.*?) *$", text, re.MULTILINE))
    assert declared == {
        "stride": "1 to 3",
        "pad": "0 to 2",
        "dilation": "1 to 2",
        "groups": "1 to 3",
        "H": "at least dilation*(K-1)+1-2*pad",
        "W": "at least dilation*(L-1)+1-2*pad",
    }
    example = rows(text.partition("A worked example")[2])
    assert {"x", "w", "b", "stride", "pad", "dilation", "groups", "y"} <= example.keys()


def test_an_op_with_several_outputs_shows_each():
    text = shown("lstm_step")
    assert re.findall(r"^output +(\w+)", text, re.MULTILINE) == ["h_next", "c_next"]
    example = text.partition("A worked example")[2]
    assert {"x", "h", "c", "wx", "wh", "b", "h_next", "c_next"} <= rows(example).keys()


def test_an_op_of_several_arrays_shows_how_many_and_each_of_them():
    text = shown("concat")
    assert "(*A ?D *B) real, 1 to 3 of them" in text
    example = rows(text.partition("A worked example")[2])
    assert {"xs[0]", "axis", "y"} <= example.keys()


def test_every_op_of_the_library_has_a_page():
    for name, op in OPS.items():
        text = make_page(op, load_library_graphs().get(name)).text
        assert text.startswith(f"{name}   "), name
        assert text.count("A worked example") == 1, name
        assert "source: \n" not in text, f"{name} has no source"
        assert all(re.search(rf"^input +{label} ", text, re.MULTILINE) for label in op.inputs), name


def test_every_op_of_the_library_has_a_picture_or_says_that_it_has_none():
    for name, op in OPS.items():
        if name in load_library_graphs() or (list(op.inputs) == ["x"] and op.family == "pointwise" and not op.settings):
            assert xml.fromstring(render_picture(op, load_library_graphs().get(name))).find(f"{SVG}title").text == name
        else:
            with pytest.raises(NoPictureError, match=f"^{name} has no picture"):
                render_picture(op, None)


def test_the_pages_are_the_same_each_time():
    for name in ("neuron", "sigmoid", "concat", "two_layer_net"):
        graph = load_library_graphs().get(name)
        assert make_page(OPS[name], graph) == make_page(OPS[name], graph)


def test_a_graph_shows_each_output_of_a_node_with_several():
    nodes = {"s": node(fork, "x"), "f": node(multiply, "s.y", "s.z")}
    one = ComputationalGraph("g", inputs={"x": Array("*S")}, nodes=nodes, output="f", example={"x": 3})
    table = rows(make_page(one.as_op(), one).text)
    assert [table[key][-2:] for key in ("s.y", "s.z")] == [["3.", "3."]] * 2


@pytest.mark.parametrize("name", ["neuron", "circuit"])
def test_the_picture_of_a_graph_is_svg_with_an_edge_for_each_argument(name):
    root = xml.fromstring(shown(name, "--format", "svg"))
    assert root.tag == f"{SVG}svg"
    one = load_library_graphs()[name]
    assert len(list(root.iter(f"{SVG}polyline"))) == 1 + sum(len(n.arguments) for n in one.nodes.values())
    assert {t.text for t in root.iter(f"{SVG}text")} >= set(one.inputs)


def test_the_picture_of_a_pointwise_function_is_svg_with_value_and_slope():
    root = xml.fromstring(shown("sigmoid", "--format", "svg"))
    assert root.tag == f"{SVG}svg"
    assert len(list(root.iter(f"{SVG}polyline"))) == 2
    assert {"sigmoid(x)", "slope"} <= {t.text for t in root.iter(f"{SVG}text")}


def test_an_op_without_a_picture_says_so_in_one_line():
    done = call("conv2d", "--format", "svg")
    assert (done.exit_code, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("gradcheck: conv2d has no picture: ")
    assert "--format text" in line


def test_an_op_without_a_picture_leaves_no_file(tmp_path):
    assert call("conv2d", "--format", "svg", "-o", tmp_path / "x.svg").exit_code == 2
    assert not list(tmp_path.iterdir())


def test_an_op_that_does_not_exist_is_told_with_the_nearest():
    done = call("sigmoidd")
    assert (done.exit_code, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("gradcheck: there is no op 'sigmoidd'; did you mean 'sigmoid'? ")


@pytest.mark.parametrize(("name", "form"), [("neuron", "text"), ("neuron", "svg"), ("sigmoid", "svg")])
def test_the_page_goes_to_a_file_where_one_is_named(tmp_path, name, form):
    file = tmp_path / "page"
    assert shown(name, "--format", form, "-o", file) == ""
    assert file.read_text(encoding="utf-8") == shown(name, "--format", form)


def test_a_file_that_cannot_be_written_is_refused(tmp_path):
    done = call("sigmoid", "-o", tmp_path / "none" / "page")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "cannot be written" in done.stderr


def test_the_squared_norm_is_worked_at_the_lectures_numbers():
    told = call("squared_norm").output
    assert "0.116" in told
    assert "[-0.112,  0.636]" in told


def test_what_other_libraries_call_an_op_stands_on_its_page():
    named = replace(OPS["linear"], aliases={"Caffe": "InnerProduct", "torch": "linear addmm"})
    assert describe_aliases(named) == "InnerProduct by Caffe, linear or addmm by torch"
    assert "\ncalled InnerProduct by Caffe, linear or addmm by torch\n" in make_page(named, None).text


def test_libraries_that_call_an_op_the_same_stand_together():
    aliases = {"CS231n": "affine", "Chainer": "linear", "thinc": "linear", "torch": "linear"}
    said = describe_aliases(replace(OPS["linear"], aliases=aliases))
    assert said == "affine by CS231n, linear by Chainer, thinc and torch"


def test_code_that_raises_in_the_example_is_a_finding_of_its_page():
    def backward(dy, cache):
        raise ZeroDivisionError("no")

    page = make_page(replace(OPS["linear"], backward=backward), None, "own.py")
    assert page.crash is not None
    assert (page.crash.claim, page.crash.status) == ("backward raised ZeroDivisionError: no", "crashed")
    assert page.text.startswith("linear   ")
    assert 'op = load("own.py", "linear")' in page.text
    assert make_page(OPS["linear"], None).crash is None


def test_what_user_code_wrote_is_escaped():
    page = make_page(replace(OPS["linear"], formula="y\x1b[31m = " + "x" * 5000), None)
    assert "\x1b" not in page.text
    assert "(5,009 characters)" in page.text
