"""What a list of hits shows of a message: the beginning, or the part about the first word that was found."""

from collections.abc import Iterator

from chat.search.finding import Hit

# The same lengths as in static/js/search/excerpt.js.
LENGTH, LEAD = 160, 40


def pieces(hit: Hit) -> Iterator[tuple[str, bool]]:
    """The excerpt on one line, cut into what is marked (True) and what is not."""
    text = hit.message.text
    first = hit.highlights[0][0] if hit.highlights else 0
    start = first - LEAD if first > LENGTH - LEAD else 0
    end = min(len(text), start + LENGTH)
    at = start
    yield "…" if start else "", False
    for mark, behind in hit.highlights:
        if mark >= end:
            break
        yield text[at:mark], False
        at = min(behind, end)
        yield text[mark:at], True
    yield text[at:end] + ("…" if end < len(text) else ""), False


def besides(hit: Hit) -> str:
    """What it shows beside its text: the names of its files, and its card's title unless that is the text."""
    event = hit.message.event
    names = [file.name for file in event.attachments] + ([event.card.title] if event.card else [])
    return ", ".join(name for name in names if name and name != hit.message.text)
