"""The pages of invitations: an admin makes and revokes them, whoever gets one comes in by it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.qr import qr_code
from accounts.refusals import Refusal
from chat.models import Membership
from chat.page_doors import administered
from chat.people.forms import InvitationForm
from chat.services import invitations as invitations_service

SHOWN_AT_MOST = 100


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def invitations(request: HttpRequest, channel_id: int) -> HttpResponse:
    """The channel's invitations; a POST makes one and shows it."""
    channel = administered(request, channel_id)
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = invitations_service.invite(actor=request.user, channel_id=channel_id, **form.cleaned_data)
        return redirect("chat:invitation", channel_id, made.pk)
    found = invitations_service.invitations(actor=request.user, channel_id=channel_id)[:SHOWN_AT_MOST]
    state = {"channel": channel, "form": form, "invitations": found}
    return render(request, "chat/invitations.html", state)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, channel_id: int, invitation_id: int) -> HttpResponse:
    """One invitation, to be copied, shared or scanned; a POST revokes it."""
    channel = administered(request, channel_id)
    found = invitations_service.invitations(actor=request.user, channel_id=channel_id)
    shown = found.filter(id=invitation_id).first()
    if shown is None:
        raise Http404
    if request.method == "POST":
        invitations_service.revoke(actor=request.user, channel_id=channel_id, invitation_id=invitation_id)
        messages.success(request, _("The invitation was revoked. Nobody else comes in by it."))
        return redirect("chat:invitations", channel_id)
    address = request.build_absolute_uri(reverse("chat:invited", args=[shown.token]))
    state = {"channel": channel, "invitation": shown, "address": address, "qr": qr_code(address)}
    return render(request, "chat/invitation.html", state)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def invited(request: HttpRequest, token: str) -> HttpResponse:
    """What one is invited to, for whoever has the link; a POST goes in."""
    try:
        if request.method == "POST":
            membership = invitations_service.accept(user=request.user, token=token)
            messages.success(request, _("You are in the channel now."))
            return redirect("chat:conversation", membership.channel_id)
        found = invitations_service.look_at(user=request.user, token=token)
    except Refusal as refusal:
        answer = render(request, "chat/no_entry.html", {"refusal": refusal}, status=refusal.status)
        if refusal.retry_after_seconds is not None:
            answer["Retry-After"] = str(max(1, round(refusal.retry_after_seconds)))
        return answer
    if Membership.objects.filter(channel=found.channel, user=request.user).exists():
        return redirect("chat:conversation", found.channel_id)
    return render(request, "chat/invited.html", {"invited_to": found.channel, "tab": "talk"})
