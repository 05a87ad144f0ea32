"""The order in which the demo site comes to be: people, channels, months of talk, money, what is said of it,
who has read how far; at last the password, so that nobody gets into half of it."""

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from chat import outbox, services
from chat.models import Channel, Role
from chat.pipeline.events import Position
from chat.reading.marks import move_forward
from chat.services.invitations import invite
from messenger.demo import script
from messenger.demo.people import CLUB, COFFEE, FAMILY, ME, People, email_of, let_in, make_people
from messenger.demo.telling import tell
from wallets import demo as money

CLUB_NAME, FAMILY_NAME, COFFEE_NAME = "등산회", "우리 가족", "커피"
TALKS = ("club", "family", "coffee", "direct")
MONEY_STEPS = 55  # about: the bar need not be exact
WEEK_SECONDS = int(timedelta(days=7).total_seconds())
# How many of the last messages are unread: by me, and by every so-manieth of the others.
MY_UNREAD = {"club": 0, "family": 3, "coffee": 2, "direct": 1}
OTHERS_UNREAD = (0, 0, 0, 4, 0, 0, 12, 0, 30)

Step = Callable[[], None]


class Interrupted(Exception):
    """An earlier filling ended in the middle."""


def find_me() -> User | None:
    """Whose log-in is printed, when the site is filled. Raises Interrupted."""
    me = User.objects.filter(email=email_of(ME)).first()
    if me is not None and not me.has_usable_password():
        raise Interrupted
    return me


def steps() -> int:
    """How often `fill` calls `step`."""
    now = timezone.now()
    return MONEY_STEPS + sum(len(script.read(name, now)) for name in TALKS)


def fill(*, password: str, pin: str, step: Step) -> None:
    """Fill the site. Raises LogAway; whatever ends it, nobody can log in to what is there."""
    people, now = make_people(), timezone.now()
    channels = _make_channels(people)
    talks = {name: script.read(name, now) for name in TALKS}
    places: dict[str, list[Position]] = {}
    for name, lines in talks.items():
        before = [line for line in lines if line.said_at is not None]
        places[name] = tell(channels[name], people, before, step)
    _furnish(people, channels, pin, step)
    while outbox.carry():
        step()
    for name, lines in talks.items():
        behind = [line for line in lines if line.said_at is None]
        places[name] += tell(channels[name], people, behind, step)
    for name, channel in channels.items():
        _mark_read(people, channel, places[name], MY_UNREAD[name])
    for uses, lifetime in ((10, WEEK_SECONDS), (None, None)):
        owner = channels["club"].created_by
        invite(actor=owner, channel_id=channels["club"].pk, lifetime_seconds=lifetime, most_uses=uses)
    let_in(people, password)


def _make_channels(people: People) -> dict[str, Channel]:
    club = _channel(people, list(CLUB), CLUB_NAME, "토요일마다 서울 둘레 산을 걸어요")
    services.set_role(actor=club.created_by, channel_id=club.pk, user_id=people[ME].pk, role=Role.ADMIN.value)
    talk_of_two, _new = services.open_direct(user=people[ME], other_id=people["최지우"].pk)
    return {
        "club": club,
        "family": _channel(people, list(FAMILY), FAMILY_NAME, "", password="kimjang"),  # noqa: S106  (a word)
        "coffee": _channel(people, list(COFFEE), COFFEE_NAME, "맛있게 마신 커피 이야기"),
        "direct": talk_of_two,
    }


def _channel(people: People, names: list[str], name: str, description: str, password: str | None = None):
    owner, *others = (people[one] for one in names)
    channel = services.create_channel(
        user=owner,
        name=name,
        description=description,
        is_private=password is not None,
        password=password,
    )
    for other in others:
        services.join(user=other, channel_id=channel.pk, password=password, quietly=True)
    return channel


def _furnish(people: People, channels: dict[str, Channel], pin: str, step: Step) -> None:
    money.furnish_club(people, channels["club"], pin=pin, step=step)
    for name, owner, title, shares in (
        ("family", ME, "여수 여행통장", {ME: 150_000, "박서영": 150_000}),
        ("coffee", "서하준", "커피값", {ME: 10_000, "서하준": 10_000, "신유진": 10_000, "문채린": 10_000}),
    ):
        money.furnish_savings(people, channels[name], owner=owner, name=title, shares=shares, pin=pin)
        step()


def _mark_read(people: People, channel: Channel, places: list[Position], mine: int) -> None:
    """Everybody has read to the end, but for a few."""
    members = channel.memberships.order_by("pk").values_list("user_id", flat=True)
    moved = []
    for number, user_id in enumerate(members):
        unread = mine if user_id == people[ME].pk else OTHERS_UNREAD[number % len(OTHERS_UNREAD)]
        if unread < len(places):
            moved.append((channel.pk, user_id, str(places[-1 - unread])))
    move_forward(moved)
