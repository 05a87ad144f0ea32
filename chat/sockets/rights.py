"""Who holds a token, who is in which channel and who may write there, as this process knows it: asked of the
database once, then kept right by the events of the log."""

import time
from collections.abc import Awaitable, Callable
from hashlib import blake2b

from django.utils import timezone

from accounts.credentials import Access, person_of_token
from chat.messages import writing
from chat.messages.writing import Standing
from chat.pipeline.events import AccessEvent, MessageEvent, SystemEvent

MOST = 100_000  # entries of each kind; then everything is forgotten and asked again
# A belt to the braces: what changes rows behind the log's back (an operator's SQL) counts after so long.
TOKEN_SECONDS = 60


class Rights:
    """Lives on the loop. Between the commit of a loss and its event on the log lie milliseconds."""

    def __init__(self, in_thread: Callable[..., Awaitable], follow: Callable[[int], Awaitable[bool]]) -> None:
        """`follow` makes sure that the events of a channel come here, or says that they do not."""
        self._in_thread = in_thread
        self._follow = follow
        self._roles: dict[int, dict[int, str]] = {}
        # Only channels where something holds somebody back stand in these two: any other message costs no
        # more than to find nothing there.
        self._muted: dict[int, dict[int, int]] = {}
        self.slow: dict[int, int] = {}
        self._holders: dict[bytes, tuple[Access, float]] = {}
        self._losses = 0  # whoever asked the database while it moved has to ask again

    def known_role(self, user_id: int, channel_id: int) -> str | None:
        """The role of a member, if it is known without asking."""
        roles = self._roles.get(user_id)
        return roles.get(channel_id) if roles else None

    async def role(self, user_id: int, channel_id: int) -> str | None:
        """The role of a member, None for everybody else. Raises DatabaseError."""
        known = self.known_role(user_id, channel_id)
        if known is not None:
            return known
        followed = await self._follow(channel_id)  # before the question: no loss slips between the two
        standing = await self._ask(writing.standing_in, user_id, channel_id)
        if standing is None:
            return None
        if not followed:
            return standing.role
        if len(self._roles) >= MOST:
            self._roles.clear()
            self._muted.clear()
            self.slow.clear()
        self._roles.setdefault(user_id, {})[channel_id] = standing.role
        self._mute(channel_id, user_id, standing.muted_until)
        self._slow_down(channel_id, standing.slow_seconds)
        return standing.role

    def forget(self, is_forgotten: Callable[[int], bool]) -> None:
        """Know nothing of these channels any more: their events do not come here."""
        for roles in self._roles.values():
            for channel_id in [one for one in roles if is_forgotten(one)]:
                del roles[channel_id]
        for held in (self._muted, self.slow):
            for channel_id in [one for one in held if is_forgotten(one)]:
                del held[channel_id]

    def restrains(self, channel_id: int) -> bool:
        """Whether anybody is muted or slow mode is on in this channel, as far as is known."""
        return channel_id in self.slow or channel_id in self._muted

    def take_turn(self, message: MessageEvent) -> None:
        """The last question before a member's message is appended. Raises Muted or SlowMode."""
        channel_id, user_id = message.channel, message.author.id
        standing = Standing(
            self.known_role(user_id, channel_id) or "",
            self._muted.get(channel_id, {}).get(user_id, 0),
            self.slow.get(channel_id, 0),
        )
        writing.take_turn(standing, user_id=user_id, channel_id=channel_id, event_id=message.id)

    def _mute(self, channel_id: int, user_id: int, until: int) -> None:
        if until:
            self._muted.setdefault(channel_id, {})[user_id] = until
        elif channel_id in self._muted:
            self._muted[channel_id].pop(user_id, None)
            if not self._muted[channel_id]:
                del self._muted[channel_id]

    def _slow_down(self, channel_id: int, seconds: int) -> None:
        if seconds:
            self.slow[channel_id] = seconds
        else:
            self.slow.pop(channel_id, None)

    def known_holder(self, token: str) -> Access | None:
        """Who holds this token, if it is known without asking."""
        access, until = self._holders.get(_digest(token), (None, 0.0))
        if access is None or until < time.monotonic():
            return None
        if access.expires_at is not None and access.expires_at <= timezone.now():
            return None
        return access

    async def holder(self, token: str) -> Access | None:
        """Who holds this token; None when it is unknown or dead. Raises DatabaseError."""
        known = self.known_holder(token)
        if known is not None:
            return known
        access = await self._ask(person_of_token, token)
        if access:
            if len(self._holders) >= MOST:
                self._holders.clear()
            self._holders[_digest(token)] = (access, time.monotonic() + TOKEN_SECONDS)
        return access

    async def _ask(self, question: Callable, *arguments):
        """The database's word, asked again while losses pass by, so that none slips between the question and
        the answer."""
        while True:
            losses = self._losses
            answer = await self._in_thread(question, *arguments)
            if losses == self._losses:
                return answer

    def heed(self, change: SystemEvent | AccessEvent | MessageEvent) -> None:
        """A change that the log tells of: what is known follows it. Of messages it wants those of slow
        channels."""
        match change:
            case MessageEvent():
                writing.turns.note(change.channel, change.author.id, change.id, change.sent_at)
            case SystemEvent(kind="left" | "removed", user=user_id, channel=channel_id):
                self._losses += 1
                self._roles.get(user_id, {}).pop(channel_id, None)
                self._mute(channel_id, user_id, 0)
            case SystemEvent(kind="closed", channel=channel_id):
                self._losses += 1
                self._muted.pop(channel_id, None)
                self._slow_down(channel_id, 0)
                for roles in self._roles.values():
                    roles.pop(channel_id, None)
            case SystemEvent(kind="role", user=user_id, channel=channel_id, role=role):
                if self.known_role(user_id, channel_id):
                    self._roles[user_id][channel_id] = role
            case SystemEvent(kind="muted", user=user_id, channel=channel_id, until=until):
                self._losses += 1
                self._mute(channel_id, user_id, until or 0)
            case SystemEvent(kind="changed", channel=channel_id, slow_seconds=int(seconds)):
                self._losses += 1
                self._slow_down(channel_id, seconds)
            case AccessEvent(user=user_id, credential=credential):
                self._losses += 1
                self._forget_holders(user_id, credential)

    def _forget_holders(self, user_id: int, credential: str | None) -> None:
        dead = [
            digest
            for digest, (access, _) in self._holders.items()
            if access.user.pk == user_id and credential in (None, access.credential)
        ]
        for digest in dead:
            del self._holders[digest]


def _digest(token: str) -> bytes:
    # What a look-up takes then says nothing about the tokens that are kept.
    return blake2b(token.encode(), digest_size=16).digest()
