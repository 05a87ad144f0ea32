"""The search pages: in a channel, and across the channels of a person."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.refusals import Refusal
from chat import services
from chat.models import Channel
from chat.page_doors import my_channel
from chat.search.finding import Findings, Hit, search
from chat.search.words import LONGEST


@dataclass(frozen=True, slots=True)
class FoundIn:
    """A channel and what was found in it."""

    channel: Channel
    hits: list[Hit]


@never_cache
@login_required
@require_safe
def everywhere(request: HttpRequest) -> HttpResponse:
    """Messages of all my channels, by channel: the one with the newest of them first."""
    return _page(request, None)


@never_cache
@login_required
@require_safe
def within(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Messages of one channel."""
    return _page(request, my_channel(request, channel_id))


def _page(request: HttpRequest, channel: Channel | None) -> HttpResponse:
    """The page; before anything was asked for it only has the field."""
    text = request.GET.get("q", "").strip()
    findings, refusal = None, None
    if text:
        try:
            findings = search(
                user=request.user,
                text=text,
                channel_id=channel and channel.pk,
                before=request.GET.get("before"),
            )
        except Refusal as refused:
            refusal = refused
    found = _by_channel(request, findings) if findings else []
    state = {
        "channel": channel,
        "text": text[:LONGEST],
        "longest": LONGEST,
        "found": found,
        "findings": findings,
        "refusal": refusal,
        "later_page": bool(request.GET.get("before")),
        "tab": "search",
    }
    return render(request, "chat/found.html", state, status=refusal.status if refusal else 200)


def _by_channel(request: HttpRequest, findings: Findings) -> list[FoundIn]:
    hits: dict[int, list[Hit]] = {}
    for hit in findings.hits:
        hits.setdefault(hit.message.event.channel, []).append(hit)
    channels = services.my_channels(request.user).in_bulk(list(hits))
    return [FoundIn(channels[key], hits[key]) for key in hits if key in channels]
