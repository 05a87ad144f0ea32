"""Spend requests: a member asks a group wallet for money; those who may decide, and the transfer runs with
their yes in one transaction. wallets/spending/approval.py says whose yes is needed."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.refusals import Refusal
from accounts.text import tidy_line
from wallets import metrics
from wallets.audit import note
from wallets.dues.refusals import NoPersonalWallet
from wallets.ledger import book
from wallets.ledger.orders import Order, digest, key_of_ours
from wallets.ledger.retrying import retrying, while_rights_change
from wallets.models import (
    SpendApproval,
    SpendRequest,
    SpendState,
    TransferKind,
    Wallet,
    WalletKind,
    WalletMember,
)
from wallets.models.ledger import MEMO_LENGTH
from wallets.models.spending import REASON_LENGTH
from wallets.models.wallet import SPENDERS
from wallets.pins import check_pin
from wallets.refusals import RightsChanged, SpendersOnly, WalletClosed, WalletNotFound
from wallets.rights import LARGEST_ID, joined_wallet
from wallets.services.locking import joined_group
from wallets.services.spending_slips import tell
from wallets.services.transfers import check_amount
from wallets.spending.approval import Decision
from wallets.spending.refusals import AskerOnly, OwnRequest, RequestDecided, RequestNotFound


def ask(*, user, wallet_id: int, amount: int, reason: str) -> SpendRequest:
    """Ask for money into my own wallet; the channel is told. Asked twice, it is two requests. Raises
    WalletNotFound, WalletClosed, NoPersonalWallet, AmountInvalid or InvalidInput."""
    check_amount(amount)
    reason = tidy_line(reason, field="reason", longest=REASON_LENGTH)
    wallet = joined_group(user, wallet_id)
    if wallet.closed_at is not None:
        raise WalletClosed
    target = Wallet.objects.open().filter(owner=user, kind=WalletKind.PERSONAL).first()
    if target is None:
        raise NoPersonalWallet
    with transaction.atomic():
        request = SpendRequest.objects.create(
            wallet=wallet, target=target, asked_by=user, amount=amount, reason=reason
        )
        tell(request)
    return request


@metrics.movement()
def approve(*, user, request_id: int, pin: object = None, credential: str = "") -> SpendRequest:
    """Say yes; with the last yes that is needed the money moves. The PIN is the wallet's, asked from owner
    and treasurers. Saying it twice is saying it once; where a limit or a role changed in between, the second
    time counts what is there now. Where the ledger refuses (a low balance above all) nothing is written and
    the request goes on waiting.

    Raises RequestNotFound, RequestDecided, OwnRequest, SpendersOnly, PinWrong, PinLocked and what the ledger
    refuses.
    """
    request = request_for(user=user, request_id=request_id)
    if _paid_by(user, request):
        return request
    _check_waiting(request)
    _check_may_approve(user, _decision(request))
    if request.wallet.my_role in SPENDERS:
        check_pin(wallet_id=request.wallet_id, pin=pin, user_id=user.pk, credential=credential)

    while_rights_change(lambda: retrying(lambda: _say_yes(user, request)))
    return request_for(user=user, request_id=request_id)


def decline(*, user, request_id: int, comment: str = "") -> SpendRequest:
    """Say no, which is final; the right of owner and treasurers. Raises RequestNotFound, SpendersOnly,
    OwnRequest (whoever asked withdraws), RequestDecided or InvalidInput."""
    comment = tidy_line(comment, field="comment", longest=REASON_LENGTH, required=False)
    request = request_for(user=user, request_id=request_id)
    if request.wallet.my_role not in SPENDERS:
        raise SpendersOnly
    if request.asked_by_id == user.pk:
        raise OwnRequest

    def decide() -> None:
        locked = _lock(request)
        _check_waiting(locked)
        SpendApproval.objects.update_or_create(
            request=locked, user=user, defaults={"approved": False, "comment": comment}
        )
        _close(locked, SpendState.DECLINED)
        tell(locked)
        note(actor=user, action="spend_declined", wallet=request.wallet, request=locked.pk)

    retrying(decide)
    return request_for(user=user, request_id=request_id)


def withdraw(*, user, request_id: int) -> SpendRequest:
    """Take my own request back. Raises RequestNotFound, AskerOnly or RequestDecided."""
    request = request_for(user=user, request_id=request_id)
    if request.asked_by_id != user.pk:
        raise AskerOnly

    def decide() -> None:
        locked = _lock(request)
        _check_waiting(locked)
        _close(locked, SpendState.WITHDRAWN)
        tell(locked)

    retrying(decide)
    return request_for(user=user, request_id=request_id)


def requests_of(*, user, wallet_id: int, state: str | None = None) -> QuerySet[SpendRequest]:
    """The requests to a group wallet I joined, newest first, with asker and answers at hand. Raises
    WalletNotFound."""
    wallet = joined_group(user, wallet_id)
    found = SpendRequest.objects.filter(wallet=wallet)
    if state is not None:
        found = found.filter(state=state)
    return found.select_related("asked_by", "transfer").prefetch_related("approvals__user").order_by("-pk")


def request_for(*, user, request_id: int) -> SpendRequest:
    """A request to a wallet I joined; its `wallet` says `my_role`. Raises RequestNotFound."""
    known = 0 < request_id <= LARGEST_ID
    rows = SpendRequest.objects.select_related("asked_by", "target", "transfer")
    request = rows.filter(pk=request_id).first() if known else None
    if request is None:
        raise RequestNotFound
    try:
        request.wallet = joined_wallet(user=user, wallet_id=request.wallet_id)
    except WalletNotFound as stranger:
        raise RequestNotFound from stranger
    return request


def may_approve(*, user, request: SpendRequest) -> bool:
    """Whether this person's yes would count now, and has not been said."""
    waiting = request.state == SpendState.WAITING and not _said_yes(user, request)
    return waiting and _decision(request).may_approve(user.pk)


