"""One member on the board, for owner and treasurers: cash that was given, and exemptions."""

from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.forms import show_refusal
from accounts.refusals import Refusal
from wallets.dues_forms import CashForm, ExemptionForm, period_or_none
from wallets.models import DuesExemption
from wallets.services import dues, dues_board
from wallets.services.dues_rights import managed_plan
from wallets.views.page import form_page

ACTIONS = ("cash", "exempt", "exempt_always", "unexempt", "unexempt_always")


@form_page
def dues_member(request: HttpRequest, plan_id: int, user_id: int) -> HttpResponse:
    """Where one member stands in a month, and what the treasurer can note."""
    managed_plan(user=request.user, plan_id=plan_id)
    month = period_or_none(request.GET.get("period"))
    board = dues_board.board(user=request.user, plan_id=plan_id, period=month)
    row = next((one for one in board.rows if one.user.pk == user_id), None)
    if row is None:
        raise Http404
    action = request.POST.get("action") if request.method == "POST" else None
    first_sum = f"{row.missing:,}" if row.missing else ""
    cash = CashForm(request.POST if action == "cash" else None, initial={"amount": first_sum, "key": uuid4()})
    exemption = ExemptionForm(request.POST if action in ("exempt", "exempt_always") else None)
    if action:
        form = cash if action == "cash" else exemption
        try:
            done = _note(request, board, user_id, action, form)
        except Refusal as refusal:
            if refusal.status == 404:
                raise
            form.is_valid()
            show_refusal(form, refusal)
        else:
            if done:
                messages.success(request, done)
                return redirect(dues_board.board_url(board.plan, board.period))
    always = DuesExemption.objects.filter(plan=plan_id, user=user_id, period=None).exists()
    state = {"board": board, "plan": board.plan, "row": row, "cash": cash, "exemption": exemption}
    return render(request, "wallets/dues_member.html", state | {"always": always, "tab": "dues"})


def _note(request: HttpRequest, board: dues_board.Board, user_id: int, action: str, form) -> str:
    """Do what the pressed button says; the sentence about it, or nothing when the form is not complete."""
    who = {"user": request.user, "plan_id": board.plan.pk, "member_id": user_id}
    if action not in ACTIONS:
        raise Http404
    month = None if action.endswith("_always") else board.period
    if action in ("unexempt", "unexempt_always"):
        dues.unexempt(**who, period=month)
        return _("The exemption was taken back.")
    if not form.is_valid():
        return ""
    if action == "cash":
        dues.record_cash(**who, **form.cleaned_data)
        return _("The cash is in the books.")
    dues.exempt(**who, period=month, **form.cleaned_data)
    return _("The exemption is noted.")
