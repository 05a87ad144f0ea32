"""Dues: plans that owner and treasurers make, exemptions, and payments. What was paid stands in the ledger
alone; services/dues_board.py reads it."""

from datetime import date

from django.db import transaction

from accounts.text import InvalidInput, tidy_line
from wallets.audit import note
from wallets.dues.allocation import Standing
from wallets.dues.periods import current_period, months_after, period_of, period_text
from wallets.dues.refusals import NoPersonalWallet, NothingOwed, NotInPlan, PaysTooFarAhead, PlanOver
from wallets.ledger.orders import Posted
from wallets.models import (
    DuesExemption,
    DuesMember,
    DuesPlan,
    Transfer,
    TransferKind,
    Wallet,
    WalletKind,
    WalletMember,
)
from wallets.models.wallet import NAME_LENGTH
from wallets.refusals import WalletMemberNotFound
from wallets.services import transfers
from wallets.services.dues_cards import announce
from wallets.services.dues_rights import (
    MONTHS_AHEAD,
    chosen_period,
    last_period,
    lock_plan,
    lock_wallet_to_manage,
    plan_for,
)
from wallets.services.dues_standings import places
from wallets.services.transfers import check_amount

LAST_DAY = 31


def make_plan(
    *,
    user,
    wallet_id: int,
    title: str,
    amount: int,
    day: int,
    grace_days: int = 0,
    starts_on: date | None = None,
    members: list[int] | None = None,
    exempt: list[int] = (),
    reminds: bool = True,
) -> DuesPlan:
    """`amount` won a month, due on `day`, owed by `members` (user ids; None: everybody in the wallet, later
    joiners too) but never by those in `exempt`. Posts the first card when its month has begun.

    Raises WalletNotFound, SpendersOnly, WalletClosed, WalletMemberNotFound, AmountInvalid or InvalidInput.
    Amount and day stay as they are: what was owed must not change afterwards. End the plan and make another.
    """
    plan = DuesPlan(
        wallet_id=wallet_id,
        title=tidy_line(title, field="title", longest=NAME_LENGTH),
        amount=check_amount(amount),
        day=_whole(day, 1, LAST_DAY, "day"),
        grace_days=_whole(grace_days, 0, LAST_DAY, "grace_days"),
        starts_on=_first_month(starts_on),
        everyone=members is None,
        reminds=reminds,
        created_by=user,
    )
    with transaction.atomic():
        plan.wallet = lock_wallet_to_manage(user, wallet_id)
        joined = set(WalletMember.objects.filter(wallet=wallet_id).values_list("user_id", flat=True))
        owing = joined if members is None else set(members)
        if not owing <= joined or not set(exempt) <= owing:
            raise WalletMemberNotFound
        plan.save()
        DuesMember.objects.bulk_create(
            DuesMember(plan=plan, user_id=member, since=plan.starts_on) for member in sorted(owing)
        )
        DuesExemption.objects.bulk_create(
            DuesExemption(plan=plan, user_id=member) for member in sorted(set(exempt))
        )
        note(actor=user, action="dues_made", wallet=plan.wallet, plan=plan.pk, amount=amount, day=day)
        if plan.starts_on <= current_period():
            announce(plan, current_period())
    plan.refresh_from_db(fields=["announced_on"])
    return plan


def change_plan(*, user, plan_id: int, **changes) -> DuesPlan:
    """Change `title`, `grace_days` or `reminds`. Raises PlanNotFound, SpendersOnly, WalletClosed or
    InvalidInput; for `amount` and `day` too, see make_plan."""
    for fixed in changes.keys() - {"title", "grace_days", "reminds"}:
        raise InvalidInput(field=fixed)
    if "title" in changes:
        changes["title"] = tidy_line(changes["title"], field="title", longest=NAME_LENGTH)
    if "grace_days" in changes:
        _whole(changes["grace_days"], 0, LAST_DAY, "grace_days")
    with transaction.atomic():
        plan = lock_plan(user=user, plan_id=plan_id)
        before = {name: getattr(plan, name) for name in changes}
        for name, value in changes.items():
            setattr(plan, name, value)
        plan.save(update_fields=list(changes))
        note(
            actor=user,
            action="dues_changed",
            wallet=plan.wallet,
            plan=plan.pk,
            before=before,
            after=changes,
        )
    return plan


def end_plan(*, user, plan_id: int) -> DuesPlan:
    """This month is the plan's last; what is owed until then can still be paid. Raises PlanNotFound,
    SpendersOnly, WalletClosed or PlanOver."""
    with transaction.atomic():
        plan = lock_plan(user=user, plan_id=plan_id)
        if plan.ended_on is not None:
            raise PlanOver
        plan.ended_on = current_period()
        plan.save(update_fields=["ended_on"])
        note(actor=user, action="dues_ended", wallet=plan.wallet, plan=plan.pk)
    return plan


