"""A talk with everything in it, in every size, light and dark, Korean and English."""

from types import SimpleNamespace

import pytest

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.deeds import choose, line, open_menu, post, rename
from tests.browser.test_looks import NARROW, STICKS_OUT, TABLET

VIEWS = [
    ("desktop-light", DESKTOP, "light", "ko-KR"),
    ("desktop-dark", DESKTOP, "dark", "ko-KR"),
    ("tablet-english", TABLET, "light", "en-US"),
    ("phone-light", PHONE, "light", "ko-KR"),
    ("phone-dark", PHONE, "dark", "ko-KR"),
    ("narrow-english", NARROW, "dark", "en-US"),
]
CODE = "정산은 이렇게 했어요\n```\n총액 = 인원 * 30_000\nprint(f'{총액:,}원')\n```\n`총액`만 보면 돼요"


@pytest.fixture(scope="module")
def scene(cast, site) -> SimpleNamespace:
    """A channel in which everything happened to some message."""
    logins = {"민준": "minjun", "은호": "eunho", "미경": "mikyung", "재현": "jaehyun"}
    rename(site, cast, **{login: name for name, login in logins.items()})
    channel_id = cast.channel(*logins.values(), name="토요 등산 모임")

    def say(name: str, text: str, **more) -> dict:
        return post(site, cast, logins[name], channel_id, text, **more)

    def do(name: str, method: str, message: dict, path: str = "", **body) -> None:
        with site.api(cast.token(logins[name])) as api:
            address = f"channels/{channel_id}/messages/{message['id']}/{path}"
            answer = api.request(method, address, json=body or None)
            assert answer.status_code in (200, 204), answer.text

    with site.api(cast.token("minjun")) as api:
        members = api.get(f"channels/{channel_id}/members/").json()["results"]
    ids = {one["user"]["username"]: one["user"]["id"] for one in members}
    peak = say("은호", "백운대 정상이에요. 구름이 발아래로 깔렸어요.")
    for name, emoji in (("민준", "🎉"), ("미경", "🎉"), ("재현", "🎉"), ("재현", "❤️")):
        do(name, "POST", peak, "reactions/", emoji=emoji)
    say("민준", "다음 달엔 저도 꼭 갈게요. 원본 사진도 올려 주세요!", reply_to=peak["id"])
    time = say("미경", "토요일 아침 7시 20분, 구파발역 2번 출구에서 만나요.")
    do("미경", "PATCH", time, text="토요일 아침 7시 40분, 구파발역 2번 출구에서 만나요.")
    say("미경", "@민준 @재현 차 태워 줄 수 있어요?", mentions=[ids["민준"], ids["재현"]])
    say("재현", CODE)
    wrong = say("재현", "이건 잘못 보낸 글이에요")
    do("재현", "DELETE", wrong)
    mine = say("민준", "그럼 제가 둘 태울게요")
    do("민준", "PATCH", mine, text="그럼 제가 셋 태울게요. https://example.com/place/구파발 에서 봐요")
    do("미경", "POST", mine, "reactions/", emoji="🙏")
    gone = say("은호", "여기 없던 말로 해 주세요")
    do("민준", "DELETE", gone)
    say("은호", "고마워요 👍", reply_to=gone["id"])
    return SimpleNamespace(channel_id=channel_id)


@pytest.mark.parametrize(("name", "viewport", "scheme", "locale"), VIEWS, ids=[view[0] for view in VIEWS])
def test_a_talk_with_everything_fits(window, scene, name, viewport, scheme, locale):
    is_small = viewport["width"] < 900
    options = {"has_touch": True, "is_mobile": True} if is_small else {}
    reader = window("minjun", viewport=viewport, color_scheme=scheme, locale=locale, **options)
    page = reader.enter(scene.channel_id)
    reader.has_text("고마워요")
    page.wait_for_timeout(300)
    reader.shoot(f"talk-{name}")
    assert page.evaluate(STICKS_OUT) == []
    open_menu(reader, "셋 태울게요")
    reader.shoot(f"talk-{name}-menu")
    assert page.evaluate(STICKS_OUT) == []
    page.keyboard.press("Escape")
    choose(reader, "고마워요", "reply")
    page.locator("textarea").fill("아니에요, @")
    page.locator("[data-mention-list] [role=option]").first.wait_for()
    reader.shoot(f"talk-{name}-reply")
    assert page.evaluate(STICKS_OUT) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.locator("textarea").fill("")
    choose(reader, "셋 태울게요", "delete")
    page.locator("dialog[open]").wait_for()
    reader.shoot(f"talk-{name}-delete")
    page.keyboard.press("Escape")
    assert line(reader, "셋 태울게요").is_visible()
