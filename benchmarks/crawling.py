"""Members who only read, a kilobyte a second or whatever comes: real sockets, deflate as browsers ask for it.

They are read in a thread of their own, so that nobody else's reading waits for them.
"""

import base64
import os
import selectors
import socket
import threading
import time
from urllib.parse import urlsplit

import msgspec

from chat.loadtest.plan import VirtualUser

BYTES_PER_SECOND = 1_024
_RECEIVE_BUFFER = 2_048
_PATIENCE_SECONDS = 30
_GLANCE_SECONDS, _AT_ONCE = 0.2, 256 * 1024
_EXTENSIONS = "permessage-deflate; client_max_window_bits"


class Readers:
    """`with Readers(url, people, channel, slow=True) as readers:` all are subscribed and read until the end.
    Slow ones have a small receive buffer and take BYTES_PER_SECOND each."""

    def __init__(self, url: str, people: list[VirtualUser], channel: int, *, slow: bool) -> None:
        self._address = urlsplit(url)
        self._slow = slow
        self._sockets = [self._open(person, channel) for person in people]
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._read_slowly if slow else self._read_all)
        self.bytes_read = 0
        self.closed = 0

    def __enter__(self) -> "Readers":
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._over.set()
        self._thread.join()
        for connection in self._sockets:
            connection.close()

    def _open(self, person: VirtualUser, channel: int) -> socket.socket:
        host, port = self._address.hostname, self._address.port
        connection = socket.socket()
        if self._slow:  # before it connects
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        connection.settimeout(_PATIENCE_SECONDS)
        connection.connect((host, port))
        key = base64.b64encode(os.urandom(16)).decode()
        connection.sendall(
            f"GET /ws/ HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
            f"Sec-WebSocket-Extensions: {_EXTENSIONS}\r\n"
            f"Authorization: Bearer {person.token}\r\n\r\n".encode()
        )
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += connection.recv(1)
        if b" 101 " not in answer.partition(b"\r\n")[0]:
            raise ConnectionError(answer.decode(errors="replace"))
        connection.sendall(_masked(msgspec.json.encode({"op": "subscribe", "channel": channel})))
        if b"subscribed" not in connection.recv(BYTES_PER_SECOND):
            raise ConnectionError(f"{person.username} could not subscribe")
        connection.setblocking(False)
        return connection

    def _read_all(self) -> None:
        """Whatever comes, as soon as it comes."""
        with selectors.DefaultSelector() as selector:
            for connection in self._sockets:
                selector.register(connection, selectors.EVENT_READ)
            while not self._over.is_set():
                for ready, _ in selector.select(_GLANCE_SECONDS):
                    data = _read(ready.fileobj, _AT_ONCE)
                    self.bytes_read += len(data or b"")
                    if data == b"":
                        self.closed += 1
                        selector.unregister(ready.fileobj)

    def _read_slowly(self) -> None:
        """Each socket once a second, spread over it."""
        alive = list(self._sockets)
        while not self._over.is_set() and alive:
            began = time.monotonic()
            for number, connection in enumerate(list(alive)):
                self._over.wait(max(0.0, began + number / len(self._sockets) - time.monotonic()))
                data = _read(connection, BYTES_PER_SECOND)
                self.bytes_read += len(data or b"")
                if data == b"":
                    self.closed += 1
                    alive.remove(connection)
            self._over.wait(max(0.0, began + 1 - time.monotonic()))


def _read(connection: socket.socket, most: int) -> bytes | None:
    """At most so many bytes; empty when the server ended the connection, None when nothing is there."""
    try:
        return connection.recv(most)
    except BlockingIOError:
        return None
    except OSError:
        return b""


def _masked(payload: bytes) -> bytes:
    """A short text frame as clients send it; masked with zeros, which changes nothing."""
    return bytes((0x81, 0x80 | len(payload))) + bytes(4) + payload
