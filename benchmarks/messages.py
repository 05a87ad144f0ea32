"""Made-up messages for the benchmarks of log and store: plausible sizes, always the same ones."""

from chat.pipeline.events import Author, MessageEvent, Position, message_id

_BEGAN_MS = 1_766_300_000_000
_LINES = (
    "이번 달 회비 걷습니다. 금요일까지 부탁드려요",
    "네, 방금 보냈어요",
    "토요일 모임 몇 시에 시작하나요?",
    "Running ten minutes late, please start without me",
    "영수증은 통장 내역에 올려 두었습니다",
)


def make_message(number: int, channel: int = 1) -> tuple[MessageEvent, Position]:
    """Message `number` of a channel of 500 members, with the position that a log would give it."""
    author, client_id = number % 500 + 1, f"00000000-0000-4000-8000-{number:012d}"
    event = MessageEvent(
        channel=channel,
        id=message_id(author, channel, client_id),
        author=Author(author, f"member{author:05d}"),
        text=f"{_LINES[number % len(_LINES)]} ({number})",
        client_id=client_id,
        sent_at=_BEGAN_MS + number,
    )
    return event, Position(_BEGAN_MS + number, number, 0)
