"""My wallets, a new one, and what is in one."""

from urllib.parse import urlencode
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.forms import posted, show_refusal
from accounts.refusals import Refusal
from chat import services as chat_services
from wallets.browsing import page_of
from wallets.chart import chart_of
from wallets.forms import DepositForm, FilterForm, GroupWalletForm, PinForm
from wallets.models import Pin, Wallet, WalletKind, WalletRole
from wallets.models.wallet import SPENDERS
from wallets.recipients import group_recipients
from wallets.rights import spendable, wallet_for
from wallets.services import transfers, wallets
from wallets.services.history import Narrowing, history
from wallets.services.members import members
from wallets.views.page import form_page, read_page

CHANNELS_AT_MOST = 200
UNJOINED_AT_MOST = 50


@read_page
def my_wallets(request: HttpRequest) -> HttpResponse:
    """The own wallet, those of my groups, and those of my channels that I could join."""
    mine = list(wallets.my_wallets(request.user))
    own = next((wallet for wallet in mine if wallet.kind == WalletKind.PERSONAL), None)
    groups = [wallet for wallet in mine if wallet.kind == WalletKind.GROUP]
    unjoined = group_recipients(request.user).filter(my_role=None)[:UNJOINED_AT_MOST]
    state = {"own": own, "groups": groups, "unjoined": unjoined, "tab": "wallets"}
    return render(request, "wallets/wallets.html", state)


@form_page
def new_wallet(request: HttpRequest) -> HttpResponse:
    """Open the own wallet, or with `?channel=` (also an empty one) a group's."""
    if "channel" in request.GET:
        return _new_group_wallet(request)
    form = PinForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            wallet = wallets.open_personal(user=request.user, **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Your wallet is open."))
            return redirect("wallets:wallet", wallet.pk)
    return render(request, "wallets/new_personal.html", {"form": form, "tab": "wallets"})


def _new_group_wallet(request: HttpRequest) -> HttpResponse:
    channels = list(chat_services.my_channels(request.user).filter(direct_pair=None)[:CHANNELS_AT_MOST])
    chosen = {"channel_id": request.GET["channel"]}
    form = GroupWalletForm(posted(request), channels=channels, initial=chosen)
    if request.method == "POST" and form.is_valid():
        try:
            wallet = wallets.open_group(user=request.user, **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The group wallet is open."))
            return redirect("wallets:wallet", wallet.pk)
    state = {"form": form, "channels": channels, "tab": "wallets"}
    return render(request, "wallets/new_group.html", state)


@read_page
def wallet(request: HttpRequest, wallet_id: int) -> HttpResponse:
    """Balance, chart and entries; who is in the channel but not in the wallet is shown the way in."""
    shown = wallet_for(user=request.user, wallet_id=wallet_id)
    state = {"wallet": shown, "may_spend": shown.my_role in SPENDERS, "tab": "wallets", "part": "entries"}
    if shown.my_role is None:
        return render(request, "wallets/join.html", state)
    form = FilterForm(request.GET)
    narrowing = form.narrowing()
    found = history(user=request.user, wallet_id=wallet_id, narrowing=narrowing)
    kept = request.GET.copy()
    kept.pop("before", None)
    state |= {
        "form": form,
        "narrowed": narrowing != Narrowing(),
        "page": page_of(found, form.cleaned_data.get("before")),
        "kept": kept.urlencode(),
        "chart": chart_of(shown),
        "statement": _statement(shown, narrowing),
    }
    return render(request, "wallets/wallet.html", state | head_of(request, shown))


def _statement(shown: Wallet, narrowing: Narrowing) -> str:
    """Where the table of these days is."""
    days = {"from": narrowing.first_day, "to": narrowing.last_day}
    query = urlencode({name: day.isoformat() for name, day in days.items() if day})
    return f"{reverse('api-statement', args=[shown.pk])}?{query}"


def head_of(request: HttpRequest, shown: Wallet) -> dict:
    """What the head of every page of a wallet says: the treasurers' names, and whether the PIN is locked."""
    spenders = []
    if shown.kind == WalletKind.GROUP and shown.my_role:
        people = members(user=request.user, wallet_id=shown.pk).filter(role__in=SPENDERS)
        spenders = sorted(people, key=lambda one: one.role != WalletRole.TREASURER)
    is_mine = shown.my_role == WalletRole.OWNER
    locked = is_mine and Pin.objects.filter(pk=shown.pk).exclude(locked_at=None).exists()
    return {"treasurer": spenders[0].user if spenders else None, "pin_locked": locked}


@form_page
def deposit(request: HttpRequest, wallet_id: int) -> HttpResponse:
    """Put money in. The key is made with the page: pressing twice fills once."""
    filled = spendable(user=request.user, wallet_id=wallet_id)
    form = DepositForm(posted(request), initial={"key": uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            done = transfers.deposit(actor=request.user, wallet_id=wallet_id, **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("wallets:receipt", done.transfer.pk)
    return render(request, "wallets/deposit.html", {"form": form, "wallet": filled, "tab": "wallets"})
