"""The operators' queue: what it shows, what the two decisions do, and what it costs for many rows."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from chat.models import Report
from chat.pipeline.events import Deleted
from chat.reports import reporting
from chat.webhooks import addresses
from tests.conftest import PASSWORD
from tests.reports.conftest import client_of

QUEUE = "/admin/chat/report/"


@pytest.fixture
def desk(operator) -> Client:
    """The operator's browser."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(operator)
    return client


@pytest.fixture
def reported(as_alice, dora, channel, message) -> list[Report]:
    """bob's message, reported by two."""
    path = f"/api/v1/channels/{channel.pk}/messages/{message['id']}/report/"
    for client, reason in ((as_alice, "spam"), (client_of(dora), "fraud")):
        assert client.post(path, {"reason": reason}).status_code == 201
    return list(Report.objects.order_by("pk"))


def act(desk, action: str, *rows, **more):
    body = {"action": action, "_selected_action": [row.pk for row in rows]}
    return desk.post(QUEUE, body, follow=True, **more)


def test_the_queue_shows_text_author_channel_and_how_many(desk, reported, message, bob):
    page = desk.get(QUEUE).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 싼 회원권" in page
    assert "<script>alert(1)" not in page
    assert f"bob ({bob.pk})" in page
    assert "등산회" in page
    assert '<td class="field-reporters">2</td>' in page
    row = desk.get(f"{QUEUE}{reported[0].pk}/change/").content.decode()
    assert "싼 회원권" in row
    assert "<script>alert(1)" not in row
    assert desk.get(f"{QUEUE}?q=alice").status_code == 200


def test_the_queue_is_korean_for_korean_operators(desk, reported):
    korean = {"headers": {"accept-language": "ko"}}
    page = desk.get(QUEUE, **korean).content.decode()
    assert '<td class="field-state">처리 전</td>' in page
    assert '<td class="field-place"><a' in page
    row = desk.get(f"{QUEUE}{reported[0].pk}/change/", **korean).content.decode()
    assert f"신고 {reported[0].pk}" in row


def test_removing_deletes_for_everybody_and_closes_all_reports(
    desk, operator, reported, message, recorded, as_bob, channel, stored, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as callbacks:
        answer = act(desk, "remove_messages", reported[0])
    assert "1 done" in answer.content.decode()
    event = recorded(channel.pk)[-1]
    assert isinstance(event, Deleted)
    assert (event.message, event.author.id) == (message["id"], operator.pk)
    assert {report.state for report in Report.objects.all()} == {"removed"}
    assert {report.decided_by for report in Report.objects.all()} == {operator}
    assert all(report.decided_at for report in Report.objects.all())
    for callback in callbacks:  # after the commit the log has it
        callback()
    stored(message["id"], changed=True)
    shown = as_bob.get(f"/api/v1/channels/{channel.pk}/messages/{message['id']}/").json()
    assert (shown["deleted"], shown["text"], shown["deleted_by"]) == (True, "", operator.pk)


def test_dismissing_leaves_the_message(desk, operator, reported, recorded, channel):
    before = len(recorded(channel.pk))
    act(desk, "dismiss_reports", *reported)
    assert {report.state for report in Report.objects.all()} == {"dismissed"}
    assert len(recorded(channel.pk)) == before
    assert "싼 회원권" not in desk.get(QUEUE).content.decode()  # decided ones are not in the queue
    for state in ("dismissed", "all"):
        assert "싼 회원권" in desk.get(f"{QUEUE}?state={state}").content.decode()


def test_a_decision_is_made_once(desk, reported, recorded, channel):
    act(desk, "dismiss_reports", reported[0])
    events = len(recorded(channel.pk))
    answer = desk.post(
        f"{QUEUE}?state=all", {"action": "remove_messages", "_selected_action": [reported[1].pk]}, follow=True
    )
    assert "decided already" in answer.content.decode()
    assert len(recorded(channel.pk)) == events
    with pytest.raises(reporting.ReportDecided):
        reporting.remove_message(report=reported[0], operator=channel.created_by)


def test_who_may_only_look_decides_nothing(reported):
    clerk = User.objects.create_user(
        email="carl@example.com", username="carl", password=PASSWORD, is_staff=True
    )
    browser = Client()
    browser.force_login(clerk)
    assert browser.get(QUEUE).status_code == 403
    clerk.user_permissions.set(Permission.objects.filter(codename="view_report"))
    assert browser.get(QUEUE).status_code == 200
    act(browser, "remove_messages", reported[0])
    assert {report.state for report in Report.objects.all()} == {"open"}


def test_a_row_is_neither_changed_nor_deleted_by_hand(desk, reported):
    address = f"{QUEUE}{reported[0].pk}/"
    assert desk.post(f"{address}change/", {"text": "x"}).status_code == 403
    assert desk.post(f"{address}delete/", {"post": "yes"}).status_code == 403
    assert desk.get(f"{QUEUE}add/").status_code == 403


def test_the_queue_costs_the_same_for_many(desk, reported, alice, channel):
    hook, _token = addresses.make_webhook(user=alice, channel_id=channel.pk, name="배포봇")
    with CaptureQueriesContext(connection) as few:
        desk.get(QUEUE)
    people = User.objects.bulk_create(
        [User(email=f"p{number}@example.com", username=f"p{number}") for number in range(30)]
    )
    Report.objects.bulk_create(
        Report(
            channel=channel, message_id=f"{person.pk:032x}", author_id=author, reporter=person, reason="spam"
        )
        for person, author in zip(people, [-hook.pk, *(one.pk for one in people[1:])], strict=True)
    )
    with CaptureQueriesContext(connection) as many:
        page = desk.get(QUEUE).content.decode()
    assert len(many) == len(few)
    assert f"배포봇 ({-hook.pk})" in page


def test_the_first_page_of_the_admin_says_that_somebody_waits(desk, reported):
    assert "2 reported messages wait" in desk.get("/admin/").content.decode()
    Report.objects.update(state="dismissed")
    assert "reported message" not in desk.get("/admin/").content.decode().replace("Reports", "")


def test_open_reports_and_their_age_are_counted(reported):
    assert reporting.open_reports.read() == 2
    assert 0 <= reporting.age.read() < 60
    Report.objects.update(state="removed")
    assert (reporting.open_reports.read(), reporting.age.read()) == (0, 0.0)
