"""The receipt of a transfer, and giving its money back."""

from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.shortcuts import render as render_page
from django.urls import reverse

from wallets.models import EXTERNAL_ID, Transfer, TransferKind, WalletKind
from wallets.models.wallet import SPENDERS
from wallets.rights import visible_to
from wallets.services import transfers
from wallets.views.page import ask, credential, form_page, read_page
from wallets.wording import receipt_number

FINAL = (TransferKind.DEPOSIT, TransferKind.REVERSAL)


@read_page
def receipt(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """What moved, stamped."""
    given = transfers.transfer_for(user=request.user, transfer_id=transfer_id)
    return render_page(request, "wallets/receipt.html", _shown(request, given) | {"tab": "wallets"})


def _shown(request: HttpRequest, given: Transfer) -> dict:
    """The receipt as the reader's side sees it: who sent it sees what is left there, nobody else does."""
    seen = visible_to(request.user).in_bulk([given.source_id, given.target_id])
    mine = {number: wallet for number, wallet in seen.items() if wallet.my_role}
    sides = {entry.wallet_id: entry for entry in given.entries.order_by("pk")}
    sent = given.source_id in mine and given.actor_id == request.user.pk or given.target_id not in mine
    side = mine[given.source_id if sent else given.target_id]
    reversal = Transfer.objects.filter(reverses=given).values_list("pk", flat=True).first()
    holder = mine.get(given.target_id)
    group = next((one for one in seen.values() if one.kind == WalletKind.GROUP and one.in_channel), None)
    return {
        "transfer": given,
        "sent": sent,
        "side": side,
        "balance_after": sides[side.pk].balance_after,
        "number": receipt_number(given, min(entry.pk for entry in sides.values())),
        "from_outside": given.source_id == EXTERNAL_ID,
        "to_outside": given.target_id == EXTERNAL_ID,
        "channel": group and group.channel,
        "reversal": reversal,
        "may_give_back": not reversal
        and given.kind not in FINAL
        and holder is not None
        and holder.my_role in SPENDERS,
    }


@form_page
def give_back(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """Ask for the PIN and send the whole amount back. Doing it twice is refused by the ledger."""
    given = transfers.transfer_for(user=request.user, transfer_id=transfer_id)
    state = _shown(request, given)
    if request.method != "POST" and not state["may_give_back"]:
        return redirect("wallets:receipt", transfer_id)
    state |= {
        "key": request.POST.get("key") or uuid4(),
        "source": given.target,
        "target": given.source,
        "amount": given.amount,
        "balance_after": given.target.balance - given.amount,
        "tab": "wallets",
    }

    def act(pin: str) -> str:
        secret = {"key": request.POST.get("key", ""), "credential": credential(request)}
        done = transfers.reverse(actor=request.user, transfer_id=transfer_id, pin=pin, **secret)
        return reverse("wallets:receipt", args=[done.transfer.pk])

    return ask(request, "wallets/give_back.html", state, act)
