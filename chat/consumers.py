"""The socket of one client for all its channels: parse, authorise, call, answer."""

import logging

from django.db import DatabaseError

from accounts.credentials import Access
from chat import posting, protocol
from chat.door import admit
from chat.intake import Refused
from chat.open_socket import OpenSocket
from chat.pipeline.events import MessageEvent, Position
from chat.pipeline.frames import SharedFrame
from chat.protocol import Close

logger = logging.getLogger(__name__)


class ChatConsumer(OpenSocket):
    """`/ws/`."""

    entrance = "ws"

    async def websocket_connect(self, message: dict) -> None:
        await self.open()
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
        self.enter(access)
        self.outlet.open()

    async def websocket_receive(self, message: dict) -> None:
        """Messages of servers that give no direct way, and those that came before the log-in was checked."""
        if self.user_id:
            self.receive_frame(message.get("text") or message.get("bytes") or b"")
        else:
            self.close(Close.MALFORMED)

    # What the hub calls.

    def write(self, frame: SharedFrame) -> None:
        self.outlet.write(frame)

    def subscribed(self, channel_id: int, position: Position, role: str) -> None:
        self.outlet.write_text(protocol.subscribed(channel_id, position, role))

    def gap(self, channel_id: int, after: Position, before: Position) -> None:
        self.outlet.write_text(protocol.gap(channel_id, after, before))

    def removed(self, channel_id: int) -> None:
        self.outlet.write_text(protocol.removed(channel_id))

    # What the client says.

    def receive_frame(self, data: bytes | str) -> None:
        """One frame: JSON objects separated by newlines, carried out in order."""
        if len(data) > protocol.MAX_FRAME_BYTES:
            self.close(Close.TOO_LARGE)
            return
        for line in data.splitlines() if isinstance(data, str) else data.split(b"\n"):
            if not line:
                continue
            if self.floods():
                self.close(Close.FLOOD)
                return
            try:
                self._carry_out(protocol.parse(line))
            except protocol.BadFrame as refusal:
                self.outlet.write_text(refusal.answer)
            except protocol.Malformed:
                self.close(Close.MALFORMED)
                return

    def _carry_out(self, frame: protocol.Frame) -> None:
        """At once where everything is known, else in the socket's one queue of tasks, in order."""
        if isinstance(frame, protocol.Subscribe) and frame.since:
            self.may_repeat()
        if isinstance(frame, protocol.Ping):
            self.outlet.write_text(protocol.PONG)
        elif self.outlet.busy or not self._needs_no_question(frame):
            self.outlet.start(self._carry_out_later(frame))
        elif isinstance(frame, protocol.Send):
            self._post(frame)
        else:
            self._unsubscribe(frame)

    def _needs_no_question(self, frame: protocol.Frame) -> bool:
        if isinstance(frame, protocol.Send):
            return self.can_post_at_once(frame.channel)
        return isinstance(frame, protocol.Unsubscribe)

    async def _carry_out_later(self, frame: protocol.Frame) -> None:
        match frame:
            case protocol.Send():
                await self._authorise_and_post(frame)
            case protocol.Subscribe():
                await self._subscribe(frame)
            case protocol.Unsubscribe():
                self._unsubscribe(frame)

    def _refuse(self, frame: protocol.Frame, refusal: Refused) -> None:
        """A nack to a message, an error to anything else."""
        code, detail, retry_after_ms = refusal
        if isinstance(frame, protocol.Send):
            self.outlet.write_text(protocol.nack(frame.client_id, code, detail, retry_after_ms))
        else:
            self.outlet.write_text(protocol.error(code, detail, frame.channel, retry_after_ms))

    def _unsubscribe(self, frame: protocol.Unsubscribe) -> None:
        self.node.hub.unsubscribe(self, frame.channel)
        self.outlet.write_text(protocol.unsubscribed(frame.channel))

    async def _subscribe(self, frame: protocol.Subscribe) -> None:
        try:
            since = Position.parse(frame.since) if frame.since else None
        except ValueError:
            self._refuse(frame, Refused("position_malformed", "since is no position."))
            return
        refusal = await self.subscribe(frame.channel, since)
        if refusal:
            self._refuse(frame, refusal)

    async def _authorise_and_post(self, frame: protocol.Send) -> None:
        role = await self.role(frame.channel)
        if isinstance(role, Refused):
            self._refuse(frame, role)
            return
        first = await self.first_of(frame.channel, frame.client_id)
        if first:
            self.outlet.write_text(protocol.ack(frame.client_id, *first))
        else:
            self._post(frame)

    def _post(self, frame: protocol.Send) -> None:
        def answer(event: MessageEvent | None, position: Position | None, refusal: Refused | None) -> None:
            if position is not None:
                self.outlet.write_text(protocol.ack(frame.client_id, event.id, position))
            else:
                self._refuse(frame, refusal)

        try:
            self.post(frame.channel, frame.client_id, frame.text, frame.reply_to, answer)
        except posting.BadMessage as refusal:
            if refusal.code == "client_id_malformed":  # nothing to answer to
                self.outlet.write_text(protocol.error(refusal.code, str(refusal.detail)))
            else:
                self._refuse(frame, Refused(refusal.code, str(refusal.detail)))
