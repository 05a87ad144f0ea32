"""Which connections a member has, by the name of the transport."""

from typing import Protocol

from chat.loadtest import stomp
from chat.loadtest.frames import FrameReader
from chat.loadtest.http import HttpConnection
from chat.loadtest.members import Connection, Member
from chat.loadtest.stomp import StompSocket
from chat.loadtest.websocket import MemberSocket, socket_url

TRANSPORTS = ("ws", "stomp", "http")


class Transport(Connection, Protocol):
    """One connection of one member: tells the member what arrives, and sends what the member says."""

    async def open(self, url: str) -> None:
        """Connect, log in, subscribe. Raises ConnectionError with the reason."""

    def close(self) -> None:
        """Say good-bye; what comes after is not counted."""


def reader_of(transport: str, channel: int, mark: str) -> FrameReader:
    """Reads what the members of this transport receive."""
    return FrameReader(channel, mark, stomp.events_in if transport == "stomp" else None)


def connections_of(
    transport: str, member: Member, url: str, reader: FrameReader, pacing
) -> list[tuple[Transport, str]]:
    """The connections of a member with their addresses, to be opened in order: the last one carries what it
    sends. Who posts over HTTP receives on the socket."""
    match transport:
        case "ws":
            return [(MemberSocket(member, reader, pacing), socket_url(url))]
        case "stomp":
            return [(StompSocket(member, reader, pacing), socket_url(url, stomp.PATH))]
        case "http":
            receiving = [(MemberSocket(member, reader, pacing), socket_url(url))] if member.receives else []
            return [*receiving, (HttpConnection(member, reader.channel, pacing), url)]
    raise ValueError(f"there is no transport {transport}")
