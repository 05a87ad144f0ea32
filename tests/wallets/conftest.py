"""Wallets of the cast: everybody's PIN is the same, and the books have to be right at the end of every
test."""

from uuid import uuid4

import pytest
from django.db import connection

from accounts.models import User
from chat import services as chat_services
from wallets.ledger import audit
from wallets.models import Wallet, WalletKind
from wallets.services import members, transfers, wallets

PIN = "246810"
PEOPLE = 12  # in a circle


@pytest.fixture(autouse=True)
def the_books_are_right(db):
    """Whatever the test did: every balance is the sum of its entries, and all of them together are zero."""
    yield
    assert audit.differences() == []


def key() -> str:
    """A new idempotency key."""
    return uuid4().hex


def fill(wallet: Wallet, amount: int, actor: User) -> None:
    """Put money into a wallet."""
    transfers.deposit(actor=actor, wallet_id=wallet.pk, amount=amount, key=key())


def balance(wallet: Wallet) -> int:
    """What is in it now."""
    return Wallet.objects.values_list("balance", flat=True).get(pk=wallet.pk)


@pytest.fixture
def alice_wallet(alice) -> Wallet:
    """alice's own, with 100,000 won."""
    wallet = wallets.open_personal(user=alice, pin=PIN)
    fill(wallet, 100_000, alice)
    return wallet


@pytest.fixture
def bob_wallet(bob) -> Wallet:
    """bob's own, with 100,000 won."""
    wallet = wallets.open_personal(user=bob, pin=PIN)
    fill(wallet, 100_000, bob)
    return wallet


@pytest.fixture
def charlie_wallet(charlie) -> Wallet:
    """The stranger's own, empty."""
    return wallets.open_personal(user=charlie, pin=PIN)


@pytest.fixture
def group_wallet(channel, alice, bob) -> Wallet:
    """The channel's wallet: alice owns it, bob is a member, and it holds 50,000 won."""
    wallet = wallets.open_group(user=alice, channel_id=channel.pk, name="회비통장", pin=PIN)
    members.join(user=bob, wallet_id=wallet.pk)
    fill(wallet, 50_000, alice)
    return wallet


@pytest.fixture
def dana(channel) -> User:
    """In the channel, not in the wallet."""
    user = User.objects.create_user(email="dana@example.com", username="dana", password="x")
    chat_services.join(user=user, channel_id=channel.pk)
    return user


@pytest.fixture
def row_locks():
    """Skips, loudly, where the database has no row locks. SQLite lets one transaction write at a time and
    ignores FOR UPDATE: a race proves nothing there."""
    if not connection.features.has_select_for_update:
        pytest.skip("a server that locks rows is not set: DATABASE_URL of MariaDB or MySQL (make stack)")


@pytest.fixture
def circle() -> list[Wallet]:
    """Wallets of twelve people with 100,000 won each."""
    people = [
        User(email=f"member{number}@example.com", username=f"member{number}") for number in range(PEOPLE)
    ]
    User.objects.bulk_create(people)
    wallets = []
    for person in User.objects.filter(email__startswith="member").order_by("pk"):
        wallet = Wallet.objects.create(kind=WalletKind.PERSONAL, owner=person)
        fill(wallet, 100_000, person)
        wallets.append(wallet)
    return wallets
