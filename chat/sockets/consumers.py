"""The socket of one client for all its channels: parse, authorise, call, answer."""

import logging
from collections.abc import Callable

from django.db import DatabaseError

from accounts.credentials import Access
from accounts.refusals import Refusal
from chat import protocol
from chat.messages import changing, posting
from chat.pipeline.events import Author, Position
from chat.pipeline.frames import SharedFrame
from chat.protocol import Close
from chat.reading.marks import recent_marks
from chat.reading.progress import checked_position
from chat.sockets.door import admit
from chat.sockets.intake import Posted, Refused
from chat.sockets.open_socket import DATABASE_AWAY, OpenSocket

logger = logging.getLogger(__name__)
Notice = protocol.Read | protocol.Typing | protocol.Watch
NOT_SUBSCRIBED = Refused("not_subscribed", "Subscribe to the channel before watching it.")


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

    def notice(self, payload: bytes) -> None:
        self.outlet.write_text(payload)

    def subscribed(self, channel_id: int, position: Position, role: str) -> None:
        self.outlet.write_text(protocol.subscribed(channel_id, position, role))
        # What was read elsewhere between the making of a page and the opening of its socket.
        mark = recent_marks().get(channel_id, self.user_id)
        if mark:
            self.notice(protocol.read(channel_id, mark))

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
            self._post(frame, lambda: self._make(frame))
        elif isinstance(frame, protocol.Unsubscribe):
            self._unsubscribe(frame)
        else:
            self._note(frame)

    def _needs_no_question(self, frame: protocol.Frame) -> bool:
        if isinstance(frame, protocol.Send):
            return frame.is_plain and self.can_post_at_once(frame.channel)
        if isinstance(frame, Notice):
            return self.node.rights.known_role(self.user_id, frame.channel) is not None
        return isinstance(frame, protocol.Unsubscribe)

    async def _carry_out_later(self, frame: protocol.Frame) -> None:
        match frame:
            case protocol.Send():
                await self._authorise_and_post(frame)
            case protocol.Ask():
                await self._authorise_and_change(frame)
            case protocol.Subscribe():
                await self._subscribe(frame)
            case protocol.Unsubscribe():
                self._unsubscribe(frame)
            case protocol.Read() | protocol.Typing() | protocol.Watch():
                await self._authorise_and_note(frame)

    def _refuse(self, frame: protocol.Frame, refusal: Refused) -> None:
        """A nack to what has a client_id, an error to anything else."""
        code, detail, retry_after_ms, until = refusal
        answerable = isinstance(frame, protocol.Send | protocol.Ask)
        if answerable and protocol.CLIENT_ID.fullmatch(frame.client_id):
            self.outlet.write_text(protocol.nack(frame.client_id, code, detail, retry_after_ms, until))
        else:
            self.outlet.write_text(protocol.error(code, detail, frame.channel, retry_after_ms))

    def _unsubscribe(self, frame: protocol.Unsubscribe) -> None:
        self.node.watching.stop(self, frame.channel)
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

    async def _authorise_and_note(self, frame: Notice) -> None:
        role = await self.role(frame.channel)
        if isinstance(role, Refused):
            self._refuse(frame, role)
        else:
            self._note(frame)

    def _note(self, frame: Notice) -> None:
        """What a member of the channel tells of reading and writing; only a refusal is answered."""
        match frame:
            case protocol.Read():
                try:
                    self.node.reading.read(self, frame.channel, checked_position(frame.position))
                except posting.BadMessage as refusal:
                    self._refuse(frame, Refused.of(refusal))
            case protocol.Typing():
                self.node.watching.type(self, frame.channel, self.username)
            case protocol.Watch(on=False):
                self.node.watching.stop(self, frame.channel)
            case protocol.Watch():
                if not self.node.watching.watch(self, frame.channel):
                    self._refuse(frame, NOT_SUBSCRIBED)

    async def _authorise_and_post(self, frame: protocol.Send) -> None:
        role = await self.role(frame.channel)
        if isinstance(role, Refused):
            self._refuse(frame, role)
            return
        first = await self.first_of(frame.channel, frame.client_id)
        if first:
            self.outlet.write_text(protocol.ack(frame.client_id, *first))
            return
        if frame.is_plain:
            self._post(frame, lambda: self._make(frame))
            return
        extras = await self._ask(frame, lambda: posting.look_up(user_id=self.user_id, asked=frame))
        if extras is not None:
            self._post(frame, lambda: self._make(frame, **extras))

    async def _authorise_and_change(self, frame: protocol.Ask) -> None:
        role = await self.role(frame.channel)
        if isinstance(role, Refused):
            self._refuse(frame, role)
            return
        author = Author(self.user_id, self.username)
        event = await self._ask(frame, lambda: changing.make_change(frame, author=author, role=role))
        if event is not None:
            self._post(frame, lambda: event)

    async def _ask(self, frame: protocol.Send | protocol.Ask, question: Callable):
        """The answer of something that reads rows or the store; None after telling the client why not."""
        try:
            return await self.node.in_thread(question)
        except Refusal as refusal:
            self._refuse(frame, Refused.of(refusal))
        except DatabaseError as error:
            logger.warning("socket: the database is not reachable (%s)", type(error).__name__)
            self._refuse(frame, DATABASE_AWAY)
        return None

    def _make(self, frame: protocol.Send, **extras) -> Posted:
        return self.message(frame.channel, frame.client_id, frame.text, reply_to=frame.reply_to, **extras)

    def _post(self, frame: protocol.Send | protocol.Ask, make: Callable[[], Posted]) -> None:
        def answer(event: Posted | None, position: Position | None, refusal: Refused | None) -> None:
            if position is not None:
                self.outlet.write_text(protocol.ack(frame.client_id, event.id, position))
            else:
                self._refuse(frame, refusal)

        try:
            self.post(frame.channel, make, answer)
        except posting.BadMessage as refusal:
            self._refuse(frame, Refused.of(refusal))
