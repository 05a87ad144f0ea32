"""`/ws-stomp`: STOMP over the services of `/ws/`.

A message that is refused is no fault of the protocol, and thousands may be refused at once when it is too
much. STOMP's only word for it, ERROR, has to end the connection, and a RECEIPT would say that the log has
the message. So a client may subscribe to `/user/queue/errors` (Spring's name for it): then a MESSAGE that
holds the nack of `/ws/` tells it of refusals, and it stays. Any other client gets, after the receipts of what
it sent before, the ERROR with `code` and `retry-after-ms`, and is closed.
"""

import logging

from django.db import DatabaseError

from accounts.credentials import Access
from chat.messages import posting
from chat.pipeline.events import MessageEvent, Position
from chat.pipeline.frames import SharedFrame
from chat.protocol import MAX_FRAME_BYTES, Close
from chat.sockets.door import admit
from chat.sockets.intake import Refused
from chat.sockets.open_socket import DATABASE_AWAY, OpenSocket
from chat.stomp import answers
from chat.stomp.frames import HEART_BEAT, BadFrame, Frame, Reader
from chat.stomp.refusals import FLOOD, FOREIGN, NO_ONE, NOT_CONNECTED, SILENT, TWICE, close_code_of
from chat.stomp.requests import Connect, Disconnect, Request, Send, Subscribe, Unsubscribe, understand
from chat.stomp.subscriptions import Subscriptions

logger = logging.getLogger(__name__)
SUBPROTOCOLS = ("v12.stomp", "v11.stomp")  # the best first
# Of frames that wait for the database: CONNECT may be followed by others at once.
MOST_WAITING_BYTES = 256 * 1024
BYTES_OF_A_FRAME = 500  # beside its body, about

DONE = 1000


