"""The page of notifications, and what makes the site an app that opens offline."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import posted
from accounts.refusals import Refusal
from chat import services
from chat.models import Membership
from chat.push import quiet, subscriptions, vapid

_TIME = {"class": "field__input", "type": "time"}
ZONE = "Asia/Seoul"


class QuietHoursForm(forms.Form):
    """From when to when. The zone is the browser's; without scripts Korea's."""

    begins = forms.TimeField(
        label=pgettext_lazy("quiet hours", "From"), widget=forms.TimeInput(attrs=_TIME, format="%H:%M")
    )
    ends = forms.TimeField(label=gettext_lazy("Until"), widget=forms.TimeInput(attrs=_TIME, format="%H:%M"))
    zone = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def notifications(request: HttpRequest) -> HttpResponse:
    """What this person is told of: on this browser, at which hours, in which channels."""
    kept = getattr(request.user, "quiet_hours", None)
    initial = {"begins": kept.begins, "ends": kept.ends, "zone": kept.zone} if kept else {"zone": ZONE}
    form = QuietHoursForm(posted(request), initial=initial)
    if request.method == "POST" and "clear" in request.POST:
        quiet.clear_quiet_hours(user=request.user)
        messages.success(request, _("There are no quiet hours any more."))
        return redirect("chat:notifications")
    if request.method == "POST" and form.is_valid():
        try:
            asked = form.cleaned_data
            quiet.set_quiet_hours(
                user=request.user, begins=asked["begins"], ends=asked["ends"], zone=asked["zone"] or ZONE
            )
        except Refusal as refusal:
            form.add_error("ends", str(refusal.detail))
        else:
            messages.success(request, _("The quiet hours were saved."))
            return redirect("chat:notifications")
    state = {
        "form": form,
        "quiet": kept,
        "on": subscriptions.is_on(),
        "key": vapid.public_key() if subscriptions.is_on() else "",
        "memberships": _memberships(request),
        "tab": "me",
    }
    return render(request, "chat/notifications.html", state)


def _memberships(request: HttpRequest):
    mine = Membership.objects.filter(user=request.user, channel__closed_at=None)
    found = list(mine.select_related("channel").order_by("channel__name")[:200])
    channels = services.my_channels(request.user).in_bulk([one.channel_id for one in found])
    for membership in found:  # each with what its reader calls it
        membership.channel = channels.get(membership.channel_id, membership.channel)
    return found


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script behind the pages; at the root, because it serves what lies below its own address."""
    answer = render(request, "pwa/service_worker.js", content_type="text/javascript")
    answer["Cache-Control"] = "no-cache"
    return answer


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """Shown where a page was never seen and the network is away. Holds nothing of anybody."""
    return render(request, "pwa/offline.html")


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """How the site installs as an app."""
    icons = [
        {
            "src": static(f"icons/{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for size in (192, 512)
        for purpose in ("any", "maskable")
    ]
    document = {
        "id": "/",
        "name": _("Dues Messenger"),
        "short_name": _("Dues Messenger"),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f5f8f6",
        "theme_color": "#17664c",
        "icons": icons,
    }
    answer = JsonResponse(document, json_dumps_params={"ensure_ascii": False})
    answer["Content-Type"] = "application/manifest+json"
    return answer
