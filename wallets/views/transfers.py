"""Sending money: to whom, how much, one sentence to confirm, the receipt.

Between the amount and the confirmation a draft waits in the session under its idempotency key, which is in
the address: reloading, going back and asking again all mean the same transfer.
"""

from datetime import date, datetime
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date, parse_datetime

from accounts.forms import posted, show_refusal
from accounts.refusals import Refusal
from wallets.forms import TransferForm
from wallets.models import ScheduledTransfer, Transfer, Wallet
from wallets.models.wallet import SPENDERS
from wallets.recipients import group_recipients, person_recipients, recipient
from wallets.refusals import BalanceTooLow, SameWallet
from wallets.rights import spendable
from wallets.schedules import services as schedules
from wallets.services import transfers, wallets
from wallets.views.page import ask, credential, form_page

DRAFTS = "transfer_drafts"
MOST_DRAFTS = 10
NAMES_AT_MOST = 50


@form_page
def new_transfer(request: HttpRequest) -> HttpResponse:
    """To whom, and then how much. `?source=` and `?target=` are wallets."""
    sources = [wallet for wallet in wallets.my_wallets(request.user) if wallet.my_role in SPENDERS]
    if not sources:
        return render(request, "wallets/no_source.html", {"tab": "wallets"})
    source = wallet_number(request.GET.get("source"))
    chosen = next((wallet for wallet in sources if wallet.pk == source), sources[0])
    target_id = wallet_number(request.GET.get("target"))
    if not target_id:
        return _choose_recipient(request, chosen)
    target = recipient(request.user, target_id)
    form = TransferForm(posted(request), sources=sources, initial={"source_id": chosen.pk})
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("wallets:confirm", _draft(request, form, target))
        except Refusal as refusal:
            show_refusal(form, refusal)
    state = {"form": form, "sources": sources, "source": chosen, "target": target, "tab": "wallets"}
    return render(request, "wallets/amount.html", state | {"later": _is_later(request, form)})


def _choose_recipient(request: HttpRequest, source: Wallet) -> HttpResponse:
    words = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    state = {
        "source": source,
        "words": words,
        "people": person_recipients(request.user, words).exclude(pk=source.pk)[:NAMES_AT_MOST],
        "groups": group_recipients(request.user, words).exclude(pk=source.pk)[:NAMES_AT_MOST],
        "later": "later" in request.GET,
        "tab": "wallets",
    }
    return render(request, "wallets/recipients.html", state)


def _draft(request: HttpRequest, form: TransferForm, target: Wallet) -> UUID:
    """Keep what was asked for and return its key. Raises what the ledger would refuse for sure."""
    given = form.cleaned_data
    source = spendable(user=request.user, wallet_id=given["source_id"])
    if source.pk == target.pk:
        raise SameWallet(field="source_id")
    transfers.check_amount(given["amount"])
    transfers.check_ways(source, target, given["amount"])
    starts = form.first_run_at()
    if starts is None and source.balance < given["amount"]:
        raise BalanceTooLow(given["amount"] - source.balance)
    key = uuid4()
    drafts = request.session.get(DRAFTS, {})
    drafts[str(key)] = {
        "source_id": source.pk,
        "target_id": target.pk,
        "amount": given["amount"],
        "memo": transfers.tidy_memo(given["memo"]),
        "first_run_at": starts and starts.isoformat(),
        "repeat": given["repeat"] or "once",
        "ends_on": given["ends_on"] and given["ends_on"].isoformat(),
    }
    request.session[DRAFTS] = dict(list(drafts.items())[-MOST_DRAFTS:])
    return key


@form_page
def confirm(request: HttpRequest, key: UUID) -> HttpResponse:
    """One sentence and the PIN. What was sent with this key already shows its receipt."""
    sent = _sent(request, key)
    if sent:
        return redirect(sent)
    draft = request.session.get(DRAFTS, {}).get(str(key))
    if draft is None:
        return render(request, "wallets/no_draft.html", {"tab": "wallets"}, status=410)
    source = spendable(user=request.user, wallet_id=draft["source_id"])
    target = recipient(request.user, draft["target_id"])
    starts, ends = _moment(draft["first_run_at"]), _day(draft["ends_on"])
    state = {
        "source": source,
        "target": target,
        "amount": draft["amount"],
        "memo": draft["memo"],
        "balance_after": source.balance - draft["amount"],
        "starts": starts,
        "ends": ends,
        "repeat": draft["repeat"],
        "tab": "wallets",
    }
    asked = {name: draft[name] for name in ("source_id", "target_id", "amount", "memo")}
    secret = {"key": str(key), "credential": credential(request)}

    def act(pin: str) -> str:
        if starts is None:
            done = transfers.transfer(actor=request.user, pin=pin, **asked, **secret)
            return reverse("wallets:receipt", args=[done.transfer.pk])
        when = {"first_run_at": starts, "ends_on": ends, "repeat": draft["repeat"]}
        schedules.plan_transfer(user=request.user, pin=pin, **asked, **when, **secret)
        return reverse("wallets:scheduled", args=[source.pk])

    return ask(request, "wallets/confirm.html", state, act)


def _sent(request: HttpRequest, key: UUID) -> str | None:
    """Where to see what this key has moved or planned already. A POST still asks the services, which answer
    a repeat with the first."""
    if request.method == "POST":
        return None
    mine = {"idempotency_key": str(key)}
    done = Transfer.objects.filter(actor=request.user, **mine).values_list("pk", flat=True).first()
    if done:
        return reverse("wallets:receipt", args=[done])
    planned = ScheduledTransfer.objects.filter(created_by=request.user, **mine).first()
    return planned and reverse("wallets:scheduled", args=[planned.source_id])


def _is_later(request: HttpRequest, form: TransferForm) -> bool:
    asked = any(form[name].value() for name in ("first_day", "first_time", "ends_on"))
    return asked or "later" in request.GET


def wallet_number(text: str | None) -> int:
    """The number of a wallet or plan from an address; 0 for none. Raises Http404."""
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise Http404
    return int(text)


def _moment(text: str | None) -> datetime | None:
    return parse_datetime(text) if text else None


def _day(text: str | None) -> date | None:
    return parse_date(text) if text else None
