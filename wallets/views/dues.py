"""Dues: who has paid, collecting them, paying them."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.forms import posted, show_refusal
from accounts.refusals import Refusal
from wallets.dues.allocation import DuesStatus
from wallets.dues.periods import current_period, due_on, period_text
from wallets.dues_forms import PlanForm, period_or_none
from wallets.models import DuesPlan, Wallet, WalletKind
from wallets.models.wallet import SPENDERS
from wallets.refusals import SpendersOnly
from wallets.services import dues, dues_board, reminders, wallets
from wallets.services.dues_rights import chosen_period, managed_plan, plan_for, plans_of
from wallets.services.locking import joined_group
from wallets.services.members import members
from wallets.slips import MOST_SLOTS
from wallets.templatetags.wallets import month_name
from wallets.views.page import ask, credential, form_page, post_only, read_page, saying_refusals
from wallets.views.transfers import wallet_number
from wallets.views.wallets import head_of

SHOWN = frozenset(DuesStatus)
MEMBERS_TO_CHOOSE = 500


@read_page
def overview(request: HttpRequest) -> HttpResponse:
    """What I owe, what I was reminded of, and the boards of my groups."""
    groups = [one for one in wallets.my_wallets(request.user) if one.kind == WalletKind.GROUP]
    plans = DuesPlan.objects.filter(wallet__in=groups, ended_on=None).select_related("wallet__channel")
    state = {
        "notices": reminders.notices_of(request.user),
        "plans": plans.order_by("wallet__name", "pk"),
        "groups": groups,
        "tab": "dues",
    }
    return render(request, "wallets/dues_overview.html", state)


@read_page
def board(request: HttpRequest, wallet_id: int) -> HttpResponse:
    """One month of one plan. Without `?plan=` the running one."""
    wallet = joined_group(request.user, wallet_id)
    plans = plans_of(user=request.user, wallet_id=wallet_id)
    state = {"wallet": wallet, "plans": plans, "may_manage": wallet.my_role in SPENDERS, "part": "dues"}
    state |= {"tab": "dues"} | head_of(request, wallet)
    if not plans:
        return render(request, "wallets/no_dues.html", state)
    wanted = wallet_number(request.GET.get("plan"))
    plan = next((one for one in plans if one.pk == wanted), plans[0])
    period = period_or_none(request.GET.get("period"))
    shown = dues_board.board(user=request.user, plan_id=plan.pk, period=period)
    status = request.GET.get("show")
    rows = [row for row in shown.rows if status not in SHOWN or row.status == status]
    state |= {
        "board": shown,
        "rows": rows,
        "status": status if status in SHOWN else "",
        "statuses": [(name, count) for name, count in shown.counts.items() if count],
        "has_slots": len(shown.rows) <= MOST_SLOTS,
        "slots": sorted(shown.rows, key=lambda row: dues_board.SLOT_ORDER.index(row.status)),
    }
    return render(request, "wallets/board.html", state)


@form_page
def new_plan(request: HttpRequest, wallet_id: int) -> HttpResponse:
    """Begin to collect dues."""
    wallet = joined_group(request.user, wallet_id)
    if wallet.my_role not in SPENDERS:
        raise SpendersOnly
    people = [one.user for one in members(user=request.user, wallet_id=wallet_id)[:MEMBERS_TO_CHOOSE]]
    usual = {"day": 5, "grace_days": 3, "reminds": True, "starts_on": period_text(current_period())}
    form = PlanForm(posted(request), people=people, month_label=month_name, initial=usual)
    if request.method == "POST" and form.is_valid():
        try:
            plan = dues.make_plan(user=request.user, wallet_id=wallet_id, **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The dues are set. Their card stands in the talk."))
            return redirect(f"{reverse('wallets:dues', args=[wallet_id])}?plan={plan.pk}")
    return render(request, "wallets/new_plan.html", {"wallet": wallet, "form": form, "tab": "dues"})


@form_page
def end_plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Ask, and let this month be the last."""
    plan = managed_plan(user=request.user, plan_id=plan_id)
    state = {"plan": plan, "wallet": plan.wallet, "tab": "dues"}
    if request.method == "POST":
        try:
            dues.end_plan(user=request.user, plan_id=plan_id)
        except Refusal as refusal:
            state["refusal"] = refusal
        else:
            messages.success(request, _("This month is the last of these dues."))
            return redirect(dues_board.board_url(plan, chosen_period(plan, None)))
    return render(request, "wallets/end_plan.html", state)


@post_only
def remind(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Tell those who have not paid; nobody else sees it."""
    plan = plan_for(user=request.user, plan_id=plan_id)
    period = chosen_period(plan, period_or_none(request.POST.get("period")))
    with saying_refusals(request):
        sent = reminders.remind(user=request.user, plan_id=plan_id, period=period)
        messages.success(request, _("%(count)d people were told.") % {"count": sent.people})
    return redirect(dues_board.board_url(plan, period))


@post_only
def put_away(request: HttpRequest, notice_id: int) -> HttpResponse:
    """I have seen a reminder."""
    reminders.put_away(user=request.user, notice_id=notice_id)
    return redirect("wallets:dues_overview")


@form_page
def pay(request: HttpRequest, plan_id: int = 0, wallet_id: int = 0) -> HttpResponse:
    """Pay what I owe up to a month, in one step; then back to the talk. A plan's number is in the path or in
    `?plan=`, as cards have it; its wallet follows from the plan."""
    plan = plan_for(user=request.user, plan_id=plan_id or wallet_number(request.GET.get("plan")))
    period = chosen_period(plan, period_or_none(request.GET.get("period")))
    card = dues_board.summary(user=request.user, asked=[(plan.pk, period)]).get((plan.pk, period), {})
    own = Wallet.objects.open().filter(owner=request.user).select_related("owner").first()
    missing = card.get("my_missing") or 0
    state = {
        "plan": plan,
        "period": period,
        "due_on": due_on(period, plan.day),
        "paid_at": card.get("my_paid_at"),
        "missing": missing,
        "months": missing // plan.amount,
        "source": own,
        "target": plan.wallet,
        "lacking": max(0, missing - own.balance) if own else 0,
        "balance_after": own.balance - missing if own else 0,
        "key": request.POST.get("key") or uuid4(),
        "tab": "dues",
    }
    page = "wallets/pay.html" if own and missing else "wallets/nothing_to_pay.html"

    def act(pin: str) -> str:
        secret = {"key": request.POST.get("key", ""), "credential": credential(request)}
        dues.pay(user=request.user, plan_id=plan.pk, pin=pin, period=period, **secret)
        messages.success(request, _("Paid: %(title)s.") % {"title": plan.title})
        return reverse("chat:conversation", args=[plan.wallet.channel_id])

    return ask(request, page, state, act)
