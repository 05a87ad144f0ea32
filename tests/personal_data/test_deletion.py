"""What goes with an account, and what stays."""

from datetime import time

from accounts.services import delete_account
from chat import services
from chat.models import Attachment, FormerMembership, PushSubscription, QuietHours, Report
from tests.conftest import PASSWORD


def upload(channel, user, message_id: str = "") -> Attachment:
    return Attachment.objects.create(
        channel=channel, uploader=user, name="a.txt", content_type="text/plain", size=1, message_id=message_id
    )


def test_what_was_kept_for_the_person_alone_goes(alice, bob, channel):
    PushSubscription.objects.create(
        user=bob, endpoint="https://push.example.com/x", endpoint_digest="d", p256dh="k", auth="a"
    )
    QuietHours.objects.create(user=bob, begins=time(22), ends=time(7), zone="Asia/Seoul")
    unsent, sent = upload(channel, bob), upload(channel, bob, "1" * 32)
    others = upload(channel, alice)
    services.leave(user=bob, channel_id=channel.pk)
    services.join(user=bob, channel_id=channel.pk)
    delete_account(user=bob, password=PASSWORD)
    assert not PushSubscription.objects.filter(user=bob).exists()
    assert not QuietHours.objects.filter(user=bob).exists()
    assert not FormerMembership.objects.filter(user=bob).exists()
    for one in (unsent, sent, others):
        before = one.created_at
        one.refresh_from_db()
        assert (one.created_at < before) is (one == unsent)  # due: the worker throws it away


def test_reports_stay_with_a_former_member(alice, bob, channel):
    report = Report.objects.create(
        channel=channel, message_id="1" * 32, author_id=alice.pk, text="x", reporter=bob, reason="spam"
    )
    delete_account(user=bob, password=PASSWORD)
    report.refresh_from_db()
    assert report.reporter.public_name != "bob"


def test_the_page_says_what_goes_and_what_stays(client, bob):
    client.force_login(bob)
    page = client.get("/accounts/me/delete/", headers={"accept-language": "ko"}).content.decode()
    assert "남는 것과 그 이유" in page
    assert "/accounts/me/data/" in page
