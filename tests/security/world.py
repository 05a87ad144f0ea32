"""A private channel with everything a club has in it, and everybody who might knock at its doors."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.credentials import issue_token
from accounts.models import Device, User
from chat import protocol, services
from chat.attachments import uploads
from chat.messages import posting
from chat.models import Channel, Membership, Role
from chat.pipeline.events import Card
from chat.services import invitations
from chat.webhooks.addresses import make_webhook
from tests.archiving import archive_message, archiving
from tests.attachments.files import encoded, picture
from tests.conftest import PASSWORD
from wallets.models import DuesNotice, WalletRole
from wallets.schedules.services import plan_transfer
from wallets.services import dues, members, reminders, spending, transfers, wallets

PIN = "246810"
NOON = datetime(2026, 12, 2, 3, 0, tzinfo=UTC)  # in Korea
LATER = 4_000_000_000_000  # 2096
# The columns of matrix.txt. The admin holds the channel and is not in its wallet; the treasurer is a plain
# member of the channel. Kicked and deactivated were in both; the operator runs the site and is in no channel.
KNOCKING = ("anonymous", "stranger", "member", "admin", "treasurer", "kicked", "deactivated", "operator")


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever is written meanwhile is undone. As around a test, money may be moved inside."""
    around = transaction.atomic()
    around._from_testcase = True
    with around:
        yield
        transaction.set_rollback(True)


