"""Makes the people of a load test straight in the database: over the public API 2,000 password hashes would
take longer than the load."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from knox.models import AuthToken

from accounts.models import User
from chat.loadtest.plan import VirtualUser
from chat.models import Channel, Membership, Role

_DOMAIN = "loadtest.invalid"
_CHANNEL_NAME = "load test"


def assemble(*, count: int, channel_id: int | None) -> tuple[list[VirtualUser], int]:
    """`count` users with new tokens, members of one channel; whom an earlier call made is used again.

    Their passwords are unusable. Tokens are kept hashed and cannot be read back, so each call makes new ones
    that live a day.
    Raises Channel.DoesNotExist for an unknown channel.
    """
    with transaction.atomic():
        users = _users(count)
        channel = Channel.objects.get(pk=channel_id) if channel_id else _channel(users[0])
        _join(channel, users)
        AuthToken.objects.filter(user__in=users, expiry__lt=timezone.now()).delete()
        people = [VirtualUser(user.pk, user.username, _token(user)) for user in users]
    return people, channel.pk


def _token(user: User) -> str:
    return AuthToken.objects.create(user=user, expiry=timedelta(days=1))[1]


def _users(count: int) -> list[User]:
    emails = [f"load{number:05d}@{_DOMAIN}" for number in range(1, count + 1)]
    known = set(User.objects.filter(email__endswith=f"@{_DOMAIN}").values_list("email", flat=True))
    made = [User(email=email, username=email.partition("@")[0]) for email in emails if email not in known]
    for user in made:
        user.set_unusable_password()
    User.objects.bulk_create(made, batch_size=500)
    return list(User.objects.filter(email__endswith=f"@{_DOMAIN}").order_by("email")[:count])


def _channel(owner: User) -> Channel:
    found = Channel.objects.filter(name=_CHANNEL_NAME, created_by=owner).open().first()
    return found or Channel.objects.create(name=_CHANNEL_NAME, created_by=owner, owner=owner)


def _join(channel: Channel, users: list[User]) -> None:
    members = set(channel.memberships.values_list("user_id", flat=True))
    rows = [Membership(channel=channel, user=user) for user in users if user.pk not in members]
    for row in rows:
        row.role = Role.ADMIN if row.user_id == channel.created_by_id else Role.MEMBER
    Membership.objects.bulk_create(rows, batch_size=500)
    channel.member_count = channel.memberships.count()
    channel.save(update_fields=["member_count"])
