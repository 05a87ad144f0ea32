"""Which browsers may be told, and when they no longer are."""

import pytest

from chat.models import PushSubscription
from tests.push.conftest import SUBSCRIPTIONS


def code_of(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_site_says_whether_it_sends_and_its_key(as_bob, push_service, settings):
    answer = as_bob.get("/api/v1/push/").json()
    assert answer["on"] is True
    assert len(answer["key"]) == 87
    settings.VAPID_SUBJECT = ""
    assert as_bob.get("/api/v1/push/").json() == {"on": False, "key": None}
    assert code_of(as_bob.post(SUBSCRIPTIONS, push_service.browser("b").subscription)) == (409, "push_off")


def test_a_browser_is_one_subscription_of_whoever_came_last(as_alice, as_bob, bob, listens, push_service):
    browser = listens(as_alice, "shared")
    assert as_bob.post(SUBSCRIPTIONS, browser.subscription).status_code == 204
    assert [one.user for one in PushSubscription.objects.all()] == [bob]
    assert as_alice.delete(SUBSCRIPTIONS, {"endpoint": browser.endpoint}).status_code == 204
    assert PushSubscription.objects.count() == 1
    for _ in range(2):
        assert as_bob.delete(SUBSCRIPTIONS, {"endpoint": browser.endpoint}).status_code == 204
    assert PushSubscription.objects.count() == 0


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://evil.example.com/send",
        "http://127.0.0.1:1/send",
        "http://169.254.169.254/latest",
        "https://notify.windows.com.example.com/x",
        "https://user@a.notify.windows.com/x",
        "https://a@evil.example.com#.notify.windows.com/x",
        "https://evil.example.com/.notify.windows.com",
        "file:///etc/passwd",
        "nonsense",
        "https://a.notify.windows.com/" + "x" * 1_000,
    ],
)
def test_only_known_push_services_are_posted_to(as_bob, push_service, settings, endpoint):
    settings.PUSH_SERVICES = [*settings.PUSH_SERVICES, "https://*.notify.windows.com"]
    subscription = {**push_service.browser("b").subscription, "endpoint": endpoint}
    assert code_of(as_bob.post(SUBSCRIPTIONS, subscription)) == (422, "push_subscription_invalid")
    good = {**subscription, "endpoint": "https://wns2-par02p.notify.windows.com/w/?token=x"}
    assert as_bob.post(SUBSCRIPTIONS, good).status_code == 204


def test_keys_that_are_none_are_refused(as_bob, push_service):
    subscription = push_service.browser("b").subscription
    for keys in (
        {"p256dh": "short", "auth": subscription["keys"]["auth"]},
        {**subscription["keys"], "auth": "x"},
    ):
        answer = as_bob.post(SUBSCRIPTIONS, {**subscription, "keys": keys})
        assert code_of(answer) == (422, "push_subscription_invalid")
    assert as_bob.post(SUBSCRIPTIONS, {"endpoint": subscription["endpoint"]}).status_code == 400
    assert PushSubscription.objects.count() == 0


def test_a_person_has_ten_at_most_and_the_oldest_goes(as_bob, listens):
    first, *_others, last = [listens(as_bob, str(number)) for number in range(11)]
    kept = set(PushSubscription.objects.values_list("endpoint", flat=True))
    assert len(kept) == 10
    assert first.endpoint not in kept
    assert last.endpoint in kept


@pytest.mark.django_db(transaction=True)
def test_it_goes_with_the_log_in_that_made_it(client, bob, as_bob, listens):
    listens(as_bob, "phone")
    assert as_bob.post("/api/v1/accounts/logout/").status_code == 204
    assert PushSubscription.objects.count() == 0


def test_anonymous_is_401(client):
    assert client.get("/api/v1/push/").status_code == 401
    assert client.post(SUBSCRIPTIONS, {}).status_code == 401


def test_quiet_hours_are_set_read_and_cleared(as_bob, as_alice):
    place = "/api/v1/push/quiet-hours/"
    hours = {"begins": "22:00", "ends": "07:00", "zone": "Asia/Seoul"}
    assert as_bob.get(place).json() == {"begins": None, "ends": None, "zone": None}
    assert as_bob.put(place, hours).json() == hours
    assert as_bob.get(place).json() == hours
    assert as_alice.get(place).json()["begins"] is None
    for wrong in ({**hours, "ends": "22:00"}, {**hours, "zone": "Mars/Olympus"}, {**hours, "zone": "../etc"}):
        assert code_of(as_bob.put(place, wrong)) == (422, "quiet_hours_invalid")
    assert as_bob.put(place, {**hours, "begins": "25:00"}).status_code == 400
    assert as_bob.delete(place).status_code == 204
    assert as_bob.get(place).json()["begins"] is None
