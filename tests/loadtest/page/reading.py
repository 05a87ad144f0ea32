"""Reads a rendered page as a browser would, strictly: every element is closed, the drawings are XML."""

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

_DRAWING = re.compile(r'<svg class="plot".*?</svg>(?=</figure>)', re.DOTALL)


class Page(HTMLParser):
    """What stands on it. Fails on an element that is not closed where it should be."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.words: list[str] = []
        self.drawings = [ElementTree.fromstring(found) for found in _DRAWING.findall(text)]  # noqa: S314
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: list) -> None:
        self.handle_startendtag(tag, attributes)
        self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attributes]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style" and data.strip():
            self.words.append(data.strip())

    @property
    def text(self) -> str:
        """All words, a line each."""
        return "\n".join(self.words)
