"""Plays a script into a channel: its messages, their files, and what became of them, through the import door
(chat/messages/importing.py)."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import uuid4

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.utils import timezone

from chat import protocol
from chat.attachments import uploads
from chat.messages import importing
from chat.models import Attachment, Channel
from chat.pipeline.events import ChangeEvent, MessageEvent, Position
from messenger.demo import scenery
from messenger.demo.people import People
from messenger.demo.script import Line

PACKING_LIST = """준비물

- 물 1리터, 간식, 점심
- 장갑, 바람막이, 모자
- 스틱(무릎이 걱정되는 분)
- 보조 배터리, 헤드랜턴
- 쓰레기를 담아 올 봉투
"""
FILES: dict[str, Callable[[], bytes]] = {".txt": PACKING_LIST.encode, ".pdf": scenery.draw_map}
SOON = timedelta(minutes=2)  # between a message and what becomes of it


def tell(channel: Channel, people: People, lines: list[Line], step: Callable[[], None]) -> list[Position]:
    """Append these lines and return their places. `step` is called once for each."""
    events: list[MessageEvent | ChangeEvent] = []
    previous: MessageEvent | None = None
    for line in lines:
        author = people[line.author]
        said_at = line.said_at or timezone.now()
        message = importing.message_of(
            author=author, asked=_send(channel, people, line, previous), said_at=said_at
        )
        events.append(message)
        Attachment.objects.filter(message_id=message.id).update(created_at=said_at)  # the album goes by it
        for who, asked in _changes(channel, people, line, message):
            soon = min(said_at + SOON, timezone.now())
            events.append(importing.change_of(author=who, asked=asked, target=message, said_at=soon))
        previous = message
        step()
    events.sort(key=lambda event: event.sent_at)
    places = importing.append_all(events)
    return [place for event, place in zip(events, places, strict=True) if isinstance(event, MessageEvent)]


def _send(channel: Channel, people: People, line: Line, previous: MessageEvent | None) -> protocol.Send:
    author = people[line.author]
    uploaded = [uploads.receive(user=author, channel_id=channel.pk, upload=one) for one in _uploads(line)]
    return protocol.Send(
        channel=channel.pk,
        client_id=uuid4().hex,
        text="" if line.card else line.text,
        reply_to=previous.id if line.is_reply and previous else None,
        mentions=[person.pk for name, person in people.items() if f"@{name}" in line.text],
        attachments=[str(one.pk) for one in uploaded],
        card=line.card,
    )


def _uploads(line: Line) -> Iterator[UploadedFile]:
    taken_at = line.said_at or timezone.now()
    for number, (name, size) in enumerate(line.photos):
        title = f"{timezone.localtime(taken_at):%Y%m%d_%H%M}_{number + 1}.jpg"
        yield _upload(
            title, scenery.draw(name, size, seed=int(taken_at.timestamp()) // 60 % 100_000 + number)
        )
    for name in line.files:
        yield _upload(name, FILES[name[-4:]]())


def _upload(name: str, content: bytes) -> UploadedFile:
    upload = TemporaryUploadedFile(name, "", len(content), None)  # on disk: photos are drawn anew from there
    upload.write(content)
    return upload


def _changes(channel: Channel, people: People, line: Line, message: MessageEvent) -> Iterator[tuple]:
    """(who, what) of everything that became of a message."""

    def ask(kind: type[protocol.Ask], **fields) -> protocol.Ask:
        return kind(channel=channel.pk, client_id=uuid4().hex, message=message.id, **fields)

    for emoji, names in line.reactions:
        for name in names:
            yield people[name], ask(protocol.React, emoji=emoji)
    for choice, names in line.answers:
        for name in names:
            yield people[name], ask(protocol.Answer, choices=[choice])
    if line.edited:
        yield people[line.author], ask(protocol.Edit, text=line.edited)
    if line.is_deleted:
        yield people[line.author], ask(protocol.Delete)
    if line.is_notice:
        yield channel.created_by, ask(protocol.Pin)
