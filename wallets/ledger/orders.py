"""What the ledger is asked to move, decided before any lock."""

import json
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from wallets.models import Transfer, TransferKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Move `amount` won from `source_id` to `target_id`.

    `key` is unique for the actor and `digest` the hash of what was asked: the same pair again is answered
    with the first transfer. `rights_version` is the source's when the right to spend was checked; when it is
    another one under the lock, nothing moves. `limited`: the limits per transfer and per day apply. The names
    are for receipts.
    """

    kind: TransferKind
    source_id: int
    target_id: int
    amount: int
    actor_id: int
    key: str
    digest: str
    memo: str = ""
    reverses_id: UUID | None = None
    dues_plan_id: int | None = None
    dues_member_id: int | None = None
    rights_version: int | None = None
    limited: bool = True
    actor_name: str = ""
    source_label: str = ""
    target_label: str = ""


@dataclass(frozen=True, slots=True)
class Posted:
    """A transfer that is in the books. `replayed`: it was there already, under the same key."""

    transfer: Transfer
    replayed: bool


def key_of_ours(*what: object) -> str:
    """The key of a transfer that the product makes by itself, e.g. a scheduled run's: begins with a sign that
    no client's key may have, so nobody can take it first."""
    return "§" + ":".join(map(str, what))


def digest(**asked) -> str:
    """The hash of what was asked, whatever the order of its names. Never of a PIN."""
    return sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()
