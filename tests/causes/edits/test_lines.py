from gradcheck.causes.edits.lines import find_bearing_lines, find_specific_line
from gradcheck.causes.telling_cases import draw_telling_cases
from tests.causes.edits import wrong_code


def find_texts(op, label):
    """The lines that bear on a gradient, and the one that is its own."""
    lines = find_bearing_lines(next(draw_telling_cases(op, 0)), label)
    return [line.text for line in lines], find_specific_line(lines).text


def test_a_finding_may_point_at_the_line_of_its_input():
    texts, own = find_texts(wrong_code.affine, "w")
    assert own == "dw = x.T @ dout / x.shape[0]"
    assert texts == ["x, w, _ = cache", own, "return dx, dw, db"]


def test_a_loop_bears_on_what_it_fills():
    texts, own = find_texts(wrong_code.windows, "x")
    assert own == "dx[:, i : i + 2] = dout[:, i : i + 1]"
    assert texts[1] == "for i in range(dout.shape[1]):"


def test_a_loss_has_its_lines():
    assert find_texts(wrong_code.penalty, "W")[1] == "s = X @ W"


def test_what_a_decorator_passes_on_has_the_lines_inside():
    assert find_texts(wrong_code.linear, "w")[1] == "dw = ("


def test_without_lines_there_is_none():
    assert find_specific_line([]) is None
