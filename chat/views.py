"""The channel pages. They parse, call chat/services and chat/posting.py, and present."""

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

from accounts.forms import posted, show_refusal
from accounts.refusals import Refusal
from chat import services, slips
from chat.forms import ChannelForm, JoinForm, LeaveForm, MessageForm, RoleForm
from chat.models import Channel, Membership, Role
from chat.pipeline.events import now_ms
from chat.posting import history, post_message
from chat.protocol import MAX_TEXT_LENGTH
from chat.refusals import ChannelNotFound, ChannelPasswordRequired, ChannelPasswordWrong
from chat.transcript import transcribe

HISTORY_LINES = 50
MEMBERS_PER_PAGE = 100
MEMBERS_BESIDE_TALK = 20
FOUND_PER_PAGE = 50
SUCCESSORS_AT_MOST = 500


def _mine(request: HttpRequest, channel_id: int) -> Channel:
    """My channel; to anybody else it does not exist."""
    try:
        return services.channel_for(user=request.user, channel_id=channel_id)
    except ChannelNotFound as unknown:
        raise Http404 from unknown


def _public(channel_id: int) -> Channel | None:
    return Channel.objects.open().filter(pk=channel_id, is_private=False).first()


@never_cache
@login_required
@require_safe
def channels(request: HttpRequest) -> HttpResponse:
    """My channels; on a wide screen with an empty place for the talk."""
    newest = services.my_channels(request.user).first()
    return render(request, "chat/channels.html", {"newest": newest, "tab": "talk"})


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
        if _public(channel_id):
            return redirect("chat:about", channel_id)
        raise Http404 from unknown
    if request.method == "GET":
        return _talk_page(request, channel)
    form = MessageForm(request.POST)
    if not form.is_valid():
        return _talk_page(request, channel, text=request.POST.get("text", ""), status=400)
    try:
        post_message(author=request.user, channel_id=channel_id, **form.cleaned_data)
    except Refusal as refusal:
        return _talk_page(
            request,
            channel,
            text=form.cleaned_data["text"],
            client_id=form.cleaned_data["client_id"],
            refusal=refusal,
            status=refusal.status,
        )
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
    before = request.GET.get("before") or None
    lines, earlier, away = [], False, None
    try:
        page = history(channel_id=channel.pk, before=before, limit=HISTORY_LINES)
        lines = transcribe(page.messages, reader=request.user)
        earlier = page.more
    except Refusal as store_away:
        if store_away.status == 400:
            return redirect("chat:conversation", channel.pk)
        away = store_away
    return render(
        request,
        "chat/conversation.html",
        {
            "channel": channel,
            "lines": lines,
            "earlier": earlier,
            "history_away": away,
            "before": before,
            "text": text,
            "client_id": client_id or uuid4(),
            "refusal": refusal,
            "longest": MAX_TEXT_LENGTH,
            "slip_templates": slips.templates(),
            "rendered_at_ms": now_ms(),
            "memberships": _memberships(request, channel)[:MEMBERS_BESIDE_TALK],
        },
        status=status,
    )


def _memberships(request: HttpRequest, channel: Channel):
    return services.members(user=request.user, channel_id=channel.pk)


@never_cache
@login_required
@require_safe
def about(request: HttpRequest, channel_id: int) -> HttpResponse:
    """What the channel is and who is in it; for others the way in, when the channel is public."""
    try:
        channel = services.channel_for(user=request.user, channel_id=channel_id)
    except ChannelNotFound as unknown:
        channel = _public(channel_id)
        if channel is None:
            raise Http404 from unknown
        return render(request, "chat/about.html", {"channel": channel})
    pages = Paginator(_memberships(request, channel), MEMBERS_PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    join_url = request.build_absolute_uri(f"/channels/{channel.pk}/join/")
    return render(request, "chat/about.html", {"channel": channel, "page": page, "join_url": join_url})


@sensitive_post_parameters("password")
@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Another name, description or privacy."""
    channel = _mine(request, channel_id)
    if channel.my_role != Role.ADMIN:
        raise Http404
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
    if request.method == "GET" and _public(channel_id):
        return redirect("chat:about", channel_id)
    form = JoinForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.join(user=request.user, channel_id=channel_id, **form.cleaned_data)
        except (ChannelNotFound, ChannelPasswordRequired, ChannelPasswordWrong):
            form.add_error("password", _("There is no such channel, or its password is another one."))
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("You are in the channel now."))
            return redirect("chat:conversation", channel_id)
    return render(request, "chat/join.html", {"form": form, "channel_id": channel_id})


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Say what leaving means, let the last admin choose a successor, and leave."""
    channel = _mine(request, channel_id)
    others = _memberships(request, channel).exclude(user=request.user)
    needs_successor = channel.my_role == Role.ADMIN and not others.filter(role=Role.ADMIN).exists()
    form = LeaveForm(posted(request), others=list(others[:SUCCESSORS_AT_MOST]) if needs_successor else [])
    if request.method == "POST" and form.is_valid():
        try:
            services.leave(user=request.user, channel_id=channel_id, **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("You left “%(channel)s”.") % {"channel": channel.name})
            return redirect("chat:channels")
    state = {"form": form, "channel": channel, "alone": channel.member_count == 1}
    return render(
        request, "chat/leave.html", state | {"needs_successor": needs_successor and others.exists()}
    )


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Ask, and close the channel for everybody."""
    channel = _mine(request, channel_id)
    if channel.my_role != Role.ADMIN:
        raise Http404
    if request.method == "POST":
        try:
            services.close_channel(user=request.user, channel_id=channel_id)
        except Refusal as refusal:
            messages.error(request, str(refusal.detail))
            return redirect("chat:about", channel_id)
        messages.success(request, _("“%(channel)s” was closed.") % {"channel": channel.name})
        return redirect("chat:channels")
    return render(request, "chat/close.html", {"channel": channel})


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def member(request: HttpRequest, channel_id: int, user_id: int) -> HttpResponse:
    """One member, for admins: another role, or out."""
    channel = _mine(request, channel_id)
    membership = _memberships(request, channel).filter(user_id=user_id).first()
    if channel.my_role != Role.ADMIN or membership is None:
        raise Http404
    if request.method == "GET":
        return render(request, "chat/member.html", {"channel": channel, "membership": membership})
    names = {"name": membership.user.public_name}
    try:
        if request.POST.get("action") == "kick":
            services.kick(actor=request.user, channel_id=channel_id, user_id=user_id)
            done = _("%(name)s is no longer in the channel.") % names
        else:
            role = RoleForm(request.POST)
            if not role.is_valid():
                return redirect("chat:member", channel_id, user_id)
            services.set_role(actor=request.user, channel_id=channel_id, user_id=user_id, **role.cleaned_data)
            done = _("The role of %(name)s was changed.") % names
    except Refusal as refusal:
        state = {"channel": channel, "membership": membership, "refusal": refusal}
        return render(request, "chat/member.html", state, status=refusal.status)
    messages.success(request, done)
    return redirect("chat:about", channel_id)
