"""What somebody wrote, as pages show it: code, web addresses, people who are named. Everything is escaped.

static/js/message_text.js draws the same; tests/browser/test_hostile_text.py holds the two to each other.
"""

import re
from collections.abc import Iterable, Iterator

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from chat.pipeline.events import Author

# An address ends at a blank or at a sign that is not seen (it could turn what is read round); punctuation
# that ends a sentence is not part of it.
_UNSEEN = "\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_ADDRESS = rf"https?://[^\s{_UNSEEN}<>\"'`]+[^\s{_UNSEEN}<>\"'`.,:;!?)\]}}…。]"
_MARKS = rf"\n?```\n?(?P<block>[\s\S]+?)\n?```\n?|`(?P<word>[^`\n]+)`|(?P<address>{_ADDRESS})"
_PLAIN = re.compile(_MARKS)


def draw_text(text: str, mentions: Iterable[Author] = (), reader_id: int | None = None) -> SafeString:
    """The text as HTML. `mentions` are people whom it names with @; the reader's own name is emphasised."""
    people = {f"@{person.username}": person.id for person in mentions}
    return mark_safe("".join(_pieces(text, people, reader_id)))  # noqa: S308  every piece is escaped


def _pieces(text: str, people: dict[str, int], reader_id: int | None) -> Iterator[str]:
    end = 0
    for mark in _marks(list(people)).finditer(text):
        yield format_html("{}", text[end : mark.start()])
        yield _draw(mark, people, reader_id)
        end = mark.end()
    yield format_html("{}", text[end:])


def _marks(names: list[str]) -> re.Pattern:
    """Of two names that begin alike the longer one is meant."""
    if not names:
        return _PLAIN
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    return re.compile("|".join([_MARKS, *map(re.escape, longest_first)]))


def _draw(mark: re.Match, people: dict[str, int], reader_id: int | None) -> str:
    if mark["block"]:
        return format_html('<pre class="code-block" tabindex="0"><code>{}</code></pre>', mark["block"])
    if mark["word"]:
        return format_html('<code class="code-word">{}</code>', mark["word"])
    if mark["address"]:
        return format_html('<a href="{0}" rel="noopener nofollow" target="_blank">{0}</a>', mark["address"])
    person = people[mark[0]]
    emphasis = "mention mention--mine" if person == reader_id else "mention"
    return format_html('<span class="{}" data-person="{}">{}</span>', emphasis, person, mark[0])
