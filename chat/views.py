"""The channel pages. They parse, call chat/services and chat/messages/posting.py, and present."""

from math import ceil
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.addresses import address_of
from accounts.forms import marked, posted, show_refusal
from accounts.refusals import Refusal
from chat import services, slips
from chat.attachments.uploads import upload_of_form
from chat.channel_list import channel_rows
from chat.forms import ChannelForm, JoinForm, MessageForm
from chat.messages.history import around, history
from chat.messages.posting import BadMessage, post_message
from chat.messages.transcript import transcribe
from chat.models import Channel, Membership
from chat.page_doors import administered, public_channel
from chat.pipeline.events import now_ms
from chat.protocol import MAX_TEXT_LENGTH, Send
from chat.reading.unread import unread_in
from chat.refusals import Banned, ChannelNotFound, ChannelPasswordRequired, ChannelPasswordWrong

HISTORY_LINES = 50
MEMBERS_BESIDE_TALK = 20
FOUND_PER_PAGE = 50


@never_cache
@login_required
@require_safe
def channels(request: HttpRequest) -> HttpResponse:
    """My channels; on a wide screen with an empty place for the talk."""
    newest = services.my_channels(request.user).filter(hidden_at=None).first()
    return render(
        request, "chat/channels.html", {"newest": newest, "tab": "talk", "list_is_main": newest is not None}
    )


@never_cache
@login_required
@require_safe
def row(request: HttpRequest, channel_id: int) -> HttpResponse:
    """One of my channels as the list shows it, for a list that is open while I get into it."""
    found = channel_rows(request.user, channel_id)
    if not found:
        raise Http404
    return render(request, "chat/_channel_row.html", {"row": found[0]})


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def new_channel(request: HttpRequest) -> HttpResponse:
    """Open a channel and go in."""
    form = ChannelForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            channel = services.create_channel(user=request.user, **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The channel is open."))
            return redirect("chat:conversation", channel.pk)
    return render(request, "chat/new_channel.html", {"form": form, "tab": "talk"})


@never_cache
@login_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Public channels by name or description; without words all of them."""
    words = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    found = Paginator(services.search_channels(words, user=request.user), FOUND_PER_PAGE)
    page = found.get_page(request.GET.get("page"))
    return render(request, "chat/search.html", {"words": words, "page": page, "tab": "search"})


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def conversation(request: HttpRequest, channel_id: int) -> HttpResponse:
    """The talk of a channel; a POST adds a message. Who is not in a public channel is shown the way in."""
    try:
        channel = services.channel_for(user=request.user, channel_id=channel_id)
    except ChannelNotFound as unknown:
        if public_channel(channel_id):
            return redirect("chat:about", channel_id)
        raise Http404 from unknown
    if request.method == "GET":
        return _talk_page(request, channel)
    form = MessageForm(request.POST)
    if not form.is_valid():
        return _talk_page(request, channel, text=request.POST.get("text", ""), status=400)
    try:
        attachments = upload_of_form(request, channel_id)
        post_message(
            author=request.user,
            asked=Send(channel=channel_id, attachments=attachments, **form.cleaned_data),
        )
    except Refusal as refusal:
        page = _talk_page(
            request,
            channel,
            text=form.cleaned_data["text"],
            client_id=form.cleaned_data["client_id"],
            refusal=refusal,
            status=refusal.status,
        )
        if refusal.retry_after_seconds is not None:
            page["Retry-After"] = str(max(1, ceil(refusal.retry_after_seconds)))
        return page
    return redirect("chat:conversation", channel_id)


def _talk_page(
    request: HttpRequest,
    channel: Channel,
    *,
    text: str = "",
    client_id: str = "",
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    """The conversation, also while its history is away: then it says so and the composer still works."""
    try:
        read = _read_talk(request, channel)
    except BadMessage:
        return redirect("chat:conversation", channel.pk)
    own = {
        "channel": channel,
        "text": text,
        "client_id": client_id or uuid4(),
        "refusal": refusal,
        "longest": MAX_TEXT_LENGTH,
        "slip_templates": slips.templates(),
        "rendered_at_ms": now_ms(),
        "unread": unread_in(request.user.pk, [channel.pk]).get(channel.pk),
        "memberships": services.members(user=request.user, channel_id=channel.pk)[:MEMBERS_BESIDE_TALK],
        "mine": services.members(user=request.user, channel_id=channel.pk).get(user=request.user),
    }
    return render(request, "chat/conversation.html", read | own, status=status)


def _read_talk(request: HttpRequest, channel: Channel) -> dict:
    """The lines at the end of the talk, before a position or about one. Raises BadMessage for no position."""
    at, before = request.GET.get("at") or None, request.GET.get("before") or None
    try:
        if at:
            page = around(channel_id=channel.pk, position=at, limit=HISTORY_LINES)
        else:
            page = history(channel_id=channel.pk, before=before, limit=HISTORY_LINES)
    except BadMessage:
        raise
    except Refusal as away:
        return {"history_away": away, "before": before, "lines": []}
    lines = transcribe(page.messages, reader=request.user)
    return {
        "lines": lines,
        "earlier": page.more,
        "later": page.bounded,
        "before": before,
        "at": next((line for line in lines if line.position == at), None),
    }


@sensitive_post_parameters("password")
@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Another name, description or privacy."""
    channel = administered(request, channel_id)
    kept = {"name": channel.name, "description": channel.description, "is_private": channel.is_private}
    form = ChannelForm(posted(request), initial=kept)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_channel(user=request.user, channel_id=channel_id, **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The channel was changed."))
            return redirect("chat:about", channel_id)
    return render(request, "chat/change.html", {"form": form, "channel": channel})


@sensitive_post_parameters("password")
@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, channel_id: int) -> HttpResponse:
    """The invitation. It looks and answers the same for a private channel and for none at all, so that
    nobody can try out which channels exist."""
    if Membership.objects.filter(channel_id=channel_id, user=request.user).exists():
        return redirect("chat:conversation", channel_id)
    if request.method == "GET" and public_channel(channel_id):
        return redirect("chat:about", channel_id)
    form = JoinForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.join(
                user=request.user,
                channel_id=channel_id,
                address=address_of(request),
                **form.cleaned_data,
            )
        except (ChannelNotFound, ChannelPasswordRequired, ChannelPasswordWrong):
            form.add_error("password", _("There is no such channel, or its password is another one."))
        except Banned as refusal:
            return render(request, "chat/no_entry.html", {"refusal": refusal}, status=refusal.status)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("You are in the channel now."))
            return redirect("chat:conversation", channel_id)
    return marked(render(request, "chat/join.html", {"form": form, "channel_id": channel_id}), form)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Ask, and close the channel for everybody."""
    channel = administered(request, channel_id)
    if request.method == "POST":
        try:
            services.close_channel(user=request.user, channel_id=channel_id)
        except Refusal as refusal:
            messages.error(request, str(refusal.detail))
            return redirect("chat:about", channel_id)
        messages.success(request, _("“%(channel)s” was closed.") % {"channel": channel.name})
        return redirect("chat:channels")
    return render(request, "chat/close.html", {"channel": channel})
