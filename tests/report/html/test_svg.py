"""Pictures are markup in which text is text."""

from gradcheck.report.html.svg import PictureSize, add_svg_path, add_svg_text, close_svg, format_place, open_svg


def test_text_is_escaped_in_elements_and_in_attributes():
    root = open_svg('"<b>\x1b', PictureSize(10, 20), "strip")
    add_svg_text(root, "text", "<script>", x='"1"')
    text = close_svg(root)
    assert '<title>"&lt;b&gt;\\x1b</title>' in text
    assert '<text x="&quot;1&quot;">&lt;script&gt;</text>' in text
    assert text.startswith('<svg class="strip" role="img" viewBox="0 0 10 20" width="10" height="20">')
    assert hasattr(text, "__html__")


def test_an_empty_path_is_left_out():
    root = open_svg("nothing", PictureSize(1, 1), "strip")
    add_svg_path(root, "dot", "")
    assert len(root) == 1


def test_places_have_no_more_digits_than_a_screen_shows():
    assert [format_place(x) for x in (1, 2.04, 3.0, 4.26)] == ["1", "2", "3", "4.3"]
