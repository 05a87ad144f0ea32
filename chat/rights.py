"""Who holds a token and who is in which channel, as this process knows it: asked of the database once, then
kept right by the events of the log."""

import time
from collections.abc import Awaitable, Callable
from hashlib import blake2b

from django.utils import timezone

from accounts.credentials import Access, person_of_token
from chat import posting
from chat.pipeline.events import AccessEvent, SystemEvent

MOST = 100_000  # entries of each kind; then everything is forgotten and asked again
# A belt to the braces: what changes rows behind the log's back (an operator's SQL) counts after so long.
TOKEN_SECONDS = 60


class Rights:
    """Lives on the loop. Between the commit of a loss and its event on the log lie milliseconds."""

    def __init__(self, in_thread: Callable[..., Awaitable]) -> None:
        self._in_thread = in_thread
        self._roles: dict[int, dict[int, str]] = {}
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
        role = await self._ask(posting.role_in, user_id, channel_id)
        if role:
            if len(self._roles) >= MOST:
                self._roles.clear()
            self._roles.setdefault(user_id, {})[channel_id] = role
        return role

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

    def heed(self, change: SystemEvent | AccessEvent) -> None:
        """A change that the log tells of: what is known follows it."""
        match change:
            case SystemEvent(kind="left" | "removed", user=user_id, channel=channel_id):
                self._losses += 1
                self._roles.get(user_id, {}).pop(channel_id, None)
            case SystemEvent(kind="closed", channel=channel_id):
                self._losses += 1
                for roles in self._roles.values():
                    roles.pop(channel_id, None)
            case SystemEvent(kind="role", user=user_id, channel=channel_id, role=role):
                if self.known_role(user_id, channel_id):
                    self._roles[user_id][channel_id] = role
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
