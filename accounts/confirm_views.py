"""The pages that confirm an e-mail address."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import confirming
from accounts.addresses import address_of, site_of
from accounts.refusals import Refusal


@never_cache
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Where the link leads. GET only asks: mail scanners open every link, and confirm nothing by it."""
    try:
        address = confirming.address_in(token)
        if request.method == "POST":
            confirming.confirm(token)
    except Refusal as refusal:
        return render(request, "accounts/confirm.html", {"refusal": refusal})
    if request.method == "GET":
        return render(request, "accounts/confirm.html", {"address": address})
    messages.success(request, _("The address is confirmed."))
    return redirect("accounts:me" if request.user.is_authenticated else "accounts:login")


@login_required
@require_POST
def send_again(request: HttpRequest) -> HttpResponse:
    """Another link to my address."""
    if confirming.is_missing(request.user):
        try:
            confirming.send_link_again(request.user, site=site_of(request), address=address_of(request))
        except Refusal as refusal:
            messages.error(request, str(refusal.detail))
        else:
            messages.success(request, _("The mail is on its way."))
    return redirect("accounts:me")
