"""The page of one's log-ins, and ending them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import devices
from accounts.credentials import credential_of_session
from accounts.refusals import Refusal

MOST_SHOWN = 100


@never_cache
@login_required
@require_safe
def my_devices(request: HttpRequest) -> HttpResponse:
    """Where I am logged in, this browser first."""
    here = credential_of_session(request.session.session_key)
    shown = list(devices.devices_of(request.user)[:MOST_SHOWN])
    for device in shown:
        device.words, device.is_here = devices.describe(device.agent), device.credential == here
    shown.sort(key=lambda device: not device.is_here)
    return render(request, "accounts/devices.html", {"devices": shown, "tab": "me"})


@login_required
@require_POST
def end_device(request: HttpRequest, device_id: int) -> HttpResponse:
    """End one of them."""
    try:
        devices.end(user=request.user, device_id=device_id)
    except Refusal as refusal:
        messages.error(request, str(refusal.detail))
    else:
        messages.success(request, _("That device was logged out."))
    return redirect("accounts:devices")


@login_required
@require_POST
def end_other_devices(request: HttpRequest) -> HttpResponse:
    """End all but this one."""
    here = credential_of_session(request.session.session_key)
    ended = devices.end_others(user=request.user, credential=here)
    text = ngettext(
        "%(count)d other device was logged out.", "%(count)d other devices were logged out.", ended
    )
    messages.success(request, text % {"count": ended})
    return redirect("accounts:devices")
