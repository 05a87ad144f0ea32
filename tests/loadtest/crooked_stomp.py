"""The crooked server behind STOMP: its own small reading and writing of frames, so that both sides agree only
where the specification does."""

import json

from websockets.asyncio.server import ServerConnection

from tests.loadtest.crooked_server import CrookedServer


class CrookedStompServer(CrookedServer):
    """`refuse` is the nack that the first sends get, in a MESSAGE; with `breaks_off` in an ERROR, after which
    the connection is closed. `receipts` False keeps receipts back."""

    options = {"subprotocols": ["v12.stomp"]}

    def __init__(self, *arguments, receipts: bool = True, breaks_off: bool = False, **crooked) -> None:
        super().__init__(*arguments, **crooked)
        self.receipts = receipts
        self.breaks_off = breaks_off

    async def heed(self, connection: ServerConnection, text: str) -> None:
        """One or several frames of a client."""
        for frame in text.split("\0")[:-1]:
            await self.heed_frame(connection, frame)

    async def heed_frame(self, connection: ServerConnection, frame: str) -> None:
        """One frame without its NUL."""
        head, _, body = frame.partition("\n\n")
        command, *lines = head.split("\n")
        headers = dict(line.split(":", 1) for line in lines)
        if command == "CONNECT":
            self.enter(connection, headers["Authorization"])
            await connection.send(stomp("CONNECTED", {"version": "1.2"}))
        elif command == "SUBSCRIBE":
            if headers["destination"] == "/sub/chat/room/7":
                self.written[connection] = 0
            if "receipt" in headers:
                await connection.send(stomp("RECEIPT", {"receipt-id": headers["receipt"]}))
        elif self.refuses():
            await self.answer_no(connection, headers["receipt"])
        else:
            sent = json.loads(body)
            self.append(connection, sent["clientId"], sent["message"])
            if self.receipts:
                await connection.send(stomp("RECEIPT", {"receipt-id": headers["receipt"]}))
            await self.show_all()

    async def answer_no(self, connection: ServerConnection, receipt: str) -> None:
        """Refuse a send."""
        if self.breaks_off:
            del self.written[connection]
            await connection.send(stomp("ERROR", {"receipt-id": receipt, **self.refuse}, "why"))
            await connection.close(1013)
        else:
            nack = {"op": "nack", "client_id": receipt, **self.refuse}
            told = {"subscription": "refusals", "destination": "/user/queue/errors", "message-id": "no"}
            await connection.send(stomp("MESSAGE", told, json.dumps(nack)))

    def framed(self, events: list[dict]) -> str:
        """Several MESSAGE frames in one WebSocket frame, with what STOMP allows around and inside them: line
        ends between frames, CRLF, no content-length."""
        plain = {"subscription": "room", "destination": "/sub/chat/room/7", "message-id": "1"}
        parts = []
        for number, event in enumerate(events):
            body = json.dumps(event, ensure_ascii=False)
            length = {"content-length": len(body.encode())} if number % 2 else {}
            parts.append(stomp("MESSAGE", {**plain, **length}, body, line_end="\r\n" if number % 3 else "\n"))
        return "\n".join(parts) + "\r\n"


def stomp(command: str, headers: dict, body: str = "", line_end: str = "\n") -> str:
    """One frame as text."""
    lines = [command, *(f"{name}:{value}" for name, value in headers.items())]
    return line_end.join(lines) + line_end * 2 + body + "\0"
