"""What somebody wrote as HTML: code, addresses, people; and nothing else is ever markup."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.messages.text import draw_text
from chat.pipeline.events import Author
from tests.hostile import TEXTS

ALLOWED = {
    "a": {"href", "rel", "target"},
    "code": {"class"},
    "pre": {"class", "tabindex"},
    "span": {"class", "data-person"},
}


class Drawn(HTMLParser):
    """Takes the HTML apart again."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attributes: list) -> None:
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data: str) -> None:
        self.text += data


def check(html: str) -> Drawn:
    drawn = Drawn(html)
    for tag, attributes in drawn.tags:
        assert set(attributes) <= ALLOWED[tag]
        if tag == "a":
            assert attributes["href"].startswith(("https://", "http://"))
            assert attributes["rel"] == "noopener nofollow"
    return drawn


def words(text: str) -> str:
    """Without the marks of code, which may go, and the lines around them."""
    return text.replace("`", "").replace("\n", "")


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_hostile_text_stays_text(text):
    assert words(check(draw_text(text)).text) == words(text)


PIECES = ["`", "```", "\n", "<b>", "&", "@민준", "https://a.b/", '"', "'", " ", "가", "."]


@given(st.lists(st.sampled_from(PIECES)))
def test_any_mixture_of_marks_draws_every_word_once(pieces):
    text = "".join(pieces)
    assert words(check(draw_text(text, [Author(3, "민준")], 3)).text) == words(text)


def test_code_is_not_looked_at_for_anything_else():
    assert draw_text("`https://a.example/ @민준`", [Author(3, "민준")]) == (
        '<code class="code-word">https://a.example/ @민준</code>'
    )
    assert draw_text("앞\n```\na < b\n\nc\n```\n뒤") == (
        '앞<pre class="code-block" tabindex="0"><code>a &lt; b\n\nc</code></pre>뒤'
    )


def test_an_address_ends_before_punctuation_and_before_signs_that_are_not_seen():
    assert [
        tag[1]["href"] for tag in Drawn(draw_text("(https://a.example/b?c=1&d), https://e.example.")).tags
    ] == [
        "https://a.example/b?c=1&d",
        "https://e.example",
    ]
    [(_, link)] = Drawn(draw_text("https://a.example/\u202egpj.exe")).tags
    assert link["href"] == "https://a.example/"


def test_people_who_are_named_are_marked_and_the_reader_more_so():
    people = [Author(3, "민준"), Author(4, "민준호"), Author(5, "a.b(c")]
    html = draw_text("@민준호 @민준 @a.b(c @axb(c 민준", people, 3)
    assert html == (
        '<span class="mention" data-person="4">@민준호</span> '
        '<span class="mention mention--mine" data-person="3">@민준</span> '
        '<span class="mention" data-person="5">@a.b(c</span> @axb(c 민준'
    )
