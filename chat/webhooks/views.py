"""The page on which an admin of a channel makes and revokes webhooks."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import REQUIRED, posted, show_refusal
from accounts.refusals import Refusal
from chat.models import BOT_NAME_LENGTH
from chat.page_doors import administered
from chat.webhooks import addresses
from chat.webhooks.api import address_of


class WebhookForm(forms.Form):
    """A new webhook."""

    name = forms.CharField(
        label=gettext_lazy("Name of the bot"),
        help_text=gettext_lazy("It stands beside its messages, with the word “bot”."),
        error_messages=REQUIRED,
        widget=forms.TextInput(
            attrs={"class": "field__input", "maxlength": BOT_NAME_LENGTH, "autocomplete": "off"}
        ),
    )


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def channel_webhooks(request: HttpRequest, channel_id: int) -> HttpResponse:
    """The webhooks of a channel; a POST makes one and shows its address, this once and nowhere else: so the
    answer is the page itself, not a redirect that would have to keep the secret."""
    channel = administered(request, channel_id)
    form, state = WebhookForm(posted(request)), {}
    if request.method == "POST" and form.is_valid():
        try:
            made, token = addresses.make_webhook(
                user=request.user, channel_id=channel_id, **form.cleaned_data
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            state, form = {"made": made, "address": address_of(request, token)}, WebhookForm()
    state |= {
        "channel": channel,
        "form": form,
        "webhooks": addresses.webhooks_of(user=request.user, channel_id=channel_id),
    }
    return render(request, "chat/webhooks.html", state)


@never_cache
@login_required
@require_POST
def revoke(request: HttpRequest, channel_id: int, webhook_id: int) -> HttpResponse:
    """Nothing comes in at this address any more."""
    administered(request, channel_id)
    try:
        addresses.revoke_webhook(user=request.user, channel_id=channel_id, webhook_id=webhook_id)
    except addresses.WebhookNotFound as unknown:
        raise Http404 from unknown
    messages.success(request, _("Nothing more comes in at this address."))
    return redirect("chat:webhooks", channel_id)