class StompConsumer(OpenSocket):
    """One STOMP connection."""

    entrance = "stomp"
    appends = 0

    async def websocket_connect(self, message: dict) -> None:
        offered = self.scope.get("subprotocols", ())
        await self.open(next((name for name in SUBPROTOCOLS if name in offered), None))
        self.heard_at = self.node.loop.time()
        self._reader = Reader()
        self._waiting_bytes = 0
        self._subscriptions = Subscriptions(self.node.followers)
        self._refusals = 0
        self._over = False  # nothing more is heard
        self._last: tuple[bytes, int] | None = None  # said, with the code to close with, once all is answered
        self.node.heartbeats.expect_connect(self)
        self.outlet.open()

    async def websocket_receive(self, message: dict) -> None:
        """Messages of servers that give no direct way."""
        self.receive_frame(message.get("text") or message.get("bytes") or b"")

    async def websocket_disconnect(self, message: dict) -> None:
        self._let_go()
        await super().websocket_disconnect(message)

    def close(self, code: int) -> None:
        self._let_go()
        super().close(code)

    def _let_go(self) -> None:
        self._over, self._last = True, None
        self.node.heartbeats.end(self)
        self._subscriptions.end_all()

    # What the hub and the heart-beats call.

    def write(self, frame: SharedFrame) -> None:
        following = self._subscriptions.of_room(frame.channel_id)
        self.outlet.write(self.node.followers.render(frame, following.head))

    def subscribed(self, channel_id: int, position: Position, role: str) -> None:
        self._confirm(self._subscriptions.of_room(channel_id).receipt, position=position, role=role)

    def gap(self, channel_id: int, after: Position, before: Position) -> None:
        subscription_id = self._subscriptions.of_room(channel_id).id
        self.outlet.write_text(answers.gap(subscription_id, channel_id, after, before))

    def removed(self, channel_id: int) -> None:
        self.outlet.write_text(answers.removed(self._subscriptions.of_room(channel_id).id, channel_id))
        self._subscriptions.end_room(channel_id)

    def beat(self) -> None:
        if not self.outlet.paused:  # else it has bytes to read anyway
            self.outlet.write_text(HEART_BEAT)

    def fall_silent(self) -> None:
        self._fail(SILENT, None)

    # What the client says.

    def receive_frame(self, data: bytes | str) -> None:
        """Any piece of the client's stream of frames and heart-beats."""
        if self._over:
            return
        if self.user_id:
            self.heard_at = self.node.loop.time()
        data = data.encode() if isinstance(data, str) else data
        try:
            if len(data) > MAX_FRAME_BYTES:
                raise BadFrame("too_large", "A WebSocket message is too long.")
            for frame in self._reader.read(data):
                if self.floods():
                    self._fail(FLOOD, None)
                else:
                    self._take(frame)
                if self._over:
                    return
        except BadFrame as fault:
            self._fail(Refused(fault.code, fault.detail), None)

    def _take(self, frame: Frame) -> None:
        """At once where everything is known, else in the socket's one queue of tasks, in order."""
        try:
            request = understand(frame)
        except BadFrame as fault:
            self._fail(Refused(fault.code, fault.detail), frame.headers.get("receipt"))
            return
        if self.outlet.busy or not self._needs_no_question(request):
            size = len(frame.body) + BYTES_OF_A_FRAME
            self._waiting_bytes += size
            if self._waiting_bytes > MOST_WAITING_BYTES:
                self._fail(FLOOD, request.receipt)
            else:
                self.outlet.start(self._carry_out_later(request, size))
        elif isinstance(request, Send):
            self._post(request)
        else:
            self._carry_out(request)

    def _needs_no_question(self, request: Request) -> bool:
        if not self.user_id:
            return False
        if isinstance(request, Send):
            return self.can_post_at_once(request.channel_id)
        return isinstance(request, Unsubscribe | Disconnect)

    async def _carry_out_later(self, request: Request, size: int) -> None:
        self._waiting_bytes -= size
        if self._over:
            return
        if bool(self.user_id) == isinstance(request, Connect):
            self._fail(TWICE if self.user_id else NOT_CONNECTED, request.receipt)
            return
        match request:
            case Connect():
                await self._connect(request)
            case Send():
                await self._authorise_and_post(request)
            case Subscribe():
                await self._subscribe(request)
            case _:
                self._carry_out(request)

    def _carry_out(self, request: Unsubscribe | Disconnect) -> None:
        if isinstance(request, Disconnect):
            last = answers.receipt(request.receipt) if request.receipt is not None else b""
            self._end(last, DONE)
            return
        channel_id = self._subscriptions.end(request.id)
        if channel_id is not None:
            self.node.hub.unsubscribe(self, channel_id)
        self._confirm(request.receipt)

    async def _connect(self, request: Connect) -> None:
        access = await self._identify(request.token)
        if isinstance(access, Refused):
            self._fail(access, None)
            return
        if self._over:
            return
        self.enter(access)
        self.heard_at = self.node.loop.time()
        self.outlet.write_text(answers.connected(request.version, self.user_id))
        self.node.heartbeats.begin(self, *request.rhythm)

    async def _identify(self, token: str | None) -> Access | Refused:
        """Whoever holds the frame's token, else whoever opened the socket."""
        try:
            if token is not None:
                return await self.node.rights.holder(token) or NO_ONE
            access = await self.node.in_thread(admit, self.scope)
        except DatabaseError as error:
            logger.warning("socket: the database is not reachable (%s)", type(error).__name__)
            return DATABASE_AWAY
        if isinstance(access, Close):
            return FOREIGN if access == Close.ORIGIN else NO_ONE
        return access

    async def _subscribe(self, request: Subscribe) -> None:
        refusal = self._subscriptions.find_obstacle(request)
        if refusal is None:
            self._subscriptions.add(request)
            if request.channel_id is None:
                self._confirm(request.receipt)
                return
            if request.since:
                self.may_repeat()
            refusal = await self.subscribe(request.channel_id, request.since)
        if refusal:
            self._fail(refusal, request.receipt)

    # Messages.

    async def _authorise_and_post(self, send: Send) -> None:
        role = await self.role(send.channel_id)
        if isinstance(role, Refused):
            self._refuse(send, role)
            return
        first = await self.first_of(send.channel_id, send.client_id)
        if first:
            self._confirm_post(send, *first)
        else:
            self._post(send)

    def _post(self, send: Send) -> None:
        def answer(event: MessageEvent | None, position: Position | None, refusal: Refused | None) -> None:
            if position is not None:
                self._confirm_post(send, event.id, position)
            else:
                self._refuse(send, refusal)
            self._end_if_answered()

        try:
            self.post(
                send.channel_id,
                lambda: self.message(send.channel_id, send.client_id, send.text, reply_to=send.reply_to),
                answer,
            )
        except posting.BadMessage as refusal:
            self._refuse(send, Refused.of(refusal))

    def _confirm_post(self, send: Send, message_id: str, position: Position) -> None:
        if send.receipt is not None:
            self.outlet.write_text(answers.posted(send.receipt, message_id, position))

    def _refuse(self, send: Send, refusal: Refused) -> None:
        told_at = self._subscriptions.to_refusals
        if told_at is None:
            self._fail(refusal, send.receipt)
            return
        self._refusals += 1
        self.outlet.write_text(
            answers.refused_message(self._refusals, told_at, send.receipt, send.client_id, *refusal)
        )

    # Answers and the end.

    def _confirm(self, receipt_id: str | None, **more: object) -> None:
        if receipt_id is not None:
            self.outlet.write_text(answers.receipt(receipt_id, **more))

    def _fail(self, refusal: Refused, receipt_id: str | None) -> None:
        """ERROR, and the end of the connection."""
        self._end(answers.error(receipt_id, *refusal), close_code_of(refusal))

    def _end(self, last: bytes, code: int) -> None:
        """Hear nothing more, wait until what the client sent before is answered, say the last and close."""
        if not self._over:
            self._over, self._last = True, (last, code)
            self._end_if_answered()

    def _end_if_answered(self) -> None:
        if self._last is None or self.appends:
            return
        last, code = self._last
        if last:
            self.outlet.write_text(last)
        self.close(code)
