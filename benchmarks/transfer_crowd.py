"""People with wallets and money: rows in bulk, money by the ledger."""

from accounts.models import User
from chat import services as chat_services
from chat.models import Membership, Role
from wallets.ledger import book
from wallets.ledger.orders import Order, digest
from wallets.ledger.retrying import retrying
from wallets.models import EXTERNAL_ID, Pin, TransferKind, Wallet, WalletKind
from wallets.pins import PinHasher, hash_pin
from wallets.services import wallets as wallet_services

PIN = "246810"
RICH = 1_000_000_000
TOGETHER = 200


def make_crowd(count: int) -> tuple[Wallet, list[Wallet]]:
    """A group wallet and so many members of its channel, each with a personal wallet and a billion won.

    The PINs are hashed lightly: each is verified once and then remembered, and what a hash costs is not what
    is measured here (load 3 has the heavy ones).
    """
    PinHasher.work_factor = 2
    User.objects.bulk_create(
        User(email=f"payer{number}@example.com", username=f"payer{number}", password="!")
        for number in range(count)
    )
    people = list(User.objects.filter(username__startswith="payer").order_by("pk"))
    channel = chat_services.create_channel(user=people[0], name="모임")
    Membership.objects.bulk_create(
        Membership(channel=channel, user=person, role=Role.MEMBER) for person in people[1:]
    )
    group = wallet_services.open_group(user=people[0], channel_id=channel.pk, name="회비", pin=PIN)
    Wallet.objects.bulk_create(Wallet(kind=WalletKind.PERSONAL, owner=person) for person in people)
    wallets = list(Wallet.objects.filter(kind=WalletKind.PERSONAL).select_related("owner").order_by("pk"))
    hashed = hash_pin(PIN)
    Pin.objects.bulk_create(Pin(wallet=wallet, hash=hashed) for wallet in wallets)
    orders = [_deposit(wallet) for wallet in wallets]
    for start in range(0, count, TOGETHER):
        some = orders[start : start + TOGETHER]
        retrying(lambda some=some: book.post(some))
    return group, wallets


def _deposit(wallet: Wallet) -> Order:
    return Order(
        kind=TransferKind.DEPOSIT,
        source_id=EXTERNAL_ID,
        target_id=wallet.pk,
        amount=RICH,
        actor_id=wallet.owner_id,
        key="first",
        digest=digest(wallet=wallet.pk),
        limited=False,
    )
