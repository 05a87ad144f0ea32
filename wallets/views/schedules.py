"""What is planned from a wallet: its state, why a run was refused, and cancelling."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.refusals import Refusal
from wallets.models import ScheduledRun, ScheduleState
from wallets.rights import joined_wallet
from wallets.schedules import services
from wallets.schedules.reasons import reason_for
from wallets.views.page import form_page, read_page
from wallets.views.wallets import head_of

PER_PAGE = 30


@read_page
def scheduled(request: HttpRequest, wallet_id: int) -> HttpResponse:
    """The scheduled transfers of a wallet I may spend from, newest first."""
    wallet = joined_wallet(user=request.user, wallet_id=wallet_id)
    newest = Prefetch("runs", ScheduledRun.objects.order_by("-occurrence"), to_attr="newest_runs")
    planned = services.schedules_of(user=request.user, wallet_id=wallet_id).prefetch_related(newest)
    page = Paginator(planned, PER_PAGE).get_page(request.GET.get("page"))
    for schedule in page:
        run = next(iter(schedule.newest_runs), None)
        schedule.last_run = run
        schedule.reason = reason_for(run.refusal) if run else ""
    state = {"wallet": wallet, "page": page, "part": "scheduled", "tab": "wallets", "may_spend": True}
    return render(request, "wallets/scheduled.html", state | head_of(request, wallet))


@form_page
def cancel(request: HttpRequest, schedule_id: int) -> HttpResponse:
    """Ask, and cancel what has not run."""
    schedule = services.schedule_for(user=request.user, schedule_id=schedule_id)
    state = {"schedule": schedule, "wallet": schedule.source, "tab": "wallets"}
    if request.method == "POST":
        try:
            services.cancel(user=request.user, schedule_id=schedule_id)
        except Refusal as refusal:
            state["refusal"] = refusal
        else:
            messages.success(request, _("The scheduled transfer was cancelled."))
            return redirect("wallets:scheduled", schedule.source_id)
    elif schedule.state != ScheduleState.ACTIVE:
        return redirect("wallets:scheduled", schedule.source_id)
    return render(request, "wallets/cancel.html", state)
