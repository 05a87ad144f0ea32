"""Talks of two people: one for each pair. Nobody else ever comes in, nobody has a role there, and leaving one
only hides it."""

from django.db import transaction
from django.utils import timezone

from chat.models import Channel, Membership
from chat.refusals import AccountInactive, DirectWithYourself, PersonNotFound
from chat.services.channels import channel_for
from chat.services.locking import lock_active_person, record


def open_direct(*, user, other_id: int) -> tuple[Channel, bool]:
    """The talk of these two, as `channel_for` gives it, and whether it is new. The second call, by either of
    them, finds the same one and shows it to its caller again.

    Raises DirectWithYourself, or PersonNotFound for whoever shares no channel with the caller. Locks both
    people, the smaller key first; the unique key of the pair has the last word.
    """
    if other_id == user.pk:
        raise DirectWithYourself
    pair = _pair_of(user.pk, other_id)
    channel, new = Channel.objects.open().filter(direct_pair=pair).first(), False
    if channel is None:
        _require_acquaintance(user, other_id)
        channel, new = _make(user, other_id, pair)
    Membership.objects.filter(channel=channel, user=user).update(hidden_at=None)
    return channel_for(user=user, channel_id=channel.pk), new


def hide(membership: Membership) -> None:
    """Take a direct channel out of this person's list until somebody writes there again. Who leaves a talk
    of two for good would leave the other one talking to nobody."""
    membership.hidden_at = timezone.now()
    membership.save(update_fields=["hidden_at"])


def _pair_of(one_id: int, other_id: int) -> str:
    return f"{min(one_id, other_id)}:{max(one_id, other_id)}"


def _require_acquaintance(user, other_id: int) -> None:
    """Whoever could write to anybody by number could also try out who exists."""
    mine = Channel.objects.of(user).filter(direct_pair=None)
    # user__id, not user_id: only so an id beyond 64 bits finds nobody instead of overflowing in SQLite.
    both = Membership.objects.filter(channel__in=mine.values("pk"), user__id=other_id, user__is_active=True)
    if not both.exists():
        raise PersonNotFound


def _make(user, other_id: int, pair: str) -> tuple[Channel, bool]:
    people = sorted((user.pk, other_id))
    with transaction.atomic():
        try:
            for person_id in people:
                lock_active_person(person_id)
        except AccountInactive:
            raise PersonNotFound from None  # deleted since it was asked
        fields = {"name": pair, "created_by": user, "is_private": True, "member_count": 2}
        channel, new = Channel.objects.get_or_create(direct_pair=pair, defaults=fields)
        if new:
            for person_id in people:
                membership = Membership.objects.create(channel=channel, user_id=person_id)
                record(channel, "joined", membership=membership, role=membership.role)
    return channel, new
