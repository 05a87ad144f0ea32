"""Makes, changes, closes and finds channels."""

import unicodedata
from collections.abc import Callable

from django.db import transaction
from django.db.models import Case, OuterRef, QuerySet, Subquery, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.text import InvalidInput, tidy_line, tidy_lines
from chat.messages.writing import SLOW_SECONDS
from chat.models import DESCRIPTION_LENGTH, NAME_LENGTH, Channel, Membership, Role
from chat.refusals import ChannelNotFound
from chat.services.locking import lock_active_person, lock_as_admin, lock_channel, record

PASSWORD_SHORTEST, PASSWORD_LONGEST = 4, 64

# Called with the channel under its lock, before it closes; a Refusal raised here keeps it open.
before_closing: list[Callable[[Channel], None]] = []


def create_channel(
    *, user, name: str, description: str = "", is_private: bool = False, password: str | None = None
) -> Channel:
    """Open a channel with this person as its first member and admin. Raises InvalidInput.

    Called twice it makes two channels: names need not differ.
    """
    channel = Channel(created_by=user, owner=user, is_private=is_private, member_count=1)
    channel.name = tidy_line(name, field="name", longest=NAME_LENGTH)
    channel.description = tidy_lines(description, field="description", longest=DESCRIPTION_LENGTH)
    _set_privacy(channel, is_private, password)
    with transaction.atomic():
        lock_active_person(user.pk)
        channel.save()
        founder = Membership.objects.create(channel=channel, user=user, role=Role.ADMIN)
        record(channel, "joined", membership=founder, role=Role.ADMIN.value)
    channel.my_role = Role.ADMIN.value
    return channel


def change_channel(
    *,
    user,
    channel_id: int,
    name: str | None = None,
    description: str | None = None,
    is_private: bool | None = None,
    password: str | None = None,
    slow_seconds: int | None = None,
) -> Channel:
    """Change what is not None; an admin's right. A channel that becomes public forgets its password.
    `slow_seconds` is the pause between two messages of a member, one of SLOW_SECONDS.

    Raises ChannelNotFound, AdminsOnly or InvalidInput. Locks the channel. A second call changes nothing.
    """
    with transaction.atomic():
        channel = lock_as_admin(user, channel_id)
        before = _what_changes(channel)
        if name is not None:
            channel.name = tidy_line(name, field="name", longest=NAME_LENGTH)
        if description is not None:
            channel.description = tidy_lines(description, field="description", longest=DESCRIPTION_LENGTH)
        _set_privacy(channel, channel.is_private if is_private is None else is_private, password)
        if slow_seconds is not None:
            if slow_seconds not in SLOW_SECONDS:
                raise InvalidInput(_("Choose one of the pauses that are offered."), field="slow_seconds")
            channel.slow_seconds = slow_seconds
        if before != _what_changes(channel):
            channel.save()
            record(channel, "changed", name=channel.name, slow_seconds=channel.slow_seconds)
    channel.my_role = Role.ADMIN.value
    return channel


def _what_changes(channel: Channel) -> tuple:
    return channel.name, channel.description, channel.is_private, channel.password, channel.slow_seconds


def close_channel(*, user, channel_id: int) -> Channel:
    """Close the channel for everybody, for good; an admin's right. Messages stay stored, nobody reads them.

    Raises ChannelNotFound (also when it is closed already) or AdminsOnly. Locks the channel.
    """
    with transaction.atomic():
        channel = lock_as_admin(user, channel_id)
        close_locked(channel)
    return channel


def close_channel_as_operator(*, channel_id: int) -> Channel:
    """The same for an operator of the site, who need not be in the channel. Raises ChannelNotFound."""
    with transaction.atomic():
        channel = lock_channel(channel_id)
        close_locked(channel)
    return channel


def close_locked(channel: Channel) -> None:
    """Close a channel whose lock the caller holds. One event ends it for all members."""
    for close_inside in before_closing:
        close_inside(channel)
    Membership.objects.filter(channel=channel).delete()
    channel.closed_at = timezone.now()
    channel.member_count = 0
    channel.direct_pair = None  # these two may begin anew
    channel.save(update_fields=["closed_at", "member_count", "direct_pair"])
    record(channel, "closed", name=channel.name)


def my_channels(user) -> QuerySet[Channel]:
    """The open channels this person is in, newest first, each with `my_role`; the direct ones with who the
    other is, and whether they are hidden (`Channel.is_hidden_after`)."""
    mine = Membership.objects.filter(channel=OuterRef("pk"), user=user)
    return _with_role(Channel.objects.of(user), user).annotate(
        hidden_at=Subquery(mine.values("hidden_at")[:1]),
        **{f"other_{field}": _of_the_other(field, user) for field in ("id", "username", "deleted_at")},
    )


def channel_for(*, user, channel_id: int) -> Channel:
    """One of my channels, with `my_role`. Raises ChannelNotFound, also to a stranger of a public one."""
    channel = my_channels(user).filter(pk=channel_id).first()
    if channel is None:
        raise ChannelNotFound
    return channel


def search_channels(words: str, *, user) -> QuerySet[Channel]:
    """Public open channels whose name or description holds the words (none: all of them), newest first, each
    with this person's `my_role` or None."""
    wanted = " ".join(unicodedata.normalize("NFC", words).split())
    return _with_role(Channel.objects.matching(wanted), user)


def _of_the_other(field: str, user) -> Case:
    """Asked only of direct channels: a large one has 2,000 others."""
    others = Membership.objects.filter(channel=OuterRef("pk")).exclude(user=user)
    return Case(When(direct_pair__isnull=False, then=Subquery(others.values(f"user__{field}")[:1])))


def _with_role(channels: QuerySet[Channel], user) -> QuerySet[Channel]:
    mine = Membership.objects.filter(channel=OuterRef("pk"), user=user)
    return channels.annotate(my_role=Subquery(mine.values("role")[:1])).order_by("-id")


def _set_privacy(channel: Channel, is_private: bool, password: str | None) -> None:
    """A private channel has a password, a public one none; an empty password counts as not given."""
    channel.is_private = is_private
    if not is_private:
        if password:
            raise InvalidInput(_("Only a private channel has a password."), field="password")
        channel.set_password(None)
    elif password:
        if not PASSWORD_SHORTEST <= len(password) <= PASSWORD_LONGEST:
            raise InvalidInput(_("The channel's password has 4 to 64 characters."), field="password")
        channel.set_password(password)
    elif not channel.password:
        raise InvalidInput(_("A private channel needs a password."), field="password")
