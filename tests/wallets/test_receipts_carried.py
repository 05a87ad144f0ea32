"""Receipts from the transfer to the conversation: one for each that committed, none for any other, whoever is
killed on the way."""

import signal
import subprocess
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from chat.models import OutboxEvent
from chat.pipeline.events import slip_id
from tests.site import ROOT, Site
from tests.wallets.conftest import fill
from tests.wallets.crowd import all_at_once, counted, order, people, repeat
from tests.wallets.dying_courier import POINTS
from wallets.ledger import poster
from wallets.models import LedgerEntry

PIN = "246810"
PATIENCE_SECONDS = 60
ROUNDS = 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("apart", [False, True])
def test_as_many_receipts_as_transfers_that_committed(
    apart, monkeypatch, recorded, alice, channel, group_wallet
):
    if apart:
        monkeypatch.setattr(poster, "post", lambda order: poster.Poster().post(order))
    source, *_ = people(1)
    fill(source, 10_000, source.owner)
    OutboxEvent.objects.all().delete()
    answers = all_at_once(
        *(
            lambda: repeat(1, lambda: poster.post(order(source, group_wallet, 1_000, alice)))
            for _ in range(20)
        )
    )
    assert counted(answers) == {"posted": 10, "balance_too_low": 10}
    told = recorded(channel.pk)
    committed = LedgerEntry.objects.filter(wallet=group_wallet, amount=1_000).values_list(
        "transfer", flat=True
    )
    assert {event.id for event in told} == {slip_id(f"receipt:{t}:{group_wallet.pk}") for t in committed}
    assert sorted(event.slip["balance_after"] for event in told) == [50_000 + 1_000 * n for n in range(1, 11)]


class Club:
    """A group wallet of a running site, and a member with 5,000 won who pays into it over HTTP."""

    def __init__(self, site: Site) -> None:
        self.site = site
        (_, owner), (_, self.member) = site.sign_up("owner"), site.sign_up("member")
        self.channel = site.channel_of([owner, self.member])
        self.owner = owner
        self.group = self._post(
            owner, "wallets/", {"pin": PIN, "channel": self.channel, "name": "회비"}
        ).json()["id"]
        self.own = self._post(self.member, "wallets/", {"pin": PIN}).json()["id"]

    def _post(self, token: str, path: str, body: dict):
        with self.site.api(token) as api:
            return api.post(path, json=body, headers={"Idempotency-Key": uuid.uuid4().hex})

    def pay(self) -> list[int]:
        """Seven at once, of which the money is enough for five; how each was answered."""
        self._post(self.member, f"wallets/{self.own}/deposits/", {"amount": 5_000})
        body = {"source": self.own, "target": self.group, "amount": 1_000, "pin": PIN}
        with ThreadPoolExecutor(7) as crowd:
            answers = list(crowd.map(lambda _: self._post(self.member, "transfers/", body), range(7)))
        return sorted(answer.status_code for answer in answers)

    def moved(self) -> list[str]:
        """The transfers in the group wallet's books."""
        with self.site.api(self.owner) as api:
            entries = api.get(f"wallets/{self.group}/entries/?limit=200").json()["results"]
        return sorted(entry["transfer"] for entry in entries)

    def told(self) -> list[str]:
        """The transfers that the conversation tells of."""
        messages = self.site.stored(self.member, self.channel)
        return sorted(m["slip"]["transfer"] for m in messages if m["kind"] == "receipt")


def wait_until(reached, what) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not reached():
        assert time.monotonic() < deadline, what()
        time.sleep(0.2)


def test_each_is_told_once_whoever_dies_carrying_them(tmp_path):
    with Site(tmp_path, workers=1) as site:
        [worker] = site.workers
        worker.end(signal.SIGKILL)
        club = Club(site)
        for point in POINTS:
            assert club.pay() == [201] * 5 + [422] * 2
            died = subprocess.run(
                [sys.executable, "-m", "tests.wallets.dying_courier", point],
                cwd=ROOT,
                env=site.environment,
                timeout=PATIENCE_SECONDS,
                check=False,
            )
            assert died.returncode == -signal.SIGKILL
        worker.start()
        wait_until(lambda: len(club.told()) >= 5 * len(POINTS), club.told)
        for _ in range(ROUNDS):  # the living worker too, in the middle of its work
            assert club.pay() == [201] * 5 + [422] * 2
            worker.end(signal.SIGKILL)
            worker.start()
        wait_until(lambda: len(club.told()) >= 5 * (len(POINTS) + ROUNDS), club.told)
        time.sleep(1)
        assert club.told() == club.moved()
        assert "0 differences" in site.manage("check_ledger")
