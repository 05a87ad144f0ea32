"""`manage.py demo`: people, channels, a conversation, and a club's money to look at. Running it again changes
nothing."""

import secrets
from datetime import datetime, time, timedelta

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.models import User
from chat import posting, services
from chat.models import Channel
from chat.pipeline.parts import close_parts
from wallets.demo import furnish

PEOPLE = {"minjun": "박민준", "mikyung": "장미경", "eunho": "강은호", "jaehyun": "윤재현", "jiwoo": "최지우"}
LOGIN = "minjun@example.com"
PIN_LENGTH = 6

CLUB = "토요 등산 모임"  # its wallet holds dues

# (name, description, password of a private one, members, [(days ago, hour, minute, who, text)])
CHANNELS = [
    (
        CLUB,
        "토요일마다 서울 둘레 산을 걸어요",
        None,
        ["mikyung", "minjun", "eunho", "jaehyun", "jiwoo"],
        [
            (1, 19, 42, "mikyung", "이번 주 토요일은 북한산이에요. 7시 40분, 구파발역 2번 출구에서 만나요."),
            (1, 19, 45, "jiwoo", "따뜻한 물은 제가 챙길게요!"),
            (1, 19, 45, "jiwoo", "컵라면은 각자 하나씩 가져와요"),
            (1, 20, 5, "minjun", "아이젠도 필요할까요?"),
            (1, 20, 9, "mikyung", "네, 눈이 남아 있어요. 꼭 챙겨 주세요."),
            (0, 7, 12, "eunho", "백운대 정상이에요. 구름이 발아래로 깔렸어요."),
            (0, 7, 14, "minjun", "다음 달엔 저도 꼭 갈게요. 사진도 올려 주세요!"),
            (0, 7, 20, "jaehyun", "회비는 월말까지 보낼게요."),
        ],
    ),
    (
        "우리 가족",
        "",
        "kimjang",
        ["minjun", "jiwoo"],
        [
            (2, 10, 12, "jiwoo", "김장은 다음 주 토요일이에요"),
            (2, 10, 30, "minjun", "고춧가루는 제가 살게요."),
        ],
    ),
    ("독서 모임 느린 책장", "한 달에 한 권, 천천히 읽어요", None, ["jaehyun", "eunho", "mikyung"], []),
]


class Command(BaseCommand):
    """Fills an empty site so that there is something to see, and prints how to log in."""

    help = "Make demo people, channels, a conversation and a group wallet with dues (again: changes nothing)."

    def handle(self, *args, **options) -> None:
        password = _kept("demo_password", secrets.token_urlsafe(9))
        pin = _kept("demo_pin", "".join(secrets.choice("0123456789") for _ in range(PIN_LENGTH)))
        people = {key: _person(key, name, password) for key, name in PEOPLE.items()}
        for name, description, channel_password, members, talk in CHANNELS:
            channel = _channel(name, description, channel_password, [people[key] for key in members])
            for number, line in enumerate(talk):
                _say(channel, people, number, *line)
            if name == CLUB:
                furnish({key: people[key] for key in members}, channel, pin=pin)
        close_parts()
        self.stdout.write(f"Demo log-in: {LOGIN}  password: {password}  PIN of the wallets: {pin}")


def _kept(name: str, fresh: str) -> str:
    """A secret made once for this data folder: one that everybody knows would be an open door."""
    path = settings.DATA_DIR / name
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(fresh)
    return path.read_text()


def _person(key: str, name: str, password: str) -> User:
    email = f"{key}@example.com"
    person = User.objects.filter(email=email).first()
    return person or User.objects.create_user(email=email, username=name, password=password)


def _channel(name: str, description: str, password: str | None, members: list[User]) -> Channel:
    owner, *others = members
    channel = Channel.objects.filter(name=name, created_by=owner, closed_at=None).first()
    if channel is None:
        channel = services.create_channel(
            user=owner,
            name=name,
            description=description,
            is_private=password is not None,
            password=password,
        )
        for other in others:
            services.join(user=other, channel_id=channel.pk, password=password)
    return channel


def _say(channel: Channel, people: dict, number: int, days: int, hour: int, minute: int, who, text) -> None:
    day = timezone.localdate() - timedelta(days=days)
    said_at = timezone.make_aware(datetime.combine(day, time(hour, minute)))
    posting.post_message(
        author=people[who],
        channel_id=channel.pk,
        client_id=f"demo-{number}",
        text=text,
        sent_at=min(said_at, timezone.now()),
    )
