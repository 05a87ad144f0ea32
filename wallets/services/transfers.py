"""Moving money: check what needs no lock (rights, PIN, amount), then post. A repeat with the same key is
answered with the first transfer."""

from collections.abc import Callable
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.text import tidy_line
from wallets import metrics
from wallets.audit import note
from wallets.ledger import poster
from wallets.ledger.orders import Order, Posted, digest, key_of_ours
from wallets.ledger.retrying import while_rights_change
from wallets.models import EXTERNAL_ID, Transfer, TransferKind, Wallet, WalletKind
from wallets.models.ledger import KEY_LENGTH, MEMO_LENGTH, MOST_AMOUNT
from wallets.pins import check_pin
from wallets.refusals import (
    AmountInvalid,
    KeyMalformed,
    KeyRequired,
    NeedsSecondPerson,
    NotReversible,
    SameWallet,
    TransferNotFound,
)
from wallets.rights import End, both_ends, spendable, visible_to


def check_amount(amount: object) -> int:
    """A whole number of won that can be moved: no bool, no fraction, no text. Raises AmountInvalid."""
    if type(amount) is not int or not 0 < amount <= MOST_AMOUNT:
        raise AmountInvalid
    return amount


def check_key(key: object) -> str:
    """An idempotency key: 1 to 255 printable ASCII characters. Raises KeyRequired or KeyMalformed."""
    if not key:
        raise KeyRequired
    if not isinstance(key, str) or len(key) > KEY_LENGTH or not (key.isascii() and key.isprintable()):
        raise KeyMalformed
    return key


def tidy_memo(memo: str) -> str:
    """One line, or nothing. Raises InvalidInput."""
    return tidy_line(memo, field="memo", longest=MEMO_LENGTH) if memo.strip() else ""


@metrics.movement()
def deposit(
    *,
    actor,
    wallet_id: int,
    amount: int,
    key: str,
    memo: str = "",
    dues_plan_id: int | None = None,
    dues_member_id: int | None = None,
) -> Posted:
    """Money comes in from outside, into a wallet that the actor may spend from; with a dues plan it is the
    cash that a member paid. Raises WalletNotFound, SpendersOnly, AmountInvalid and what the ledger
    refuses."""
    check_key(key)
    check_amount(amount)
    memo = tidy_memo(memo)
    asked = digest(
        kind="deposit", target=wallet_id, amount=amount, memo=memo, plan=dues_plan_id, member=dues_member_id
    )

    def order() -> Order:
        wallet = spendable(user=actor, wallet_id=wallet_id, field="wallet")
        return Order(
            kind=TransferKind.DEPOSIT,
            source_id=EXTERNAL_ID,
            target_id=wallet.pk,
            amount=amount,
            memo=memo,
            actor_id=actor.pk,
            key=key,
            digest=asked,
            dues_plan_id=dues_plan_id,
            dues_member_id=dues_member_id,
            actor_name=actor.public_name,
            target_label=wallet.label,
        )

    return _post(order)


@metrics.movement()
def transfer(
    *,
    actor,
    source_id: int,
    target_id: int,
    amount: int,
    pin: object,
    key: str,
    memo: str = "",
    credential: str = "",
    kind: TransferKind = TransferKind.TRANSFER,
    dues_plan_id: int | None = None,
    dues_member_id: int | None = None,
) -> Posted:
    """Send money. Raises WalletNotFound, SpendersOnly, WalletClosed, SameWallet, AmountInvalid,
    NeedsSecondPerson, PinWrong, PinLocked and what the ledger refuses; then nothing moved."""
    check_key(key)
    check_amount(amount)
    memo = tidy_memo(memo)
    asked = digest(kind=kind, source=source_id, target=target_id, amount=amount, memo=memo, plan=dues_plan_id)

    def ends() -> tuple[End, End]:
        source, target = both_ends(user=actor, source_id=source_id, target_id=target_id)
        check_ways(source, target, amount)
        return source, target

    def order(source: End, target: End) -> Order:
        return Order(
            kind=kind,
            source_id=source.pk,
            target_id=target.pk,
            amount=amount,
            memo=memo,
            actor_id=actor.pk,
            key=key,
            digest=asked,
            rights_version=source.rights_version,
            dues_plan_id=dues_plan_id,
            dues_member_id=dues_member_id,
            actor_name=actor.public_name,
            source_label=source.label,
            target_label=target.label,
        )

    source, target = ends()
    check_pin(wallet_id=source.pk, pin=pin, user_id=actor.pk, credential=credential, held=source.pin)
    return _post(lambda: order(*ends()), order(source, target))