def exempt(*, user, plan_id: int, member_id: int, period: date | None = None, reason: str = "") -> None:
    """The member need not pay this month (None: any month); money laid on it moves on to the next. A second
    call changes only the reason. Raises PlanNotFound, SpendersOnly, WalletClosed, NotInPlan, PeriodNotFound
    or InvalidInput."""
    reason = tidy_line(reason, field="reason", longest=NAME_LENGTH, required=False)
    with transaction.atomic():
        plan, month = _lock_month(user, plan_id, member_id, period)
        DuesExemption.objects.update_or_create(
            plan=plan, user_id=member_id, period=month, defaults={"reason": reason}
        )
        _note_exemption(user, "dues_exempted", plan, member_id, month)


def unexempt(*, user, plan_id: int, member_id: int, period: date | None = None) -> None:
    """Take an exemption back; nothing happens where there is none. Raises what `exempt` raises."""
    with transaction.atomic():
        plan, month = _lock_month(user, plan_id, member_id, period)
        gone, _rows = DuesExemption.objects.filter(plan=plan, user=member_id, period=month).delete()
        if gone:
            _note_exemption(user, "dues_unexempted", plan, member_id, month)


def pay(
    *,
    user,
    plan_id: int,
    pin: object,
    key: str,
    amount: int | None = None,
    period: date | None = None,
    credential: str = "",
) -> Posted:
    """Pay from my own wallet: `amount`, or what I owe up to `period` (None: this month). More than that pays
    the months to come, twelve at most. The same key again is answered with the first payment.

    Raises PlanNotFound, NotInPlan, PeriodNotFound, NothingOwed, PaysTooFarAhead, NoPersonalWallet and what
    services.transfers.transfer raises.
    """
    plan = plan_for(user=user, plan_id=plan_id)
    source = Wallet.objects.open().filter(owner=user, kind=WalletKind.PERSONAL).first()
    if source is None:
        raise NoPersonalWallet
    return transfers.transfer(
        actor=user,
        source_id=source.pk,
        target_id=plan.wallet_id,
        amount=_payable(plan, user, key, amount, period),
        memo=plan.title,
        pin=pin,
        key=key,
        credential=credential,
        kind=TransferKind.DUES,
        dues_plan_id=plan.pk,
        dues_member_id=user.pk,
    )


def record_cash(*, user, plan_id: int, member_id: int, amount: int, key: str) -> Posted:
    """Owner or treasurer notes cash that a member paid: a deposit into the wallet in the member's name.
    Raises PlanNotFound, SpendersOnly, NotInPlan, PaysTooFarAhead and what services.transfers.deposit
    raises."""
    plan = plan_for(user=user, plan_id=plan_id)
    posted = transfers.deposit(
        actor=user,
        wallet_id=plan.wallet_id,
        amount=_affordable(plan, member_id, user, key, amount),
        key=key,
        memo=plan.title,
        dues_plan_id=plan.pk,
        dues_member_id=member_id,
    )
    if not posted.replayed:
        note(actor=user, action="dues_cash", wallet=plan.wallet, plan=plan.pk, user=member_id, amount=amount)
    return posted


def _payable(plan: DuesPlan, user, key: str, amount: int | None, period: date | None) -> int:
    """What this request pays. A repeat pays what the first one did, though nothing is owed any more; the
    first is looked for after what is owed was read, so a repeat at the same moment never finds neither."""
    if amount is not None:
        return _affordable(plan, user.pk, user, key, amount)
    owed = _standing(plan, user.pk).missing_until(chosen_period(plan, period))
    missing = sum(owed.values())
    first = _first_amount(user, key)
    if not (missing or first):
        raise NothingOwed
    return first or missing


def _affordable(plan: DuesPlan, member_id: int, actor, key: str, amount: int) -> int:
    """The amount, when it is a repeat's or does not reach too far ahead."""
    most = sum(_standing(plan, member_id).missing_until(last_period(plan)).values())
    if check_amount(amount) > most and _first_amount(actor, key) is None:
        raise PaysTooFarAhead(most)
    return amount


def _first_amount(actor, key: str) -> int | None:
    first = Transfer.objects.filter(actor=actor, idempotency_key=transfers.check_key(key))
    return first.values_list("amount", flat=True).first()


def _standing(plan: DuesPlan, member_id: int) -> Standing:
    found = places([plan], user_id=member_id)[plan.pk]
    if not found:
        raise NotInPlan
    return found[0].standing


def _lock_month(user, plan_id: int, member_id: int, period: date | None) -> tuple[DuesPlan, date | None]:
    plan = lock_plan(user=user, plan_id=plan_id)
    if not DuesMember.objects.filter(plan=plan, user__id=member_id).exists():
        raise NotInPlan
    return plan, None if period is None else chosen_period(plan, period)


def _note_exemption(user, action: str, plan: DuesPlan, member_id: int, month: date | None) -> None:
    when = period_text(month) if month else None
    note(actor=user, action=action, wallet=plan.wallet, plan=plan.pk, user=member_id, period=when)


def _whole(number: object, least: int, most: int, field: str) -> int:
    if type(number) is not int or not least <= number <= most:
        raise InvalidInput(field=field)
    return number


def _first_month(day: date | None) -> date:
    """The month of this day, at most a year from now either way: further back everybody would owe at once
    what nobody knew of."""
    now = current_period()
    first = now if day is None else period_of(day)
    if not months_after(now, -MONTHS_AHEAD) <= first <= months_after(now, MONTHS_AHEAD):
        raise InvalidInput(field="starts_on")
    return first
