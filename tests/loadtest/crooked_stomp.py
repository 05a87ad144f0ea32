"""The crooked server behind STOMP: its own small reading and writing of frames, so that both sides agree only
where the specification does."""

import json

from websockets.asyncio.server import ServerConnection

from tests.loadtest.crooked_server import CrookedServer


class CrookedStompServer(CrookedServer):
    """`refuse` is the headers of the ERROR that the first sends get; `receipts` False keeps receipts back."""

    options = {"subprotocols": ["v12.stomp"]}

    def __init__(self, *arguments, receipts: bool = True, **crooked) -> None:
        super().__init__(*arguments, **crooked)
        self.receipts = receipts

    async def heed(self, connection: ServerConnection, text: str) -> None:
        """One frame of a client."""
        head, _, body = text.rstrip("\n").removesuffix("\0").partition("\n\n")
        command, *lines = head.split("\n")
        headers = dict(line.split(":", 1) for line in lines)
        if command == "CONNECT":
            self.enter(connection, headers["Authorization"])
            await connection.send(stomp("CONNECTED", {"version": "1.2"}))
        elif command == "SUBSCRIBE":
            self.written[connection] = 0
            await connection.send(stomp("RECEIPT", {"receipt-id": headers["receipt"]}))
        elif self.refuses():
            await connection.send(stomp("ERROR", {"receipt-id": headers["receipt"], **self.refuse}, "no"))
        else:
            sent = json.loads(body)
            self.append(connection, sent["clientId"], sent["message"])
            if self.receipts:
                await connection.send(stomp("RECEIPT", {"receipt-id": headers["receipt"]}))
            await self.show_all()

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
