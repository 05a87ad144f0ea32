"""The page on which a member reports a message."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.forms import REQUIRED, posted, show_refusal
from accounts.refusals import Refusal
from chat.models import REASON_LENGTH, ReportReason
from chat.page_doors import my_channel
from chat.reports import reporting


class ReportForm(forms.Form):
    """Why, and what else the operators should know."""

    reason = forms.ChoiceField(
        label=gettext_lazy("What is wrong with it?"),
        choices=ReportReason.choices,
        error_messages=REQUIRED,
        widget=forms.Select(attrs={"class": "field__input"}),
    )
    note = forms.CharField(
        label=gettext_lazy("Anything else? (optional)"),
        required=False,
        widget=forms.TextInput(
            attrs={"class": "field__input", "maxlength": REASON_LENGTH, "autocomplete": "off"}
        ),
    )


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, channel_id: int, message_id: str) -> HttpResponse:
    """Show the message once more, ask why, and put it before the operators."""
    form = ReportForm(posted(request))
    asked = {"user": request.user, "channel_id": channel_id, "message_id": message_id}
    channel = my_channel(request, channel_id)
    try:
        if request.method == "POST" and form.is_valid():
            reporting.report_message(**asked, **form.cleaned_data)
            messages.success(request, _("The operators will look at it. Only they see that you reported it."))
            return redirect("chat:conversation", channel_id)
        message = reporting.reportable(**asked)
    except Refusal as refusal:
        return _refused(request, channel, refusal, form)
    return render(request, "chat/report.html", _shown(channel, form, message))


def _shown(channel, form: ReportForm, message) -> dict:
    return {"channel": channel, "form": form, "message": message, "words": reporting.words_of(message)}


def _refused(request: HttpRequest, channel, refusal: Refusal, form: ReportForm) -> HttpResponse:
    if refusal.status == 404:
        raise Http404 from refusal
    state = {"channel": channel, "form": form}
    if form.is_bound and refusal.field in form.fields:
        show_refusal(form, refusal)
    else:
        state["refusal"] = refusal
    return render(request, "chat/report.html", state, status=refusal.status)
