"""What the owner changes: name, limit, PIN, and the end of a wallet."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.forms import posted, show_refusal
from accounts.refusals import Refusal
from wallets.forms import NewPinForm, SettingsForm
from wallets.models import WalletKind, WalletRole
from wallets.rights import joined_wallet
from wallets.services import wallets
from wallets.services.locking import owned_wallet
from wallets.views.page import form_page
from wallets.views.wallets import head_of


@form_page
def settings(request: HttpRequest, wallet_id: int) -> HttpResponse:
    """The owner changes the wallet here; others see what is set and the way out."""
    wallet = joined_wallet(user=request.user, wallet_id=wallet_id)
    changeable = wallet.my_role == WalletRole.OWNER and wallet.kind == WalletKind.GROUP
    kept = {name: getattr(wallet, name) for name in ("name", "description", "approval_limit")}
    form = SettingsForm(posted(request), initial=kept) if changeable else None
    if request.method == "POST" and form and form.is_valid():
        try:
            wallets.change_wallet(user=request.user, wallet_id=wallet_id, **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The wallet was changed."))
            return redirect("wallets:settings", wallet_id)
    state = {"wallet": wallet, "form": form, "part": "settings", "tab": "wallets"}
    return render(request, "wallets/settings.html", state | head_of(request, wallet))


@form_page
def new_pin(request: HttpRequest, wallet_id: int) -> HttpResponse:
    """Another PIN, proved by the account's password; it also unlocks."""
    wallet = owned_wallet(request.user, wallet_id)
    form = NewPinForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            wallets.set_pin(user=request.user, wallet_id=wallet_id, **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The new PIN is set."))
            return redirect("wallets:wallet", wallet_id)
    return render(request, "wallets/new_pin.html", {"wallet": wallet, "form": form, "tab": "wallets"})


@form_page
def close(request: HttpRequest, wallet_id: int) -> HttpResponse:
    """Ask, and close an empty wallet."""
    wallet = owned_wallet(request.user, wallet_id)
    state = {"wallet": wallet, "tab": "wallets"}
    if request.method == "POST":
        try:
            wallets.close_wallet(user=request.user, wallet_id=wallet_id)
        except Refusal as refusal:
            state["refusal"] = refusal
        else:
            messages.success(request, _("The wallet was closed."))
            return redirect("wallets:wallets")
    return render(request, "wallets/close.html", state)