class World:
    """Who there is, with a browser and a token each, and what stands in an address."""

    def __init__(self) -> None:
        self._browser = Client(raise_request_exception=False)
        self.people = {name: _person(name) for name in (*KNOCKING[1:], "owner", "neighbour")}
        self.channel = self._talk()
        self.wallet = self._money()
        self.places = self._things()
        services.kick(
            actor=self.people["admin"], channel_id=self.channel.pk, user_id=self.people["kicked"].pk
        )
        self.people["operator"].is_staff = self.people["operator"].is_superuser = True
        self.people["operator"].save()
        self.tokens = {name: issue_token(person)[0] for name, person in self.people.items()}
        self.cookies = {name: _session(person) for name, person in self.people.items()}
        # By the row alone: the service would also end the log-ins, and then they would prove nothing.
        User.objects.filter(pk=self.people["deactivated"].pk).update(is_active=False)

    def _talk(self) -> Channel:
        """Its number no other test had: log and store outlive the rows."""
        admin = self.people["admin"]
        made = Channel.objects.create(
            pk=secrets.randbelow(2**50), name="총무단", created_by=admin, owner=admin, is_private=True
        )
        for name in ("admin", "member", "treasurer", "kicked", "deactivated", "owner", "neighbour"):
            role = Role.ADMIN if name == "admin" else Role.MEMBER
            Membership.objects.create(channel=made, user=self.people[name], role=role)
        made.set_password("sesame")
        made.member_count = made.memberships.count()
        made.save()
        return made

    def _money(self):
        owner = self.people["owner"]
        wallet = wallets.open_group(user=owner, channel_id=self.channel.pk, name="회비통장", pin=PIN)
        for name in ("member", "treasurer", "kicked", "deactivated", "neighbour"):
            members.join(user=self.people[name], wallet_id=wallet.pk)
        members.set_role(
            actor=owner,
            wallet_id=wallet.pk,
            user_id=self.people["treasurer"].pk,
            role=WalletRole.TREASURER,
        )
        transfers.deposit(actor=owner, wallet_id=wallet.pk, amount=100_000, key=uuid4().hex)
        return wallet

    def _things(self) -> dict[str, object]:
        """A value for each name that stands in an address."""
        admin, owner, neighbour = (self.people[name] for name in ("admin", "owner", "neighbour"))
        purse = wallets.open_personal(user=neighbour, pin=PIN)
        plan = dues.make_plan(user=owner, wallet_id=self.wallet.pk, title="월 회비", amount=30_000, day=5)
        reminders.remind(user=owner, plan_id=plan.pk, now=NOON)
        spent = transfers.transfer(
            actor=owner, source_id=self.wallet.pk, target_id=purse.pk, amount=1_000, pin=PIN, key=uuid4().hex
        )
        scheduled = plan_transfer(
            user=owner,
            source_id=self.wallet.pk,
            target_id=purse.pk,
            amount=1_000,
            pin=PIN,
            first_run_at=timezone.now() + timedelta(days=30),
        )
        self.purse = purse
        webhook, token = make_webhook(user=admin, channel_id=self.channel.pk, name="알림")
        attachment = self._photo(neighbour)
        asked = spending.ask(user=neighbour, wallet_id=self.wallet.pk, amount=1_000, reason="김밥")
        self.hook_token = token
        invited = invitations.invite(actor=admin, channel_id=self.channel.pk)
        return {
            "channel_id": self.channel.pk,
            "wallet_id": self.wallet.pk,
            "user_id": neighbour.pk,
            "message_id": self._message(neighbour, attachments=[str(attachment.pk)]),
            "attachment_id": attachment.pk,
            "webhook_id": webhook.pk,
            "invitation_id": invited.pk,
            "token": invited.token,
            "uidb64": "MQ",
            "plan_id": plan.pk,
            "notice_id": DuesNotice.objects.get(user=self.people["member"]).pk,
            "request_id": asked.pk,
            "transfer_id": spent.transfer.pk,
            "schedule_id": scheduled.pk,
            "key": uuid4(),
            "device_id": self._device(owner),
        }

    def _photo(self, author: User):
        """A file that waits for its message."""
        content = encoded(picture())
        with TemporaryUploadedFile("a.jpg", "image/jpeg", len(content), None) as upload:
            upload.write(content)
            upload.seek(0)
            return uploads.receive(user=author, channel_id=self.channel.pk, upload=upload)

    def _message(self, author: User, attachments: list[str]) -> str:
        """A poll with a photo, stored."""
        card = Card("poll", "어디로 갈까요?", ["관악산", "청계산"], closes_at=LATER)
        asked = protocol.Send(self.channel.pk, secrets.token_hex(8), "", attachments=attachments, card=card)
        event, _position, _new = posting.post_message(author=author, asked=asked)
        with archiving() as archive:
            archive_message(archive, event.id)
        return event.id

    def _device(self, person: User) -> int:
        """A program's log-in."""
        issue_token(person)
        return Device.objects.filter(user=person).latest("pk").pk

    def browser(self, name: str) -> Client:
        """The one browser, in the hands of this person."""
        self._browser.cookies.clear()
        if name in self.cookies:
            self._browser.cookies["sessionid"] = self.cookies[name]
        return self._browser

    def bearer(self, name: str) -> dict[str, str]:
        """The headers of a program of theirs."""
        told = {"Idempotency-Key": uuid4().hex, "Accept-Language": "en"}
        return told | ({"Authorization": f"Bearer {self.tokens[name]}"} if name in self.tokens else {})

    def filled_in(self) -> dict[str, object]:
        """What fits every body and form at once: each takes what it knows. So nobody is turned away for what
        they said, only for who they are."""
        return {
            "name": "새 이름", "description": "", "is_private": False, "title": "새 회비",
            "question": "언제?", "options": ["금", "토"], "choices": [0], "reason": "spam",
            "comment": "",
            "text": "안녕하세요", "client_id": secrets.token_hex(8),
            "emoji": "👍", "on": True, "position": "0" * 24, "seconds": 60,
            "role": "member", "user": self.people["neighbour"].pk, "user_id": self.people["neighbour"].pk,
            "username": "새이름", "email": "owner@example.com", "password": PASSWORD,
            "current_password": PASSWORD, "new_password": "another good battery", "notify": "all",
            "slow_seconds": 0, "amount": 1_000, "day": 5, "pin": PIN, "new_pin": "135790",
            "channel": self.channel.pk, "source": self.wallet.pk, "target": self.purse.pk,
            "source_id": self.wallet.pk, "first_run_at": "2030-01-01T09:00:00+09:00", "repeat": "once",
            "member": self.people["neighbour"].pk, "member_id": self.people["neighbour"].pk, "place": "역",
            "starts_at": "2030-01-01T09:00:00+09:00", "other": self.people["neighbour"].pk,
            "endpoint": "https://fcm.googleapis.com/fcm/send/x", "start": "22:00", "end": "07:00",
        }  # fmt: skip


def _person(name: str) -> User:
    return User.objects.create_user(email=f"{name}@example.com", username=name, password=PASSWORD)


def _session(person: User) -> str:
    client = Client()
    client.force_login(person)
    return client.cookies["sessionid"].value
