"""What people do with scheduled transfers: plan, look at, cancel. The run is in `runs`."""

from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.text import InvalidInput
from wallets.audit import note
from wallets.ledger.orders import digest
from wallets.ledger.retrying import retrying
from wallets.models import Repeat, ScheduledTransfer, ScheduleState, Wallet
from wallets.models.wallet import SPENDERS
from wallets.pins import check_pin
from wallets.refusals import (
    KeyReused,
    ScheduleNotFound,
    ScheduleOver,
    SpendersOnly,
    TransferLimit,
    WalletClosed,
    WalletNotFound,
)
from wallets.rights import both_ends, joined_wallet, visible_to
from wallets.schedules.calendar import korean_day
from wallets.services.transfers import check_amount, check_key, check_ways, tidy_memo

SOONEST = timedelta(minutes=1)
FURTHEST = timedelta(days=5 * 365 + 2)  # five years with their leap days


def plan_transfer(
    *,
    user,
    source_id: int,
    target_id: int,
    amount: int,
    pin: object,
    first_run_at: datetime,
    repeat: str = Repeat.ONCE,
    ends_on: date | None = None,
    memo: str = "",
    key: str | None = None,
    credential: str = "",
) -> ScheduledTransfer:
    """Plan a transfer from a wallet that I may spend from. Nothing is set aside: rights, limits and balance
    are looked at again at each run.

    `first_run_at` is an instant, a minute to five years ahead; `ends_on` the last Korean day that may still
    have a run. The same `key` again answers the first plan, whatever became of it. Raises AmountInvalid,
    InvalidInput, KeyMalformed, KeyReused, WalletNotFound, SpendersOnly, WalletClosed, SameWallet,
    NeedsSecondPerson, TransferLimit, PinWrong or PinLocked; then nothing is written.
    """
    planned = {
        "source_id": source_id,
        "target_id": target_id,
        "amount": check_amount(amount),
        "memo": tidy_memo(memo),
        "first_run_at": first_run_at.astimezone(UTC),
        "repeat": _known_repeat(repeat),
        "ends_on": ends_on,
    }
    asked = {"request_digest": digest(**planned), "idempotency_key": key and check_key(key)}
    first = _planned_before(user, **asked)
    if first is not None:
        return first
    _check_days(first_run_at, ends_on)
    source, target = both_ends(user=user, source_id=source_id, target_id=target_id)
    check_ways(source, target, amount)
    if amount > settings.TRANSFER_LIMIT:
        raise TransferLimit(settings.TRANSFER_LIMIT)
    check_pin(wallet_id=source_id, pin=pin, user_id=user.pk, credential=credential, held=source.pin)
    try:
        return retrying(lambda: _write(user, planned, asked))
    except IntegrityError as taken:  # by a request at this moment between other wallets
        raise KeyReused from taken


def _known_repeat(repeat: str) -> str:
    if repeat not in Repeat.values:
        raise InvalidInput(field="repeat")
    return str(repeat)


def _check_days(first_run_at: datetime, ends_on: date | None) -> None:
    ahead = first_run_at - timezone.now()
    if ahead < SOONEST:
        raise InvalidInput(_("The first run is at least a minute from now."), field="first_run_at")
    if ahead > FURTHEST:
        raise InvalidInput(_("The first run is at most five years from now."), field="first_run_at")
    if ends_on is not None and ends_on < korean_day(first_run_at):
        raise InvalidInput(_("The last day is not before the first run."), field="ends_on")


def _planned_before(user, *, request_digest: str, idempotency_key: str | None) -> ScheduledTransfer | None:
    """What was planned with this key. Raises KeyReused when that was something else."""
    if idempotency_key is None:
        return None
    first = ScheduledTransfer.objects.filter(created_by=user, idempotency_key=idempotency_key).first()
    if first is not None and first.request_digest != request_digest:
        raise KeyReused
    return first


def _write(user, planned: dict, asked: dict) -> ScheduledTransfer:
    """Insert the plan, under the locks of both wallets: a closing of either waits, or is seen here, and so is
    the first of two requests with the same key."""
    both = Wallet.objects.select_for_update().filter(pk__in=(planned["source_id"], planned["target_id"]))
    wallets = list(both.order_by("pk"))
    first = _planned_before(user, **asked)
    if first is not None:
        return first
    if any(wallet.closed_at is not None for wallet in wallets):
        raise WalletClosed
    schedule = ScheduledTransfer.objects.create(
        created_by=user, next_run_at=planned["first_run_at"], **planned, **asked
    )
    note(actor=user, action="schedule_planned", wallet=schedule.source, schedule=schedule.pk)
    return schedule


def cancel(*, user, schedule_id: int) -> ScheduledTransfer:
    """Stop every run that has not happened, also the second try of a refused one; the right of whoever may
    spend from the source. Raises ScheduleNotFound, SpendersOnly, or ScheduleOver where nothing is left to
    cancel. Locks the schedule, as each run does: one of the two comes first, never both."""
    schedule_for(user=user, schedule_id=schedule_id)

    def stop() -> ScheduledTransfer:
        schedule = ScheduledTransfer.objects.select_for_update().get(pk=schedule_id)
        if schedule.state != ScheduleState.ACTIVE:
            raise ScheduleOver
        schedule.state, schedule.next_run_at = ScheduleState.CANCELLED, None
        schedule.save(update_fields=["state", "next_run_at"])
        note(actor=user, action="schedule_cancelled", wallet=schedule.source, schedule=schedule.pk)
        return schedule

    return retrying(stop)


def schedules_of(*, user, wallet_id: int | None = None) -> QuerySet[ScheduledTransfer]:
    """The scheduled transfers of the wallets that I may spend from, or of one of them, newest first, with
    both wallets at hand: a payer's failures are nobody else's business. Raises WalletNotFound or
    SpendersOnly."""
    if wallet_id is not None:
        _readable(user, wallet_id)
        return _with_wallets().filter(source=wallet_id)
    mine = visible_to(user).filter(my_role__in=SPENDERS).values("pk")
    return _with_wallets().filter(source__in=mine)


def schedule_for(*, user, schedule_id: int) -> ScheduledTransfer:
    """One of them; its runs are `.runs`. Raises ScheduleNotFound, or SpendersOnly to another member."""
    schedule = _with_wallets().filter(pk=schedule_id).first()
    if schedule is None:
        raise ScheduleNotFound
    try:
        _readable(user, schedule.source_id)
    except WalletNotFound as stranger:
        raise ScheduleNotFound from stranger
    return schedule


def has_open_schedules(wallet: Wallet) -> bool:
    """Whether anything is planned from this wallet. The answer lasts as long as the caller holds the wallet's
    lock. What others plan to it does not count, or a stranger's one won a month would keep it open for ever;
    their run is refused then, and says why."""
    return ScheduledTransfer.objects.filter(source=wallet, state=ScheduleState.ACTIVE).exists()


def is_planned(*, user, key: str) -> bool:
    """Whether I planned a transfer with this key before."""
    return ScheduledTransfer.objects.filter(created_by=user, idempotency_key=key).exists()


def _readable(user, wallet_id: int) -> None:
    if joined_wallet(user=user, wallet_id=wallet_id).my_role not in SPENDERS:
        raise SpendersOnly


def _with_wallets() -> QuerySet[ScheduledTransfer]:
    both = ScheduledTransfer.objects.select_related("source__owner", "target__owner", "created_by")
    return both.order_by("-pk")
