"""The way from a person to the talk with them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from chat import services
from chat.refusals import DirectWithYourself, PersonNotFound


@never_cache
@login_required
@require_POST
def direct(request: HttpRequest) -> HttpResponse:
    """Open the talk with a person, or go back to it."""
    asked = request.POST.get("user_id", "")
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 20):
        raise Http404
    try:
        channel, _new = services.open_direct(user=request.user, other_id=int(asked))
    except PersonNotFound as unknown:
        raise Http404 from unknown
    except DirectWithYourself as refusal:
        messages.error(request, str(refusal.detail))
        return redirect("chat:channels")
    return redirect("chat:conversation", channel.pk)
