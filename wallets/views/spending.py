"""Spend requests: ask a group wallet for money, approve, decline, take back."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.forms import posted, show_refusal
from accounts.refusals import Refusal
from wallets.dues_forms import SpendForm
from wallets.models import SpendState
from wallets.models.wallet import SPENDERS
from wallets.services import spending as services
from wallets.services.locking import joined_group
from wallets.views.page import ask, credential, form_page, post_only, read_page, saying_refusals
from wallets.views.wallets import head_of

PER_PAGE = 30


@read_page
def spending(request: HttpRequest, wallet_id: int) -> HttpResponse:
    """The requests to a wallet, newest first."""
    wallet = joined_group(request.user, wallet_id)
    pages = Paginator(services.requests_of(user=request.user, wallet_id=wallet_id), PER_PAGE)
    state = {"wallet": wallet, "page": pages.get_page(request.GET.get("page")), "part": "spending"}
    return render(request, "wallets/spending.html", state | {"tab": "wallets"} | head_of(request, wallet))


@form_page
def new_request(request: HttpRequest, wallet_id: int) -> HttpResponse:
    """Ask for money into my own wallet."""
    wallet = joined_group(request.user, wallet_id)
    form = SpendForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = services.ask(user=request.user, wallet_id=wallet_id, **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The request is with the treasurers."))
            return redirect("wallets:spend_request", made.pk)
    return render(request, "wallets/new_request.html", {"wallet": wallet, "form": form, "tab": "wallets"})


@form_page
def spend_request(request: HttpRequest, request_id: int) -> HttpResponse:
    """One request: its state, and for those whose yes counts the PIN. A yes that moves nothing yet asks for a
    second person."""
    found = services.request_for(user=request.user, request_id=request_id)
    answers = list(found.approvals.select_related("user").order_by("created_at"))
    state = {
        "asked": found,
        "wallet": found.wallet,
        "answers": answers,
        "may_approve": services.may_approve(user=request.user, request=found),
        "may_decline": found.wallet.my_role in SPENDERS and found.asked_by_id != request.user.pk,
        "is_waiting": found.state == SpendState.WAITING,
        "needs_pin": found.wallet.my_role in SPENDERS,
        "source": found.wallet,
        "target": found.target,
        "balance_after": found.wallet.balance - found.amount,
        "tab": "wallets",
    }

    def act(pin: str) -> str:
        done = services.approve(
            user=request.user, request_id=request_id, pin=pin, credential=credential(request)
        )
        if done.state == SpendState.PAID:
            messages.success(request, _("Approved, and the money is sent."))
        else:
            messages.success(request, _("Approved. One more person has to approve."))
        return reverse("wallets:spend_request", args=[request_id])

    return ask(request, "wallets/spend_request.html", state, act)


@post_only
def decline(request: HttpRequest, request_id: int) -> HttpResponse:
    """Say no, which is final."""
    comment = {"comment": request.POST["comment"]} if "comment" in request.POST else {}
    return _decide(request, request_id, services.decline, _("The request was declined."), **comment)


@post_only
def withdraw(request: HttpRequest, request_id: int) -> HttpResponse:
    """Take my own request back."""
    return _decide(request, request_id, services.withdraw, _("The request was taken back."))


def _decide(request: HttpRequest, request_id: int, service, done: str, **said: str) -> HttpResponse:
    with saying_refusals(request):
        service(user=request.user, request_id=request_id, **said)
        messages.success(request, done)
    return redirect("wallets:spend_request", request_id)
