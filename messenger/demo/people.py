"""Who is on the demo site. All have one password, and none before everything is there."""

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.models import User

CLUB = {
    "장미경": "mikyung", "박민준": "minjun", "강은호": "eunho", "윤재현": "jaehyun", "최지우": "jiwoo",
    "김서연": "seoyeon", "이도윤": "doyun", "정하은": "haeun", "조성민": "seongmin", "한지민": "jimin",
    "오세진": "sejin", "서하준": "hajun", "신유진": "yujin", "권태영": "taeyoung", "황보라": "bora",
    "안예린": "yerin", "송민재": "minjae", "임수빈": "subin", "배정우": "jeongwoo", "문채린": "chaerin",
    "남궁현": "hyun", "백승우": "seungwoo", "노은지": "eunji", "허진수": "jinsu", "유다인": "dain",
}  # fmt: skip
FAMILY = {"박민준": "minjun", "이정숙": "jeongsuk", "박영호": "yeongho", "박서영": "seoyoung"}
COFFEE = {
    "서하준": "hajun", "박민준": "minjun", "신유진": "yujin", "황보라": "bora", "윤재현": "jaehyun",
    "문채린": "chaerin", "양세은": "seeun",
}  # fmt: skip
ME = "박민준"  # whose log-in is printed: treasurer of the club, and owes this month's dues

People = dict[str, User]  # by the name that others see


def email_of(name: str) -> str:
    """Where this person logs in."""
    return f"{(CLUB | FAMILY | COFFEE)[name]}@example.com"


def make_people() -> People:
    """All of them, without a password."""
    now = timezone.now()
    for name in CLUB | FAMILY | COFFEE:
        User.objects.create(
            email=email_of(name),
            email_verified_at=now,
            username=name,
            password=make_password(None),
            date_joined=now,
        )
    return {person.username: person for person in User.objects.filter(username__in=CLUB | FAMILY | COFFEE)}


def let_in(people: People, password: str) -> None:
    """Give all of them this password."""
    everybody = [person.pk for person in people.values()]
    User.objects.filter(pk__in=everybody).update(password=make_password(password))
