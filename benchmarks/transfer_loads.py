"""Who pays whom in each load, and how fast a number of clients get through it."""

import random
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import accumulate

from django.db import connection

from benchmarks.transfer_twin import Twin
from wallets.ledger import poster
from wallets.ledger.orders import Order, digest
from wallets.models import TransferKind, Wallet
from wallets.pins import check_pin
from wallets.services import transfers

PIN = "246810"
LOG_IN = "t:1"
Ends = Callable[[random.Random], tuple[Wallet, Wallet]]


def uniform(wallets: list[Wallet]) -> Ends:
    """Anybody to anybody."""
    return lambda dice: dice.sample(wallets, 2)


def zipf(wallets: list[Wallet], exponent: float) -> Ends:
    """The wallet of rank n takes part 1/n^exponent as often as the first."""
    weights = list(accumulate(1 / rank**exponent for rank in range(1, len(wallets) + 1)))

    def ends(dice: random.Random) -> tuple[Wallet, Wallet]:
        while True:
            source, target = dice.choices(wallets, cum_weights=weights, k=2)
            if source is not target:
                return source, target

    return ends


def into(group: Wallet, wallets: list[Wallet]) -> Ends:
    """Everybody into one wallet."""
    return lambda dice: (dice.choice(wallets), group)


def to_and_fro(wallets: list[Wallet]) -> Ends:
    """Two who pay each other."""
    return lambda dice: dice.sample(wallets[:2], 2)


def order_of(source: Wallet, target: Wallet, amount: int, key: str) -> Order:
    """What the service would make of the request."""
    asked = {"kind": TransferKind.TRANSFER, "source": source.pk, "target": target.pk, "amount": amount}
    return Order(
        kind=TransferKind.TRANSFER,
        source_id=source.pk,
        target_id=target.pk,
        amount=amount,
        actor_id=source.owner_id,
        key=key,
        digest=digest(**asked, memo="", plan=None),
        rights_version=source.rights_version,
        actor_name=source.owner.username,
        source_label=source.owner.username,
        target_label=target.name or target.owner.username,
    )


class ServiceClient:
    """Sends by the service, with a PIN that is remembered for this log-in."""

    def pay(self, source: Wallet, target: Wallet, amount: int, key: str) -> None:
        ends = {"source_id": source.pk, "target_id": target.pk}
        transfers.transfer(actor=source.owner, amount=amount, pin=PIN, key=key, credential=LOG_IN, **ends)

    def close(self) -> None:
        connection.close()


def remember_pins(wallets: list[Wallet]) -> None:
    """As after each person's first transfer of the last three minutes."""
    for wallet in wallets:
        check_pin(wallet_id=wallet.pk, pin=PIN, user_id=wallet.owner_id, credential=LOG_IN)


class LedgerClient(ServiceClient):
    """Posts without the service's reading of rights and PIN."""

    def pay(self, source: Wallet, target: Wallet, amount: int, key: str) -> None:
        poster.post(order_of(source, target, amount, key))


class TwinClient:
    """The hand-written SQL."""

    def __init__(self, *, asks_rights: bool) -> None:
        self._twin = Twin(asks_rights=asks_rights)

    def pay(self, source: Wallet, target: Wallet, amount: int, key: str) -> None:
        if not self._twin.transfer(order_of(source, target, amount, key)):
            raise RuntimeError("the twin refused")

    def close(self) -> None:
        self._twin.close()


@dataclass(slots=True)
class Run:
    """What some clients got done."""

    seconds: float
    milliseconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return len(self.milliseconds) / self.seconds

    def quantile(self, part: float) -> float:
        ordered = sorted(self.milliseconds)
        return ordered[min(int(len(ordered) * part), len(ordered) - 1)]


def run(client: Callable, clients: int, ends: Ends, seconds: float) -> Run:
    """So many clients at once, each the next transfer as soon as the last is answered."""
    result, lock = Run(seconds), threading.Lock()
    start = threading.Barrier(clients + 1)

    def work(number: int) -> None:
        own, dice = client(), random.Random()
        took, failed = [], []
        start.wait()
        until = time.perf_counter() + seconds
        while (began := time.perf_counter()) < until:
            source, target = ends(dice)
            try:
                own.pay(source, target, dice.randint(1, 1_000), f"{number}-{dice.getrandbits(96):x}")
                took.append((time.perf_counter() - began) * 1_000)
            except Exception as error:  # whatever it is, it is counted and told
                failed.append(f"{type(error).__name__}: {error}")
        own.close()
        with lock:
            result.milliseconds += took
            result.failures += failed

    threads = [threading.Thread(target=work, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    start.wait()
    for thread in threads:
        thread.join()
    return result


def in_pairs(ours, theirs, counts: tuple[int, int], ends: Ends, seconds: float, rounds: int):
    """The runs of both, taking turns; each with the number of clients that suits it."""
    pairs = []
    for number in range(rounds):
        sides = [(ours, counts[0]), (theirs, counts[1])]
        done = {}
        for client, clients in sides if number % 2 == 0 else sides[::-1]:
            done[client] = run(client, clients, ends, seconds)
        pairs.append((done[ours], done[theirs]))
    return pairs


def best_count(client, counts: list[int], ends: Ends, seconds: float) -> int:
    """The number of clients that gets most done."""
    return max(counts, key=lambda count: run(client, count, ends, seconds).per_second)


def spread(values: list[float]) -> float:
    """Standard deviation as a part of the mean."""
    return statistics.pstdev(values) / statistics.mean(values) if len(values) > 1 else 0.0
