"""Every page about people, as owner, member and stranger see it: axe finds nothing, nothing sticks out."""

import pytest

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_people import fits

VIEWS = [
    ("desktop-light", DESKTOP, "light", "ko-KR"),
    ("phone-dark", PHONE, "dark", "ko-KR"),
    ("phone-english", PHONE, "light", "en-US"),
]


@pytest.fixture(scope="module")
def stage(cast, site) -> dict[str, str]:
    """A public channel of minjun's: an admin, a muted and a banned member, an invitation; a private one."""
    channel = cast.channel("minjun", "eunho", "mikyung", "jihun", name="토요 등산 모임")
    private = cast.channel("minjun", name="총무단", is_private=True, password="sesame-7")
    with site.api(cast.token("minjun")) as api:
        members = api.get(f"channels/{channel}/members/").json()["results"]
        ids = {one["user"]["username"]: one["user"]["id"] for one in members}
        place = f"channels/{channel}/"
        talk = api.post("channels/direct/", json={"user_id": ids["eunho"]}).json()["id"]
        done = [
            api.patch(f"{place}members/{ids['eunho']}/", json={"role": "admin"}),
            api.post(f"{place}members/{ids['mikyung']}/mute/", json={"seconds": 600}),
            api.post(f"{place}bans/", json={"user_id": ids["jihun"], "reason": "광고"}),
            api.post(f"{place}invitations/", json={"most_uses": 10}),
        ]
    assert all(answer.is_success for answer in done), [answer.text for answer in done]
    invitation = done[-1].json()
    return {
        "channel": f"/channels/{channel}/",
        "private": f"/channels/{private}/",
        "talk": f"/channels/{talk}/",
        "invited": invitation["url"].partition("/invite/")[2].strip("/"),
        "invitation": str(invitation["id"]),
        **{name: f"/channels/{channel}/members/{one}/" for name, one in ids.items()},
    }


def pages_of(stage: dict[str, str], who: str) -> dict[str, str]:
    """What each of them may open."""
    channel, invited = stage["channel"], f"/invite/{stage['invited']}/"
    asked = {f"member-{ask}": f"{stage['mikyung']}?ask={ask}" for ask in ("kick", "ban", "owner", "mute")}
    return {
        "minjun": {
            "about": f"{channel}about/",
            "about-found": f"{channel}about/?q=eun",
            "member-admin": stage["eunho"],
            "member-muted": stage["mikyung"],
            **asked,
            "bans": f"{channel}bans/",
            "bans-none": f"{stage['private']}bans/",
            "invitations": f"{channel}invitations/",
            "invitations-none": f"{stage['private']}invitations/",
            "invitation": f"{channel}invitations/{stage['invitation']}/",
            "leave-owner": f"{channel}leave/",
        },
        "eunho": {
            "about-direct": f"{stage['talk']}about/",
            "leave-direct": f"{stage['talk']}leave/",
            "invited-member": invited,
        },
        "mikyung": {"about-member": f"{channel}about/", "leave": f"{channel}leave/"},
        "jihun": {"banned": invited},
        "sumin": {
            "about-stranger": f"{channel}about/",
            "join": f"{stage['private']}join/",
            "invited": invited,
            "invited-never": f"/invite/{'0' * 32}/",
        },
    }[who]


@pytest.mark.parametrize("who", ["minjun", "eunho", "mikyung", "jihun", "sumin"])
@pytest.mark.parametrize(("name", "viewport", "scheme", "locale"), VIEWS, ids=[view[0] for view in VIEWS])
def test_every_page_of_people_fits_whoever_looks(window, cast, stage, who, name, viewport, scheme, locale):
    cast.token(who)
    one = window(who, viewport=viewport, color_scheme=scheme, locale=locale)
    for title, path in pages_of(stage, who).items():
        one.open(path)
        assert one.page.locator(".shell").count() == 1, f"{path} is no page of the site's own"
        fits(one, f"people-{name}-{title}")
