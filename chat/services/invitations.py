"""Invitations: links that let people into a channel, private ones too, until they expire, are used up or
revoked."""

import re
import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import attempts
from accounts.attempts import Counter
from chat.models import Ban, Channel, Invitation, Membership, Role
from chat.refusals import (
    AdminsOnly,
    Banned,
    ChannelNotFound,
    InvitationExpired,
    InvitationInvalid,
    InvitationUsedUp,
)
from chat.services.channels import channel_for
from chat.services.locking import lock_as_admin, lock_channel
from chat.services.roster import admit

TOKEN_BYTES = 16  # 128 bits, as 32 hexadecimal digits: no database takes two of them for equal
TOKEN = re.compile(r"[0-9a-f]{32}")
LIFETIME_SECONDS = (3600, 86_400, 7 * 86_400, 30 * 86_400)
PEOPLE = (1, 10, 100)
WRONG_GUESSES_PER_PERSON = 20


def invite(
    *, actor, channel_id: int, lifetime_seconds: int | None = None, most_uses: int | None = None
) -> Invitation:
    """A new invitation; an admin's right. None: it never expires, or lets in any number of people.

    Raises ChannelNotFound, AdminsOnly or DirectChannel. Called twice it makes two.
    """
    expires_at = timezone.now() + timedelta(seconds=lifetime_seconds) if lifetime_seconds else None
    with transaction.atomic():
        channel = lock_as_admin(actor, channel_id)
        return Invitation.objects.create(
            channel=channel,
            token=secrets.token_hex(TOKEN_BYTES),
            created_by=actor,
            expires_at=expires_at,
            most_uses=most_uses,
        )


def invitations(*, actor, channel_id: int) -> QuerySet[Invitation]:
    """Those that were not revoked, the newest first; an admin's right. Raises ChannelNotFound or
    AdminsOnly."""
    channel = channel_for(user=actor, channel_id=channel_id)
    if channel.my_role != Role.ADMIN:
        raise AdminsOnly
    found = Invitation.objects.filter(channel=channel, revoked_at=None)
    return found.select_related("channel", "created_by").order_by("-id")


def revoke(*, actor, channel_id: int, invitation_id: int) -> None:
    """Let nobody else in by it; an admin's right. Raises ChannelNotFound, AdminsOnly, or InvitationInvalid
    for an unknown one. A second call changes nothing."""
    with transaction.atomic():
        channel = lock_as_admin(actor, channel_id)
        found = Invitation.objects.filter(channel=channel, id=invitation_id)
        if not found.exists():
            raise InvitationInvalid
        found.filter(revoked_at=None).update(revoked_at=timezone.now())


def look_at(*, user, token: str) -> Invitation:
    """The invitation with this token, with its channel, as long as it would let this person in (or they are
    in).

    Raises InvitationInvalid, InvitationExpired, InvitationUsedUp, Banned (of a public channel only) or
    TooManyAttempts. Not inside a transaction: guesses are counted.
    """
    guesses = Counter(f"invitation:{user.pk}", WRONG_GUESSES_PER_PERSON)
    attempts.spend(guesses)
    found = None
    if TOKEN.fullmatch(token):
        found = Invitation.objects.filter(token=token).select_related("channel").first()
    if found is None:
        raise InvitationInvalid
    attempts.forgive(guesses)
    if not Membership.objects.filter(channel=found.channel, user=user).exists():
        _check(found, found.channel)
        if Ban.objects.filter(channel=found.channel, user=user).exists():
            raise _refusal_of_banned(found.channel)
    return found


def accept(*, user, token: str) -> Membership:
    """Become a member by an invitation; no password is asked. Again: the same membership, and it counts once.

    Raises what `look_at` raises, or AccountInactive. Of two at once for the last place one gets
    InvitationUsedUp.
    """
    seen = look_at(user=user, token=token)
    with transaction.atomic():
        try:
            channel = lock_channel(seen.channel_id)
            # Only under the channel's lock does anybody count: what is read now stays true.
            invitation = Invitation.objects.select_for_update().get(pk=seen.pk)
            membership, new = admit(user, channel)
        except ChannelNotFound:
            raise InvitationInvalid from None
        except Banned:
            raise _refusal_of_banned(channel) from None
        if new:
            _check(invitation, channel)
            invitation.uses += 1
            invitation.save(update_fields=["uses"])
    return membership


def _check(invitation: Invitation, channel: Channel) -> None:
    if invitation.revoked_at is not None or channel.closed_at is not None or channel.is_direct:
        raise InvitationInvalid
    if invitation.is_expired:
        raise InvitationExpired
    if invitation.is_used_up:
        raise InvitationUsedUp


def _refusal_of_banned(channel: Channel) -> Banned | InvitationInvalid:
    """A private channel is not even there for whoever is banned from it."""
    return InvitationInvalid() if channel.is_private else Banned()
