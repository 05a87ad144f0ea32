"""Whatever people do one after the other, the ledger answers as one of plain Python does (bookkeeping.py),
and its books are right after each step."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as some
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.models import User
from accounts.refusals import Refusal
from chat import services as chat_services
from tests.wallets.bookkeeping import MEMBER, OUTSIDE, OWNER, TREASURER, Books
from tests.wallets.conftest import PIN
from wallets.ledger import audit
from wallets.models import ScheduledTransfer, Transfer, Wallet
from wallets.schedules import services as schedules
from wallets.schedules.calendar import KOREA
from wallets.schedules.runs import run_due
from wallets.services import members, transfers, wallets

PEOPLE = ("alice", "bob", "charlie")  # charlie is in no channel
NO_WALLET = 10**9

RIGHT = "whoever it belongs to"  # most of the time, or hardly anything would be allowed
people = some.sampled_from(PEOPLE)
askers = some.sampled_from([RIGHT] * 6 + list(PEOPLE))
names = some.sampled_from((*PEOPLE, "club"))
won = some.sampled_from([1, 1_000, 5_000, 5_001, 10_000])


class Ledger(RuleBasedStateMachine):
    """Does each thing to the model and to the real ledger. Both begin with an empty club of alice's."""

    def __init__(self) -> None:
        super().__init__()
        self._example = transaction.atomic()
        self._example._from_testcase = True  # like a test's own: what is in it may be a whole transaction
        self._example.__enter__()
        self.model = Books(
            balances={"club": 0}, roles={"alice": OWNER, "bob": MEMBER}, talkers={"alice", "bob"}
        )
        self.users = {
            name: User.objects.create(email=f"{name}@example.com", username=name, password="!")
            for name in PEOPLE
        }
        channel = chat_services.create_channel(user=self.users["alice"], name="등산회")
        chat_services.join(user=self.users["bob"], channel_id=channel.pk)
        club = wallets.open_group(user=self.users["alice"], channel_id=channel.pk, name="회비", pin=PIN)
        members.join(user=self.users["bob"], wallet_id=club.pk)
        self.wallets = {"club": club.pk}
        self.moved: list = []
        self.plans: list[int] = []
        self.soon = timezone.now() + timedelta(hours=1)
        tomorrow = timezone.localdate() + timedelta(days=2)
        for name in ("alice", "bob"):
            self.open(name)
            self.deposit(name, name, 10_000)
        self.deposit("alice", "club", 10_000)
        self.noon = datetime(tomorrow.year, tomorrow.month, tomorrow.day, 12, tzinfo=KOREA)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._example.__exit__(None, None, None)

    def number(self, name: str) -> int:
        return self.wallets.get(name, NO_WALLET)

    def asker(self, who: str, wallet: str) -> str:
        """The person, or the one whom the wallet belongs to."""
        if who != RIGHT:
            return who
        owners = [name for name, role in self.model.roles.items() if role == OWNER]
        return owners[0] if wallet in ("club", OUTSIDE) else wallet

    def agree(self, expected: str | None, action):
        """The real thing answers what the model did."""
        try:
            answer, refusal = action(), None
        except Refusal as refused:
            answer, refusal = None, refused.code
        assert refusal == expected
        return answer

    @precondition(lambda self: len(self.model.balances.keys() - self.model.closed) <= len(PEOPLE))
    @rule(who=people)
    def open(self, who):
        opened = self.agree(
            self.model.open(who), lambda: wallets.open_personal(user=self.users[who], pin=PIN)
        )
        if opened:
            self.wallets[who] = opened.pk

    @rule(who=askers, wallet=names, amount=won)
    def deposit(self, who, wallet, amount):
        who = self.asker(who, wallet)
        fields = {"wallet_id": self.number(wallet), "amount": amount, "key": uuid4().hex}
        posted = self.agree(
            self.model.deposit(who, wallet, amount),
            lambda: transfers.deposit(actor=self.users[who], **fields),
        )
        self.keep(posted)

    @rule(who=askers, source=names, to=names, amount=won, again=some.booleans())
    def transfer(self, who, source, to, amount, again):
        who = self.asker(who, source)
        fields = {"source_id": self.number(source), "target_id": self.number(to), "amount": amount}

        def send():
            return transfers.transfer(actor=self.users[who], pin=PIN, key=key, credential="t:1", **fields)

        key = uuid4().hex
        posted = self.agree(self.model.transfer(who, source, to, amount), send)
        self.keep(posted)
        if posted and again:
            assert send().transfer == posted.transfer

    @rule(
        ends=some.permutations(("alice", "bob", "club")),
        amount=some.sampled_from([1, 1_000, 5_000, 15_000]),
        later=some.booleans(),
    )
    def pay(self, ends, amount, later):
        if later:
            self.plan(RIGHT, ends[0], ends[1], amount)
        else:
            self.transfer(RIGHT, ends[0], ends[1], amount, False)

    @precondition(lambda self: self.model.moved and self.model.moved[-1].kind != "reversal")
    @rule(twice=some.booleans())
    def give_back(self, twice):
        number = len(self.moved) - 1
        for _ in range(1 + twice):
            self.reverse_number(RIGHT, number)

    @precondition(lambda self: self.moved)
    @rule(who=askers, pick=some.randoms(use_true_random=False))
    def reverse(self, who, pick):
        self.reverse_number(who, pick.randrange(len(self.moved)))

    def reverse_number(self, who, number):
        who = self.asker(who, self.model.moved[number].target)
        fields = {"transfer_id": self.moved[number], "pin": PIN, "key": uuid4().hex}
        expected = self.model.reverse(who, number)
        self.keep(self.agree(expected, lambda: transfers.reverse(actor=self.users[who], **fields)))

    @rule(who=askers, wallet=names)
    def close(self, who, wallet):
        who = self.asker(who, wallet)
        expected = self.model.close(who, wallet)
        self.agree(
            expected, lambda: wallets.close_wallet(user=self.users[who], wallet_id=self.number(wallet))
        )

    @rule(actor=askers, who=people, role=some.sampled_from([OWNER, TREASURER, MEMBER]))
    def set_role(self, actor, who, role):
        actor = self.asker(actor, "club")
        fields = {"wallet_id": self.number("club"), "user_id": self.users[who].pk, "role": role}
        self.agree(
            self.model.set_role(actor, who, role), lambda: members.set_role(actor=self.users[actor], **fields)
        )

    @rule(who=askers, source=names, to=names, amount=won)
    def plan(self, who, source, to, amount):
        who = self.asker(who, source)
        self.soon += timedelta(seconds=1)
        fields = {"source_id": self.number(source), "target_id": self.number(to), "amount": amount}
        planned = self.agree(
            self.model.plan(who, source, to, amount, self.soon),
            lambda: schedules.plan_transfer(
                user=self.users[who], pin=PIN, credential="t:1", first_run_at=self.soon, **fields
            ),
        )
        if planned:
            self.plans.append(planned.pk)

    @precondition(lambda self: self.plans)
    @rule(who=askers, pick=some.randoms(use_true_random=False))
    def cancel(self, who, pick):
        number = pick.randrange(len(self.plans))
        who = self.asker(who, self.model.plans[number].source)
        self.agree(
            self.model.cancel(who, number),
            lambda: schedules.cancel(user=self.users[who], schedule_id=self.plans[number]),
        )

    @precondition(lambda self: self.plans)
    @rule()
    def run(self):
        self.noon += timedelta(days=1)
        before = len(self.model.moved)
        self.model.run(self.noon, self.noon.replace(hour=18))
        while run_due(self.noon):
            pass
        ran = Transfer.objects.filter(kind="scheduled").exclude(pk__in=self.moved).order_by("created_at")
        self.moved += ran.values_list("pk", flat=True)
        assert len(self.moved) == len(self.model.moved) >= before

    def keep(self, posted) -> None:
        if posted:
            self.moved.append(posted.transfer.pk)

    @invariant()
    def balances_agree(self):
        found = dict(Wallet.objects.filter(pk__in=self.wallets.values()).values_list("pk", "balance"))
        assert {name: found[pk] for name, pk in self.wallets.items()} == self.model.balances
        assert Transfer.objects.count() == len(self.model.moved)
        states = dict(ScheduledTransfer.objects.values_list("pk", "state"))
        assert [states[pk] for pk in self.plans] == [plan.state for plan in self.model.plans]

    @invariant()
    def the_audit_agrees(self):
        assert audit.differences() == []


def test_the_ledger_answers_as_a_plain_one_does(db):
    examples = 40 if connection.vendor == "sqlite" else 30
    checks = settings(
        max_examples=examples,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        phases=[Phase.generate],  # shrinking runs for minutes; thirty steps are short enough to read
    )
    run_state_machine_as_test(Ledger, settings=checks)
