"""HTML as a browser reads it: elements with their text, where everything is closed."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "br", "wbr", "input"}


@dataclass
class Element:
    tag: str
    attributes: dict
    text: str = ""
    children: list = field(default_factory=list)

    def walk(self):
        """The element, and all that is in it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def find(self, tag):
        """All elements of a tag."""
        return [one for one in self.walk() if one.tag == tag]

    def read(self):
        """All text within."""
        return self.text + "".join(child.read() for child in self.children)


class Reader(HTMLParser):
    """Builds the tree; an end that closes nothing is an error."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag, attrs):
        element = Element(tag, dict(attrs))
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        assert self.open.pop().tag == tag

    def handle_data(self, data):
        self.open[-1].children.append(Element("#text", {}, data))


def read_html(text):
    """The tree of a page."""
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == [reader.root]
    return reader.root