def check_ways(source: Wallet | End, target: Wallet | End, amount: int) -> None:
    """Whether money may go directly this way. Raises SameWallet or NeedsSecondPerson."""
    if source.pk == target.pk:
        raise SameWallet
    limit = source.approval_limit
    if source.kind == WalletKind.GROUP and limit is not None and amount > limit:
        raise NeedsSecondPerson(limit)


@metrics.movement()
def reverse(
    *, actor, transfer_id: UUID, pin: object, key: str, memo: str = "", credential: str = ""
) -> Posted:
    """Give money back, whole, as a new transfer: by whoever may spend from the wallet that got it.

    Raises TransferNotFound, SpendersOnly, NotReversible, AlreadyReversed, PinWrong, PinLocked and what the
    ledger refuses, BalanceTooLow above all.
    """
    check_key(key)
    memo = tidy_memo(memo)

    def order() -> Order:
        given = transfer_for(user=actor, transfer_id=transfer_id)
        if given.kind in (TransferKind.DEPOSIT, TransferKind.REVERSAL):
            raise NotReversible
        holder = spendable(user=actor, wallet_id=given.target_id, field="transfer")
        return _reversal(given, actor, key, memo, holder.rights_version)

    first = order()
    check_pin(wallet_id=first.source_id, pin=pin, user_id=actor.pk, credential=credential)
    return _post(order, first)


@metrics.movement()
def reverse_as_operator(*, operator, transfer_id: UUID, reason: str) -> Posted:
    """Undo a transfer or a deposit as an operator of the site. Raises NotReversible, AlreadyReversed,
    BalanceTooLow. Asking twice for the same transfer is the same reversal."""
    given = _with_wallets().filter(pk=transfer_id).first()
    if given is None:
        raise TransferNotFound
    if given.kind == TransferKind.REVERSAL:
        raise NotReversible
    reason = tidy_line(reason, field="reason", longest=MEMO_LENGTH)
    posted = poster.post(_reversal(given, operator, key_of_ours("operator", given.pk), reason, None))
    if not posted.replayed:
        for wallet in (given.source, given.target):
            note(actor=operator, action="reversed", wallet=wallet, transfer=str(given.pk), reason=reason)
    return posted


def _reversal(given: Transfer, actor, key: str, memo: str, rights_version: int | None) -> Order:
    return Order(
        kind=TransferKind.REVERSAL,
        source_id=given.target_id,
        target_id=given.source_id,
        amount=given.amount,
        memo=memo,
        actor_id=actor.pk,
        key=key,
        digest=digest(kind="reversal", transfer=given.pk, memo=memo),
        reverses_id=given.pk,
        dues_plan_id=given.dues_plan_id,
        dues_member_id=given.dues_member_id,
        rights_version=rights_version,
        limited=False,
        actor_name=actor.public_name,
        source_label=given.target.label if given.target_id != EXTERNAL_ID else "",
        target_label=given.source.label if given.source_id != EXTERNAL_ID else "",
    )


def _post(order: Callable[[], Order], first: Order | None = None) -> Posted:
    """Post `first`, or what `order` makes; when rights changed between its reading and the lock, ask `order`
    again."""
    made = [first] if first else []
    return while_rights_change(lambda: poster.post(made.pop() if made else order()))


def transfer_for(*, user, transfer_id: UUID) -> Transfer:
    """A transfer of a wallet whose books I may read. Raises TransferNotFound."""
    mine = visible_to(user).exclude(my_role=None).values("pk")
    found = _with_wallets().filter(Q(source__in=mine) | Q(target__in=mine), pk=transfer_id).first()
    if found is None:
        raise TransferNotFound
    return found


def _with_wallets() -> QuerySet[Transfer]:
    return Transfer.objects.select_related("source__owner", "target__owner", "actor")
