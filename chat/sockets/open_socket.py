"""What every kind of socket is: somebody's, with a place in the hub, rights and a way to post.

`/ws/` (chat/sockets/consumers.py) and `/ws-stomp` (chat/stomp/) say the same in two protocols.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from channels.consumer import AsyncConsumer
from channels.exceptions import StopConsumer
from django.db import DatabaseError

from accounts.credentials import Access
from chat import log_ids, metrics
from chat.messages import posting
from chat.pipeline.events import MessageEvent, Position, message_id
from chat.pipeline.frames import SharedFrame
from chat.sockets.intake import AWAY_RETRY_MS, Answer, Posted, Refused
from chat.sockets.node import Node
from chat.sockets.outlets import outlet_for
from chat.sockets.rate import FRAMES_AT_ONCE, FRAMES_PER_SECOND, Bucket

logger = logging.getLogger(__name__)
READY_SECONDS = 5
# After a subscription with `since` a client repeats what it knows no answer for. Another process, or this one
# before a restart, may have appended it: for so long each message is looked up before it is appended.
REPEATING_SECONDS = 5

NOT_FOUND = Refused("not_found", "There is no such channel.")
RESTARTING = Refused("restarting", "The server restarts.", AWAY_RETRY_MS)
DATABASE_AWAY = Refused("database_unavailable", "The database cannot be reached right now.", AWAY_RETRY_MS)
LOG_AWAY = Refused("log_unavailable", "The log cannot be read right now.", AWAY_RETRY_MS)


class OpenSocket(AsyncConsumer):
    """A socket as the hub sees it (chat.pipeline.live.Socket), and what its person may do.

    A protocol says how a frame is read (`receive_frame`) and how the hub's news are written (`write`,
    `subscribed`, `gap`, `removed`).
    """

    # An alias that is not configured: no channel layer, so no second task and no queue for each socket.
    channel_layer_alias = "none"

    entrance: str
    user_id = 0
    credential = ""
    expires_at: datetime | None = None
    node: Node

    async def dispatch(self, message: dict) -> None:
        """Call the handler directly: the inherited one hops to a thread before each message."""
        await getattr(self, message["type"].replace(".", "_"))(message)

    async def open(self, subprotocol: str | None = None) -> None:
        """Accept the handshake."""
        self.node = Node.of_this_loop()
        self.outlet = outlet_for(self)
        self.log_ids = log_ids.current()
        self._frames = Bucket(FRAMES_PER_SECOND, FRAMES_AT_ONCE, self.node.loop.time())
        await self.send({"type": "websocket.accept", "subprotocol": subprotocol})

    def enter(self, access: Access) -> None:
        """This person's socket from now on; frames reach `receive_frame`."""
        self.user_id = self.log_ids.user = access.user.pk
        self.username = access.user.username
        self.credential = access.credential
        self.expires_at = access.expires_at
        self.scope["headers"].clear()  # the handshake is over, and an idle socket is to cost little
        self.appends = 0
        self.repeating_until = 0.0
        self.node.hub.attach(self)

    async def websocket_disconnect(self, message: dict) -> None:
        if self.user_id:
            self._detach()
        raise StopConsumer

    def _detach(self) -> None:
        self.node.watching.leave(self)
        self.node.hub.detach(self)

    # What the hub calls.

    @property
    def paused(self) -> bool:
        return self.outlet.paused

    def write(self, frame: SharedFrame) -> None:
        raise NotImplementedError

    def subscribed(self, channel_id: int, position: Position, role: str) -> None:
        raise NotImplementedError

    def gap(self, channel_id: int, after: Position, before: Position) -> None:
        raise NotImplementedError

    def removed(self, channel_id: int) -> None:
        raise NotImplementedError

    def notice(self, payload: bytes) -> None:
        """Something small beside the talk. A protocol without a word for it says nothing."""

    def close(self, code: int) -> None:
        """End the socket; nothing more of any channel goes to it."""
        if self.user_id:
            self._detach()
        self.outlet.close(code)

    # What its person may do.

    def floods(self) -> bool:
        """Whether one more frame is more than a socket may say; counts it otherwise."""
        if not self.node.limited:
            return False
        if self._frames.wait_seconds(self.node.loop.time()):
            return True
        self._frames.take()
        return False

    def may_repeat(self) -> None:
        """Messages that come now may stand in the log already."""
        self.repeating_until = self.node.loop.time() + REPEATING_SECONDS

    def can_post_at_once(self, channel_id: int) -> bool:
        """Whether nothing has to be asked before a message of this channel is taken."""
        known = self.node.rights.known_role(self.user_id, channel_id)
        return known is not None and self.node.loop.time() > self.repeating_until

    async def subscribe(self, channel_id: int, since: Position | None) -> Refused | None:
        """Follow the channel: the hub answers with `subscribed`. Returns why not."""
        if not await self.node.tail_is_ready(READY_SECONDS):
            return LOG_AWAY
        role = await self.role(channel_id)
        if isinstance(role, Refused):
            return role
        if not self.node.demand.is_followed(channel_id):
            return LOG_AWAY
        self.node.hub.subscribe(self, channel_id, since, role)
        return None

    def message(self, channel_id: int, client_id: str, text: str, **further) -> MessageEvent:
        """A message of this person. Raises BadMessage."""
        return posting.make_message(
            user_id=self.user_id,
            username=self.username,
            channel_id=channel_id,
            client_id=client_id,
            text=text,
            **further,
        )

    async def role(self, channel_id: int) -> str | Refused:
        """The role of this person, or why there is none."""
        try:
            return await self.node.rights.role(self.user_id, channel_id) or NOT_FOUND
        except DatabaseError as error:
            logger.warning("socket: the database is not reachable (%s)", type(error).__name__)
            return DATABASE_AWAY

    async def first_of(self, channel_id: int, client_id: str) -> tuple[str, Position] | None:
        """Id and position of the message with this client_id, if this is a repeat of it."""
        if self.node.loop.time() > self.repeating_until:
            return None
        event_id = message_id(self.user_id, channel_id, client_id)
        position = await self.node.repeats.position(event_id)
        return (event_id, position) if position else None

    def post(self, channel_id: int, make: Callable[[], Posted], answer: Answer) -> None:
        """Hand what this person says or does to the intake. Raises the BadMessage that `make` raises."""
        if self.outlet.draining:
            metrics.refused.add(label=RESTARTING.code)
            answer(None, None, RESTARTING)
            return
        self.appends += 1

        def count_down(event, position, refusal) -> None:
            self.appends -= 1
            if event is not None and refusal is not None:
                told = self.log_ids.known() | {"message_id": event.id}
                logger.debug("socket: a message was not confirmed (%s)", refusal.code, extra=told)
            answer(event, position, refusal)

        try:
            self.node.intake.post(
                entrance=self.entrance,
                user_id=self.user_id,
                channel_id=channel_id,
                make=make,
                answer=count_down,
            )
        except posting.BadMessage:
            self.appends -= 1
            raise
