"""`manage.py demo` on a real site: what it makes is there, the books are right, and it comes neither
twice nor onto a site that is somebody's."""

import re
import time
from datetime import datetime, timedelta

import pytest

from tests.site import Site

MONTHS = timedelta(days=100)
PRINTED = re.compile(r"Demo log-in: (\S+)  password: (\S+)  PIN of the wallets: (\d{6})\n")
ARCHIVED_SECONDS = 30


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site whose demo was asked for."""
    with Site(tmp_path_factory.mktemp("demo")) as running:
        running.printed = running.manage("demo", "--force")
        yield running


@pytest.fixture(scope="module")
def token(site) -> str:
    """Of the person whose log-in is printed."""
    email, password, _pin = PRINTED.fullmatch(site.printed).groups()
    with site.api() as api:
        return api.post("accounts/login/", json={"email": email, "password": password}).json()["token"]


@pytest.fixture(scope="module")
def club(site, token) -> list[dict]:
    """What stands in the club's channel once all is archived, oldest first."""
    channel = find_channels(site, token)["등산회"]
    until = time.monotonic() + ARCHIVED_SECONDS
    while True:
        found = site.stored(token, channel["id"])
        if found and "오대산 버스는" in found[-1].get("text", ""):
            return found
        assert time.monotonic() < until, "the demo's talk was never archived"
        time.sleep(0.2)


def find_channels(site, token) -> dict[str, dict]:
    with site.api(token) as api:
        return {one["name"]: one for one in api.get("channels/").json()["results"]}


def get(site, token, url: str) -> dict:
    with site.api(token) as api:
        answer = api.get(url)
        assert answer.status_code == 200, answer.text
        return answer.json()


def test_the_club_has_months_of_talk_in_the_order_of_time(club):
    said = [datetime.fromisoformat(one["sent_at"]) for one in club if one["kind"] == "message"]
    assert len(said) > 130
    assert said == sorted(said)
    assert said[-1] - said[0] > MONTHS
    assert [one["position"] for one in club] == sorted(one["position"] for one in club)


def test_what_people_do_to_messages_is_there(club):
    messages = [one for one in club if one["kind"] == "message"]
    for sign in (
        "reply_to",
        "reactions",
        "mentions",
        "edited_at",
        "deleted",
        "notice",
        "attachments",
        "card",
    ):
        assert any(one[sign] for one in messages), sign


def test_polls_are_open_and_closed_and_somebody_comes_to_the_event(site, token, club):
    channel = club[0]["channel"]
    now = time.time() * 1000
    closes = [one["card"]["closes_at"] for one in get(site, token, f"channels/{channel}/polls/")["results"]]
    assert sum(at > now for at in closes) == 1
    assert sum(at < now for at in closes) > 1
    (event,) = get(site, token, f"channels/{channel}/events/")["results"]
    assert event["card"]["starts_at"] > now
    assert len(event["answers"]) > 10


def test_photos_and_files_are_kept(site, token, club):
    files = [file for one in club if one["kind"] == "message" for file in one["attachments"]]
    assert sum(file["width"] > 0 for file in files) >= 20
    assert len({(file["width"], file["height"]) for file in files}) > 5
    assert {file["content_type"] for file in files} == {"image/jpeg", "application/pdf", "text/plain"}


def test_search_finds_what_was_said(site, token, club):
    until = time.monotonic() + ARCHIVED_SECONDS
    while not (found := get(site, token, "messages/search/?q=백운대")["results"]):
        assert time.monotonic() < until
        time.sleep(0.2)
    assert any("구름이 발아래로" in one["text"] for one in found)


def test_half_of_this_month_is_paid_and_one_person_is_late(site, token, club):
    card = next(one for one in club if one["kind"] == "dues")
    board = get(site, token, f"dues/{card['slip']['plan']}/board/")
    counts = board["counts"]
    assert counts["paid"] == 11
    assert counts["unpaid"] == 12
    assert (counts["partial"], counts["exempt"]) == (1, 1)
    assert [row["user"]["username"] for row in board["rows"] if row["owed_before"]] == ["오세진"]


def test_the_books_are_right(site, club):
    assert "0 differences" in site.manage("check_ledger")


def test_something_is_unread(site, token, club):
    unread = {name: one["unread"] for name, one in find_channels(site, token).items()}
    assert unread["등산회"] == 0
    assert unread["우리 가족"] >= 3


def test_a_second_call_changes_nothing(site, token, club):
    assert site.manage("demo", "--force") == site.printed
    assert site.manage("demo") == site.printed
    assert len(find_channels(site, token)) == 4
    assert len(site.stored(token, club[0]["channel"])) == len(club)


def test_it_does_not_come_onto_a_site_that_is_somebodys(tmp_path):
    with Site(tmp_path, workers=0) as running:
        with pytest.raises(AssertionError, match="DEBUG is off"):
            running.manage("demo")
        running.sign_up("alice")
        with pytest.raises(AssertionError, match="people on this site already"):
            running.manage("demo")
        assert running.manage("demo", "--if-empty") == ""


def test_a_site_that_was_filled_by_half_lets_nobody_in_and_says_so(tmp_path):
    with Site(tmp_path, workers=0) as running:
        running.manage("shell", "-c", "from messenger.demo.people import make_people; make_people()")
        with pytest.raises(AssertionError, match="interrupted"):
            running.manage("demo", "--force")
