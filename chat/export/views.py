"""The page on which an admin takes a channel along as a file."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.refusals import Refusal
from chat.export.stream import FORMS, export_channel
from chat.page_doors import administered


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def export(request: HttpRequest, channel_id: int) -> HttpResponseBase:
    """Say what is in the file; a POST answers with it. A POST, since files are counted: an address on a
    foreign page must not use them up."""
    channel = administered(request, channel_id)
    form = request.POST.get("form")
    if form not in FORMS:
        return render(request, "chat/export.html", {"channel": channel})
    try:
        return export_channel(user=request.user, channel_id=channel_id, form=form)
    except Refusal as refusal:
        return render(
            request, "chat/export.html", {"channel": channel, "refusal": refusal}, status=refusal.status
        )
