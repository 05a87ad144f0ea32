"""A club's money for `manage.py demo`, through the same services as everybody's: the books say that it moved
when the demo was made, because books have no other time."""

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from chat.models import Channel
from wallets.dues.periods import current_period, months_after
from wallets.models import DuesPlan, Repeat, Wallet, WalletRole
from wallets.schedules.services import plan_transfer
from wallets.services import dues, members, spending, transfers, wallets

CLUB_WALLET = "등산회 회비통장"
OWNER, TREASURER = "장미경", "박민준"  # the owner is exempt, the treasurer owes this month
DUES = 20_000
MONTHS_BEFORE = 4  # paid in cash to the treasurer, who notes them down
LAST_DAY = 31  # of each month: whoever owes this month is not late yet
LATE = "오세진"  # one month short
# What is paid of this month: by most of them all, by one three months, by one a part.
PAID = {
    "강은호": DUES, "윤재현": DUES, "최지우": 3 * DUES, "김서연": DUES, "정하은": DUES, "서하준": DUES,
    "문채린": DUES, "유다인": DUES, "노은지": DUES, "백승우": DUES, "한지민": DUES, "이도윤": DUES // 2,
}  # fmt: skip
SPEND_LIMIT = 300_000  # above it a second person agrees
SPENT = [("서하준", 86_000, "구급함 약품과 테이핑"), ("임수빈", 300_000, "단체 티셔츠 계약금")]
DECLINED = ("권태영", 38_000, "등산 스틱", "개인 장비는 각자 사기로 했어요")
WAITING = [("최지우", 18_000, "컵라면과 물"), (OWNER, 450_000, "오대산 버스 대절")]
POCKET = 200_000

People = dict[str, User]  # by the name that others see
Step = Callable[[], None]


def furnish_club(people: People, channel: Channel, *, pin: str, step: Step) -> Wallet:
    """The wallet of the club's dues. Every wallet that it opens gets this PIN; `step` is called after each
    movement."""
    owner, treasurer = people[OWNER], people[TREASURER]
    club = [one.user for one in channel.memberships.select_related("user").order_by("pk")]
    wallet = _open(owner, channel, CLUB_WALLET, "버스, 약품, 단체 물건에 써요", club, pin)
    wallets.change_wallet(user=owner, wallet_id=wallet.pk, approval_limit=SPEND_LIMIT)
    members.set_role(actor=owner, wallet_id=wallet.pk, user_id=treasurer.pk, role=WalletRole.TREASURER)
    asking = {name for name, *_ in (*SPENT, DECLINED, *WAITING)}
    for name in sorted({TREASURER, *PAID, *asking}):
        _fill_pocket(people[name], pin)
        step()
    plan = _plan_dues(owner, wallet)
    for person in club:
        if person != owner:
            _note_cash(treasurer, plan, person)
            step()
    _spend(people, wallet, pin)
    for name, amount in PAID.items():
        dues.pay(user=people[name], plan_id=plan.pk, amount=amount, pin=pin, key=f"demo-dues-{plan.pk}")
        step()
    for name, amount, reason in WAITING:
        spending.ask(user=people[name], wallet_id=wallet.pk, amount=amount, reason=reason)
    _plan_transfers(people, wallet, pin)
    return wallet


def furnish_savings(
    people: People, channel: Channel, *, owner: str, name: str, shares: dict[str, int], pin: str
) -> Wallet:
    """A wallet of the channel without dues, into which these people put their shares."""
    everybody = [one.user for one in channel.memberships.select_related("user").order_by("pk")]
    wallet = _open(people[owner], channel, name, "", everybody, pin)
    for who, amount in shares.items():
        pocket = _fill_pocket(people[who], pin)
        _send(people[who], pocket, wallet, amount, name, pin)
    return wallet


def _open(
    owner: User, channel: Channel, name: str, description: str, joining: list[User], pin: str
) -> Wallet:
    wallet = wallets.open_group(
        user=owner, channel_id=channel.pk, name=name, pin=pin, description=description
    )
    for person in joining:
        members.join(user=person, wallet_id=wallet.pk)
    return wallet


def _fill_pocket(person: User, pin: str) -> Wallet:
    """The person's own wallet, filled when it is opened."""
    pocket = Wallet.objects.open().filter(owner=person).first()
    if pocket is None:
        pocket = wallets.open_personal(user=person, pin=pin)
        transfers.deposit(actor=person, wallet_id=pocket.pk, amount=POCKET, key=f"demo-pocket-{person.pk}")
    return pocket


def _plan_dues(owner: User, wallet: Wallet) -> DuesPlan:
    return dues.make_plan(
        user=owner,
        wallet_id=wallet.pk,
        title="월회비",
        amount=DUES,
        day=LAST_DAY,
        starts_on=months_after(current_period(), -MONTHS_BEFORE),
        exempt=[owner.pk],
    )


def _note_cash(treasurer: User, plan: DuesPlan, member: User) -> None:
    """The months before, which the club collected elsewhere."""
    months = MONTHS_BEFORE - (member.username == LATE)
    key = f"demo-cash-{plan.pk}-{member.pk}"
    dues.record_cash(user=treasurer, plan_id=plan.pk, member_id=member.pk, amount=months * DUES, key=key)


def _spend(people: People, wallet: Wallet, pin: str) -> None:
    treasurer = people[TREASURER]
    for name, amount, reason in SPENT:
        asked = spending.ask(user=people[name], wallet_id=wallet.pk, amount=amount, reason=reason)
        spending.approve(user=treasurer, request_id=asked.pk, pin=pin)
    name, amount, reason, comment = DECLINED
    asked = spending.ask(user=people[name], wallet_id=wallet.pk, amount=amount, reason=reason)
    spending.decline(user=treasurer, request_id=asked.pk, comment=comment)


def _plan_transfers(people: People, wallet: Wallet, pin: str) -> None:
    """One from the group's wallet next week, and the treasurer's own dues each month."""
    treasurer, now = people[TREASURER], timezone.now()
    common = {"user": treasurer, "pin": pin}
    plan_transfer(
        **common,
        source_id=wallet.pk,
        target_id=Wallet.objects.get(owner=people["최지우"]).pk,
        amount=120_000,
        first_run_at=now + timedelta(days=7),
        memo="오대산 숙소 예약금",
    )
    plan_transfer(
        **common,
        source_id=Wallet.objects.get(owner=treasurer).pk,
        target_id=wallet.pk,
        amount=DUES,
        first_run_at=now + timedelta(days=30),
        repeat=Repeat.MONTHLY,
        memo="월회비",
    )


def _send(person: User, source: Wallet, target: Wallet, amount: int, memo: str, pin: str) -> None:
    transfers.transfer(
        actor=person,
        source_id=source.pk,
        target_id=target.pk,
        amount=amount,
        memo=memo,
        pin=pin,
        key=f"demo-share-{target.pk}",
    )
