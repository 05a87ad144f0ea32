"""A group wallet to look at for `manage.py demo`: a plan, payments of every kind, and a spend request."""

from accounts.models import User
from chat.models import Channel
from wallets.models import Wallet, WalletRole
from wallets.services import dues, members, spending, transfers, wallets

NAME = "등산모임 회비통장"
DUES = 30_000
POCKET = 200_000
PAID = {"eunho": DUES, "jiwoo": 3 * DUES, "jaehyun": 20_000}  # one month, three months, a part


def furnish(people: dict[str, User], channel: Channel, *, pin: str) -> Wallet:
    """The wallet of `channel`, whose members `people` are: mikyung owns it and is exempt, minjun is treasurer
    and owes this month. Every wallet it opens gets this PIN. A second call changes nothing."""
    there = Wallet.objects.open().filter(channel=channel, name=NAME).first()
    if there is not None:
        return there
    wallet = wallets.open_group(
        user=people["mikyung"], channel_id=channel.pk, name=NAME, pin=pin, description="산에 가는 데 써요"
    )
    for key, person in people.items():
        _fill_pocket(key, person, pin)
        members.join(user=person, wallet_id=wallet.pk)
    members.set_role(
        actor=people["mikyung"],
        wallet_id=wallet.pk,
        user_id=people["minjun"].pk,
        role=WalletRole.TREASURER,
    )
    plan = dues.make_plan(
        user=people["mikyung"],
        wallet_id=wallet.pk,
        title="산악회비",
        amount=DUES,
        day=5,
        grace_days=3,
        exempt=[people["mikyung"].pk],
    )
    for key, amount in PAID.items():
        dues.pay(user=people[key], plan_id=plan.pk, amount=amount, pin=pin, key=f"demo-dues-{plan.pk}")
    spending.ask(user=people["jiwoo"], wallet_id=wallet.pk, amount=18_000, reason="컵라면과 따뜻한 물")
    return wallet


def _fill_pocket(key: str, person: User, pin: str) -> None:
    own = Wallet.objects.open().filter(owner=person).first() or wallets.open_personal(user=person, pin=pin)
    transfers.deposit(actor=person, wallet_id=own.pk, amount=POCKET, key=f"demo-pocket-{key}")
