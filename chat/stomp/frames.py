"""STOMP 1.2 and 1.1 frames: limits, reading them out of a stream of bytes, building them. Knows no Django.

https://stomp.github.io/stomp-specification-1.2.html. More lenient than its letter in two points: a header's
value may hold plain colons, and version 1.1 may use CRLF and the escape for it as well.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

MAX_HEAD_BYTES = 8 * 1024  # the command and all headers of one frame
MAX_HEADERS = 50
MAX_BODY_BYTES = 64 * 1024
VERSIONS = ("1.2", "1.1")  # the best first

HEART_BEAT = b"\n"
_LINE_ENDS = re.compile(rb"[\r\n]*")
_HEAD_END = re.compile(rb"\n\r?\n")
_COMMAND = re.compile(r"[A-Z]{1,20}")
_LENGTH = re.compile(r"[0-9]{1,9}")
# For the sake of version 1.0 these do not escape.
_UNESCAPED = {"CONNECT", "CONNECTED"}
_SPECIAL = re.compile(r"[\\\r\n:]")
_ESCAPES = {"\\": "\\\\", "\r": "\\r", "\n": "\\n", ":": "\\c"}
_ESCAPED = re.compile(r"\\(.?)", re.DOTALL)
_MEANINGS = {"\\": "\\", "r": "\r", "n": "\n", "c": ":"}


class Frame(NamedTuple):
    """One frame. Of repeated headers the first counts; the body is bytes as they came."""

    command: str
    headers: dict[str, str]
    body: bytes = b""


class BadFrame(Exception):
    """What arrived is no frame, and nothing behind it can be understood. `code`: malformed or too_large."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


class Reader:
    """Frames out of bytes that may be cut and joined anywhere. Holds at most one unfinished frame."""

    __slots__ = ("_head", "_rest")

    def __init__(self) -> None:
        self._head: tuple[str, dict[str, str]] | None = None
        self._rest = b""

    @property
    def held_bytes(self) -> int:
        """Of an unfinished frame."""
        return len(self._rest)

    def read(self, data: bytes) -> Iterator[Frame]:
        """The frames that these bytes complete; heart-beats between them are passed over.

        Raises BadFrame; after that nothing more may be read.
        """
        data = self._rest + data if self._rest else data
        at = 0
        while True:
            if self._head is None:
                at = _LINE_ENDS.match(data, at).end()
                end = _HEAD_END.search(data, at, at + MAX_HEAD_BYTES)
                if end is None:
                    if len(data) - at >= MAX_HEAD_BYTES:
                        raise BadFrame("too_large", "The headers of a frame are too long.")
                    break
                self._head = _parse_head(data[at : end.start()])
                at = end.end()
            body_end = _find_body_end(self._head[1], data, at)
            if body_end is None:
                break
            frame = Frame(*self._head, data[at:body_end])
            self._head = None
            at = body_end + 1
            yield frame
        self._rest = data[at:]


def _parse_head(head: bytes) -> tuple[str, dict[str, str]]:
    try:
        text = head.decode()
    except UnicodeDecodeError:
        raise BadFrame("malformed", "Headers have to be UTF-8.") from None
    if "\r" in text:
        text = text.replace("\r\n", "\n").removesuffix("\r")
    if "\r" in text or "\0" in text:
        raise BadFrame("malformed", "A header has a character that has to be escaped.")
    command, *lines = text.split("\n")
    if not _COMMAND.fullmatch(command):
        raise BadFrame("malformed", "A frame begins with a command in capital letters.")
    if len(lines) > MAX_HEADERS:
        raise BadFrame("too_large", "Too many headers.")
    return command, _parse_headers(lines, escaped="\\" in text and command not in _UNESCAPED)


def _parse_headers(lines: list[str], *, escaped: bool) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not name or not colon:
            raise BadFrame("malformed", "A header is no `name:value`.")
        if escaped:
            name, value = _unescape(name), _unescape(value)
        if name not in headers:
            headers[name] = value
    return headers


def _find_body_end(headers: dict[str, str], data: bytes, at: int) -> int | None:
    """Where the NUL behind the body stands, if it came already."""
    length = headers.get("content-length")
    if length is None:
        end = data.find(b"\0", at, at + MAX_BODY_BYTES + 1)
        if end < 0 and len(data) - at > MAX_BODY_BYTES:
            raise BadFrame("too_large", "The body of a frame is too long.")
        return end if end >= 0 else None
    if not _LENGTH.fullmatch(length):
        raise BadFrame("malformed", "content-length is no number of bytes.")
    if int(length) > MAX_BODY_BYTES:
        raise BadFrame("too_large", "The body of a frame is too long.")
    end = at + int(length)
    if end >= len(data):
        return None
    if data[end]:
        raise BadFrame("malformed", "There is no NUL behind content-length bytes of body.")
    return end


def _unescape(text: str) -> str:
    try:
        return _ESCAPED.sub(lambda match: _MEANINGS[match[1]], text)
    except KeyError:
        raise BadFrame("malformed", "A header has an unknown escape.") from None


def escape(text: str) -> str:
    """A header's name or value as it stands in a frame."""
    return _SPECIAL.sub(lambda match: _ESCAPES[match[0]], text) if _SPECIAL.search(text) else text


def build(command: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """One frame's bytes; a body gets its content-length.

    CONNECT and CONNECTED cannot escape: their values may hold no line ends.
    """
    if body:
        headers = {**headers, "content-length": str(len(body))}
    if command in _UNESCAPED:
        lines = [f"{name}:{value}\n" for name, value in headers.items()]
    else:
        lines = [f"{escape(name)}:{escape(value)}\n" for name, value in headers.items()]
    return b"%b\n%b\n%b\0" % (command.encode(), "".join(lines).encode(), body)
