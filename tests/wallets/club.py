"""People and plans for the tests of dues and spend requests."""

from datetime import UTC, date, datetime

from accounts.models import User
from chat import services as chat_services
from tests.wallets.conftest import PIN, fill, key
from wallets.dues.periods import current_period, months_after
from wallets.models import DuesPlan, Wallet, WalletRole
from wallets.services import dues, dues_board, members, transfers, wallets

MORNING = datetime(2026, 12, 2, 1, 0, tzinfo=UTC)  # 10:00 in Korea


def month(later: int = 0) -> date:
    """The month so many months from this one."""
    return months_after(current_period(), later)


def enter(name: str, wallet: Wallet, role: WalletRole = WalletRole.MEMBER, *, won: int = 0) -> User:
    """A new member of the channel and its wallet, with `won` in a wallet of their own."""
    person = User.objects.create_user(email=f"{name}@example.com", username=name, password="x")
    chat_services.join(user=person, channel_id=wallet.channel_id)
    members.join(user=person, wallet_id=wallet.pk)
    if role != WalletRole.MEMBER:
        owner = wallet.members.get(role=WalletRole.OWNER).user
        members.set_role(actor=owner, wallet_id=wallet.pk, user_id=person.pk, role=role)
    own = wallets.open_personal(user=person, pin=PIN)
    if won:
        fill(own, won, person)
    return person


def make_plan(user: User, wallet: Wallet, **changed) -> DuesPlan:
    """30,000 won a month, due on the 5th, from this month on."""
    terms = {"title": "월 회비", "amount": 30_000, "day": 5, **changed}
    return dues.make_plan(user=user, wallet_id=wallet.pk, **terms)


def pay(user: User, plan: DuesPlan, amount: int | None = None, **more):
    """From their own wallet, with the right PIN."""
    return dues.pay(user=user, plan_id=plan.pk, amount=amount, **{"pin": PIN, "key": key(), **more})


def statuses(user: User, plan: DuesPlan, period: date | None = None) -> dict[str, str]:
    """Who stands where on the board, by name."""
    board = dues_board.board(user=user, plan_id=plan.pk, period=period)
    return {row.user.username: row.status.value for row in board.rows}


def close(wallet: Wallet, owner: User) -> None:
    """Empty a group wallet and close it."""
    own = wallets.open_personal(user=owner, pin=PIN)
    wallet.refresh_from_db()
    transfers.transfer(
        actor=owner, source_id=wallet.pk, target_id=own.pk, amount=wallet.balance, pin=PIN, key=key()
    )
    wallets.close_wallet(user=owner, wallet_id=wallet.pk)