def _lock(request: SpendRequest) -> SpendRequest:
    """The row, locked: of two who decide at once the second finds it decided."""
    return SpendRequest.objects.select_for_update().get(pk=request.pk)


def _decision(request: SpendRequest) -> Decision:
    limit = Wallet.objects.values_list("approval_limit", flat=True).get(pk=request.wallet_id)
    roles = dict(WalletMember.objects.filter(wallet=request.wallet_id).values_list("user_id", "role"))
    return Decision(asker=request.asked_by_id, roles=roles, two=limit is not None and request.amount > limit)


def _check_waiting(request: SpendRequest) -> None:
    if request.state != SpendState.WAITING:
        raise RequestDecided


def _check_may_approve(user, decision: Decision) -> None:
    if not decision.may_approve(user.pk):
        raise OwnRequest if user.pk == decision.asker else SpendersOnly


def _said_yes(user, request: SpendRequest) -> bool:
    return SpendApproval.objects.filter(request=request, user=user, approved=True).exists()


def _paid_by(user, request: SpendRequest) -> bool:
    """Whether this is a repeat of a yes that the money went by."""
    return request.state == SpendState.PAID and _said_yes(user, request)


def _say_yes(user, request: SpendRequest) -> None:
    """Locks the request, then (in `_pay`) the wallets; the approval is written between the two, since its
    foreign key shares the person's row, which a deletion of the account locks before the wallet's."""
    locked = _lock(request)
    if _paid_by(user, locked):
        return
    _check_waiting(locked)
    wallet = joined_wallet(user=user, wallet_id=locked.wallet_id)  # before the roles: see `_pay`
    decision = _decision(locked)
    _check_may_approve(user, decision)
    SpendApproval.objects.get_or_create(request=locked, user=user, defaults={"approved": True})
    approved = locked.approvals.filter(approved=True)
    payer = decision.payer(set(approved.values_list("user_id", flat=True)))
    if payer is not None:
        _pay(locked, wallet, payer)
    note(actor=user, action="spend_approved", wallet=wallet, request=locked.pk, paid=payer is not None)


def _pay(request: SpendRequest, wallet: Wallet, payer_id: int) -> None:
    """Post the transfer in the caller's transaction. The roles were read with this `rights_version`: when one
    changed since, the ledger says RightsChanged."""
    payer = WalletMember.objects.select_related("user").get(wallet=wallet, user=payer_id).user
    order = Order(
        kind=TransferKind.SPENDING,
        source_id=wallet.pk,
        target_id=request.target_id,
        amount=request.amount,
        memo=request.reason[:MEMO_LENGTH],
        actor_id=payer_id,
        key=key_of_ours("spend", request.pk),
        digest=digest(kind="spending", request=request.pk),
        rights_version=wallet.rights_version,
        actor_name=payer.public_name,
        source_label=wallet.label,
        target_label=request.target.label,
    )
    (answer,) = book.post([order])
    if isinstance(answer, Refusal | RightsChanged):
        raise answer
    request.transfer = answer.transfer
    _close(request, SpendState.PAID)


def _close(request: SpendRequest, state: SpendState) -> None:
    request.state, request.decided_at = state, timezone.now()
    request.save(update_fields=["state", "decided_at", "transfer"])
