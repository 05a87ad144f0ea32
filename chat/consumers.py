"""The socket of one client for all its channels: parse, authorise, call, answer."""

import logging
from datetime import datetime

from channels.consumer import AsyncConsumer
from channels.exceptions import StopConsumer
from django.db import DatabaseError

from accounts.credentials import Access
from chat import posting, protocol
from chat.door import admit
from chat.node import Node
from chat.outlets import outlet_for
from chat.pipeline.events import Position, encode, message_id
from chat.pipeline.frames import SharedFrame
from chat.pipeline.ports import LogFull, LogUnavailable
from chat.protocol import Close
from chat.rate import Allowance

logger = logging.getLogger(__name__)
READY_SECONDS = 5
# After a subscription with `since` a client repeats what it knows no answer for. Another process, or this one
# before a restart, may have appended it: for so long each message is looked up before it is appended.
REPEATING_SECONDS = 5
AWAY_RETRY_MS = 2_000
FULL_RETRY_MS = 500


class ChatConsumer(AsyncConsumer):
    """`/ws/`. Also the hub's view of the socket (chat.pipeline.live.Socket)."""

    # An alias that is not configured: no channel layer, so no second task and no queue for each socket.
    channel_layer_alias = "none"

    user_id = 0
    credential = ""
    expires_at: datetime | None = None
    node: Node

    async def dispatch(self, message: dict) -> None:
        """Call the handler directly: the inherited one hops to a thread before each message."""
        await getattr(self, message["type"].replace(".", "_"))(message)

    async def websocket_connect(self, message: dict) -> None:
        self.node = Node.of_this_loop()
        self.outlet = outlet_for(self)
        await self.send({"type": "websocket.accept"})
        try:
            access = await self.node.in_thread(admit, self.scope)
        except DatabaseError as error:
            logger.warning("socket: the database is not reachable (%s)", type(error).__name__)
            access = Close.TRY_LATER
        if isinstance(access, Close):
            self.close(access)
            return
        self._enter(access)

    def _enter(self, access: Access) -> None:
        self.user_id = access.user.pk
        self.username = access.user.username
        self.credential = access.credential
        self.expires_at = access.expires_at
        self.appends = 0
        self.repeating_until = 0.0
        self.allowance = Allowance()
        self.node.hub.attach(self)
        self.outlet.open()

    async def websocket_receive(self, message: dict) -> None:
        """Messages of servers that give no direct way, and those that came before the log-in was checked."""
        if self.user_id:
            self.receive_frame(message.get("text") or message.get("bytes") or b"")
        else:
            self.close(Close.MALFORMED)

    async def websocket_disconnect(self, message: dict) -> None:
        if self.user_id:
            self.node.hub.detach(self)
        raise StopConsumer

    # What the hub calls.

    @property
    def paused(self) -> bool:
        return self.outlet.paused

    def write(self, frame: SharedFrame) -> None:
        self.outlet.write(frame)

    def write_text(self, payload: bytes) -> None:
        self.outlet.write_text(payload)

    def close(self, code: int) -> None:
        """End the socket; nothing more of any channel goes to it."""
        if self.user_id:
            self.node.hub.detach(self)
        self.outlet.close(code)

    # What the client says.

    def receive_frame(self, data: bytes | str) -> None:
        """One frame: JSON objects separated by newlines, carried out in order."""
        if len(data) > protocol.MAX_FRAME_BYTES:
            self.close(Close.TOO_LARGE)
            return
        for line in data.splitlines() if isinstance(data, str) else data.split(b"\n"):
            if not line:
                continue
            if not self.allowance.frame():
                self.close(Close.FLOOD)
                return
            try:
                self._carry_out(protocol.parse(line))
            except protocol.BadFrame as refusal:
                self.write_text(refusal.answer)
            except protocol.Malformed:
                self.close(Close.MALFORMED)
                return

    def _carry_out(self, frame: protocol.Frame) -> None:
        """At once where everything is known, else in the socket's one queue of tasks, in order."""
        if isinstance(frame, protocol.Subscribe) and frame.since:
            self.repeating_until = self.node.loop.time() + REPEATING_SECONDS
        if isinstance(frame, protocol.Ping):
            self.write_text(protocol.PONG)
        elif self.outlet.busy or not self._is_known(frame):
            self.outlet.start(self._carry_out_later(frame))
        elif isinstance(frame, protocol.Send):
            self._post(frame)
        else:
            self._unsubscribe(frame)

    def _is_known(self, frame: protocol.Frame) -> bool:
        if isinstance(frame, protocol.Send):
            return self.node.loop.time() > self.repeating_until and self._knows(frame.channel)
        return isinstance(frame, protocol.Unsubscribe)

    def _knows(self, channel_id: int) -> bool:
        return self.node.hub.role(self.user_id, channel_id) is not None

    async def _carry_out_later(self, frame: protocol.Frame) -> None:
        try:
            match frame:
                case protocol.Send():
                    await self._authorise_and_post(frame)
                case protocol.Subscribe():
                    await self._subscribe(frame)
                case protocol.Unsubscribe():
                    self._unsubscribe(frame)
        except DatabaseError as error:
            logger.warning("socket: the database is not reachable (%s)", type(error).__name__)
            detail = "The database cannot be reached right now."
            self._refuse(frame, "database_unavailable", detail, AWAY_RETRY_MS)

    def _refuse(
        self, frame: protocol.Frame, code: str, detail: str, retry_after_ms: int | None = None
    ) -> None:
        """A nack to a message, an error to anything else."""
        if isinstance(frame, protocol.Send):
            self.write_text(protocol.nack(frame.client_id, code, detail, retry_after_ms))
        else:
            self.write_text(protocol.error(code, detail, frame.channel, retry_after_ms))

    def _unsubscribe(self, frame: protocol.Unsubscribe) -> None:
        self.node.hub.unsubscribe(self, frame.channel)
        self.write_text(protocol.unsubscribed(frame.channel))

    async def _role(self, channel_id: int) -> str | None:
        """The database's word on a membership, asked again while kicks pass by, so that none slips between
        the question and the answer. Remembered until the log tells of a change."""
        hub = self.node.hub
        while True:
            losses = hub.losses
            role = await self.node.in_thread(posting.role_in, self.user_id, channel_id)
            if losses == hub.losses:
                if role:
                    hub.remember_role(self.user_id, channel_id, role)
                return role

    async def _subscribe(self, frame: protocol.Subscribe) -> None:
        try:
            since = Position.parse(frame.since) if frame.since else None
        except ValueError:
            self._refuse(frame, "position_malformed", "since is no position.")
            return
        if not await self.node.tail_is_ready(READY_SECONDS):
            self._refuse(frame, "log_unavailable", "The log cannot be read right now.", AWAY_RETRY_MS)
            return
        role = self.node.hub.role(self.user_id, frame.channel) or await self._role(frame.channel)
        if role is None:
            self._refuse(frame, "not_found", "There is no such channel.")
            return
        self.node.hub.subscribe(self, frame.channel, since, role)

    async def _authorise_and_post(self, frame: protocol.Send) -> None:
        if not self._knows(frame.channel) and await self._role(frame.channel) is None:
            self._refuse(frame, "not_found", "There is no such channel.")
        elif self.node.loop.time() > self.repeating_until or not await self._is_repeat(frame):
            self._post(frame)

    async def _is_repeat(self, frame: protocol.Send) -> bool:
        """Whether the log has this message already; then it is acknowledged here."""
        event_id = message_id(self.user_id, frame.channel, frame.client_id)
        first = await self.node.in_thread(posting.first_message, event_id)
        if first is not None:
            self.write_text(protocol.ack(frame.client_id, event_id, first[1]))
        return first is not None

    def _post(self, frame: protocol.Send) -> None:
        wait_ms = self.allowance.message()
        if wait_ms:
            self._refuse(frame, "rate_limited", "Too many messages at once.", wait_ms)
            return
        if self.outlet.draining:
            self._refuse(frame, "restarting", "The server restarts.", AWAY_RETRY_MS)
            return
        try:
            event = posting.make_message(
                user_id=self.user_id,
                username=self.username,
                channel_id=frame.channel,
                client_id=frame.client_id,
                text=frame.text,
                reply_to=frame.reply_to,
            )
        except posting.BadMessage as refusal:
            if refusal.code == "client_id_malformed":  # nothing to answer to
                self.write_text(protocol.error(refusal.code, str(refusal.detail)))
            else:
                self._refuse(frame, refusal.code, str(refusal.detail))
            return
        self.appends += 1
        self.node.appender.append(
            frame.channel,
            event.id.encode(),
            encode(event),
            lambda position, error: self._answer(frame, event.id, position, error),
        )

    def _answer(
        self, frame: protocol.Send, event_id: str, position: Position | None, error: LogUnavailable | None
    ) -> None:
        self.appends -= 1
        if position is not None:
            self.write_text(protocol.ack(frame.client_id, event_id, position))
        elif isinstance(error, LogFull):
            self._refuse(frame, "overloaded", "Too much at once.", FULL_RETRY_MS)
        else:
            self._refuse(frame, "log_unavailable", "The log did not confirm the message.", AWAY_RETRY_MS)
