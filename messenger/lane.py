"""Posting a message over HTTP without Django's and DRF's price: a bare ASGI lane for the one hot address.

It takes `POST /api/v1/channels/<id>/messages/` with a Bearer token and JSON. Whatever is not the plain case
(another way to log in, a body that is malformed or breaks a rule, a channel that is not one's own or does not
let this person write now, a database that is away) goes on to Django with the body that was read, and
`chat.messages.api.Messages` answers: so each of those refusals has one place, and the two ways cannot differ.
Refused here is only what overload must not make dear: `too_many_requests`, `overloaded`, `log_unavailable`.
"""

import asyncio
import re

import msgspec
from django.conf import settings
from django.db import DatabaseError
from django.http.request import split_domain_port, validate_host
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation.trans_real import parse_accept_lang_header

from accounts.credentials import Access
from chat import log_ids
from chat.messages import posting
from chat.messages.history import Message
from chat.messages.shapes import present
from chat.pipeline.events import MessageEvent, Position, message_id
from chat.sockets.intake import Refused
from chat.sockets.node import Node
from messenger.bare import send_document
from messenger.problems import problem, retry_after

ADDRESS = re.compile(r"/api/v1/channels/([1-9][0-9]{0,17})/messages/")
MAX_BODY_BYTES = 64 * 1024
MOST_HOSTS = 1_000
VARIES = ("Vary", "Accept, Accept-Language, Cookie")
REFUSALS = {
    "rate_limited": (429, "too_many_requests", _("Too many messages at once. Try again in a moment.")),
    "overloaded": (503, "overloaded", _("The server is very busy. Try again in a moment.")),
    "log_unavailable": (503, "log_unavailable", posting.LogAway.detail),
}


class NewMessage(msgspec.Struct):
    """The plain body, a part of chat.messages.api.NewMessageSerializer."""

    client_id: str
    text: str
    reply_to: str | None = None
    # Whatever these hold has to be looked up: Django's.
    mentions: list | None = None
    attachments: list | None = None
    card: dict | None = None

    @property
    def is_plain(self) -> bool:
        return not (self.mentions or self.attachments or self.card)


_decoder = msgspec.json.Decoder(NewMessage)


class PostingLane:
    """In front of Django's ASGI application."""

    def __init__(self, django) -> None:
        self._django = django
        self._hosts: set[bytes] = set()

    async def __call__(self, scope, receive, send) -> None:
        found = ADDRESS.fullmatch(scope["path"]) if scope["method"] == "POST" else None
        headers = dict(scope["headers"]) if found else {}
        if not found or not self._is_plain(scope, headers):
            await self._django(scope, receive, send)
            return
        body = await _read(receive)
        if body is None:
            return  # the client went away
        answer = await _answer(headers, int(found[1]), body)
        if answer is None:
            await self._django(scope, _again(body, receive), send)
        else:
            status, document, headers = answer
            await send_document(send, status, document, (VARIES, *headers))

    def _is_plain(self, scope, headers: dict[bytes, bytes]) -> bool:
        """Whether a program posts JSON as itself; a browser, a form or something strange is Django's."""
        accepted = headers.get(b"accept", b"*/*")
        size = headers.get(b"content-length", b"")
        return (
            not scope["query_string"]
            and headers.get(b"authorization", b"")[:7].lower() == b"bearer "
            and headers.get(b"content-type", b"").partition(b";")[0].strip() == b"application/json"
            and (b"application/json" in accepted or accepted == b"*/*")
            and size.isdigit()
            and int(size) <= MAX_BODY_BYTES
            and self._is_ours(headers.get(b"host", b""))
        )

    def _is_ours(self, host: bytes) -> bool:
        if host in self._hosts:
            return True
        if not validate_host(split_domain_port(host.decode("latin-1"))[0], settings.ALLOWED_HOSTS):
            return False
        if len(self._hosts) < MOST_HOSTS:
            self._hosts.add(host)
        return True


async def _answer(headers: dict[bytes, bytes], channel_id: int, body: bytes) -> tuple | None:
    """Status, document and further headers; None where Django has to answer."""
    try:
        asked = _decoder.decode(body)
        token = headers[b"authorization"][7:].strip().decode("ascii")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if not asked.is_plain:
        return None
    node = Node.running() or Node.of_this_loop()
    try:
        access = await node.rights.holder(token)
        if access is None or await node.rights.role(access.user.pk, channel_id) is None:
            return None
    except DatabaseError:
        return None
    event_id = message_id(access.user.pk, channel_id, asked.client_id)
    ids = log_ids.current()
    ids.user, ids.message = access.user.pk, event_id
    first = await _first(node, event_id)
    if first is not None:
        return 200, present(Message(*first, access.user.username)), ()
    earlier = node.intake.first_under_way(event_id)
    new = earlier is None and node.repeats.known(event_id) is None
    try:
        event, position, refusal = await _post(node, access, channel_id, asked)
    except posting.BadMessage:
        return None
    if refusal is not None and refusal.code not in REFUSALS:
        return None  # a rule of the channel: Django says it with all that belongs to it
    if refusal is not None:
        return _refusal(refusal, headers.get(b"accept-language", b""))
    message = Message(earlier or event, position, access.user.username)
    return (201 if new else 200), present(message), ()


async def _first(node: Node, event_id: str) -> tuple[MessageEvent, Position] | None:
    """The message that has this id already, but for one whose append is not confirmed yet."""
    stored = None if node.repeats.known(event_id) else await node.repeats.stored(event_id)
    if stored is None and node.repeats.known(event_id):
        return await node.in_thread(posting.first_message, event_id)
    return stored


async def _post(
    node: Node, access: Access, channel_id: int, asked: NewMessage
) -> tuple[MessageEvent | None, Position | None, Refused | None]:
    answered = asyncio.get_running_loop().create_future()

    def answer(*outcome) -> None:
        if not answered.done():
            answered.set_result(outcome)

    node.intake.post(
        entrance="http",
        user_id=access.user.pk,
        channel_id=channel_id,
        make=lambda: posting.make_message(
            user_id=access.user.pk,
            username=access.user.username,
            channel_id=channel_id,
            client_id=asked.client_id,
            text=asked.text,
            reply_to=asked.reply_to,
        ),
        answer=answer,
    )
    return await answered


def _refusal(refusal: Refused, accept_language: bytes) -> tuple:
    status, code, detail = REFUSALS[refusal.code]
    with translation.override(language_of(accept_language.decode("latin-1"))):
        document = problem(status, code, detail)
    return status, document, retry_after(refusal.retry_after_ms / 1000).items()


def language_of(accept_language: str) -> str:
    """The best language of ours for this header."""
    for wanted, _weight in parse_accept_lang_header(accept_language.lower()):
        try:
            return translation.get_supported_language_variant(wanted)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


async def _read(receive) -> bytes | None:
    """The whole body, whose size the server holds to Content-Length; None when the client went away."""
    parts = []
    while True:
        event = await receive()
        if event["type"] != "http.request":
            return None
        parts.append(event.get("body", b""))
        if not event.get("more_body"):
            return b"".join(parts) if len(parts) > 1 else parts[0]


def _again(body: bytes, receive):
    """A `receive` that gives the body once more, then what the client does next."""
    bodies = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> dict:
        return bodies.pop() if bodies else await receive()

    return replay
