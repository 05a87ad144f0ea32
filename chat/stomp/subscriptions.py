"""What one STOMP connection follows: rooms, and the refusals of its own messages."""

from typing import NamedTuple

from chat.sockets.intake import Refused
from chat.stomp.messages import Followers, head_of
from chat.stomp.refusals import ALREADY_SUBSCRIBED, ID_TAKEN
from chat.stomp.requests import Subscribe


class Following(NamedTuple):
    """A subscription to a room: its id, how its MESSAGEs begin, the receipt that was asked for."""

    id: str
    head: bytes
    receipt: str | None


class Subscriptions:
    """By id and by room."""

    def __init__(self, followers: Followers) -> None:
        self._followers = followers
        self._ids: dict[str, int | None] = {}  # None: to the refusals
        self._rooms: dict[int, Following] = {}
        self.to_refusals: str | None = None  # the id of that one

    def find_obstacle(self, wish: Subscribe) -> Refused | None:
        """Why there cannot be this one as well."""
        if wish.id in self._ids:
            return ID_TAKEN
        taken = self.to_refusals if wish.channel_id is None else self._rooms.get(wish.channel_id)
        return ALREADY_SUBSCRIBED if taken is not None else None

    def add(self, wish: Subscribe) -> None:
        """Note it, after find_obstacle found none."""
        self._ids[wish.id] = wish.channel_id
        if wish.channel_id is None:
            self.to_refusals = wish.id
            return
        following = self._rooms[wish.channel_id] = Following(wish.id, head_of(wish.id), wish.receipt)
        self._followers.add(wish.channel_id, following.head)

    def of_room(self, channel_id: int) -> Following:
        """The subscription to a room that is followed."""
        return self._rooms[channel_id]

    def end(self, subscription_id: str) -> int | None:
        """Forget it and return its room, if it had one. Unknown ids pass: the room may have ended the
        subscription while the client said this."""
        channel_id = self._ids.get(subscription_id)
        if channel_id is not None:
            self.end_room(channel_id)
        elif subscription_id == self.to_refusals:
            del self._ids[subscription_id]
            self.to_refusals = None
        return channel_id

    def end_room(self, channel_id: int) -> None:
        """Forget the subscription to a room that is followed."""
        following = self._rooms.pop(channel_id)
        del self._ids[following.id]
        self._followers.discard(channel_id, following.head)

    def end_all(self) -> None:
        """The connection is gone. A second call does nothing."""
        for channel_id in list(self._rooms):
            self.end_room(channel_id)
