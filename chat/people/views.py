"""The pages about a channel's people and order: about, one member, bans, leaving."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms import posted, show_refusal
from accounts.refusals import Refusal
from chat import services
from chat.models import Membership, Notify, Role
from chat.page_doors import administered, my_channel, public_channel
from chat.people.forms import MUTES, BanForm, LeaveForm, MuteForm, NotifyForm, PauseForm, RoleForm
from chat.people.hiding import tell_windows
from chat.refusals import ChannelNotFound

MEMBERS_PER_PAGE = 100
BANS_PER_PAGE = 100
SUCCESSORS_AT_MOST = 500
ASKED_FIRST = ("kick", "ban", "owner", "mute")  # what a page of its own asks once more


@never_cache
@login_required
@require_safe
def about(request: HttpRequest, channel_id: int) -> HttpResponse:
    """What the channel is and who is in it; for others the way in, when the channel is public."""
    try:
        channel = services.channel_for(user=request.user, channel_id=channel_id)
    except ChannelNotFound as unknown:
        channel = public_channel(channel_id)
        if channel is None:
            raise Http404 from unknown
        return render(request, "chat/about.html", {"channel": channel})
    words = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    members = services.members(user=request.user, channel_id=channel_id)
    found = services.members(user=request.user, channel_id=channel_id, words=words)
    state = {
        "channel": channel,
        "words": words,
        "page": Paginator(found, MEMBERS_PER_PAGE).get_page(request.GET.get("page")),
        "mine": members.get(user=request.user),
        "notifications": Notify.choices,
        "pause_form": PauseForm(initial={"slow_seconds": channel.slow_seconds}),
        "join_url": request.build_absolute_uri(f"/channels/{channel.pk}/join/"),
    }
    return render(request, "chat/about.html", state)


@never_cache
@login_required
@require_POST
def choose_notify(request: HttpRequest, channel_id: int) -> HttpResponse:
    """What I am told of while I am not looking."""
    my_channel(request, channel_id)
    done = _("The notifications of this channel were changed.")
    return _choose(request, channel_id, NotifyForm, services.choose_notify, done)


@never_cache
@login_required
@require_POST
def choose_pause(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Slow mode, for admins."""
    administered(request, channel_id)
    return _choose(request, channel_id, PauseForm, services.change_channel, _("The channel was changed."))


def _choose(
    request: HttpRequest, channel_id: int, form_class: type[Form], carry_out: Callable[..., object], done: str
) -> HttpResponse:
    """Carry out what a setting's form says, and back to the channel. What is no choice changes nothing."""
    form = form_class(request.POST)
    if form.is_valid():
        carry_out(user=request.user, channel_id=channel_id, **form.cleaned_data)
        messages.success(request, done)
    return redirect("chat:about", channel_id)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Say what leaving means, let whoever has to choose who follows, and leave."""
    channel = my_channel(request, channel_id)
    members = services.members(user=request.user, channel_id=channel_id)
    others = members.exclude(user=request.user)
    needs_successor = channel.my_role == Role.ADMIN and not others.filter(role=Role.ADMIN).exists()
    may_choose = needs_successor or channel.owner_id == request.user.pk
    form = LeaveForm(posted(request), others=list(others[:SUCCESSORS_AT_MOST]) if may_choose else [])
    if request.method == "POST" and form.is_valid():
        try:
            left = services.leave(user=request.user, channel_id=channel_id, **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            tell_windows(left)
            messages.success(request, _("You left “%(channel)s”.") % {"channel": channel.title})
            return redirect("chat:channels")
    state = {
        "form": form,
        "channel": channel,
        "alone": channel.member_count == 1,
        "needs_successor": needs_successor and others.exists(),
        "may_choose": may_choose and others.exists(),
    }
    return render(request, "chat/leave.html", state)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def bans(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Who may not come in; a POST lets one of them."""
    channel = administered(request, channel_id)
    banned = services.bans(actor=request.user, channel_id=channel_id)
    if request.method == "POST":
        user_id = request.POST.get("user_id", "")
        if user_id.isdecimal() and len(user_id) < 19:
            try:
                services.lift_ban(actor=request.user, channel_id=channel_id, user_id=int(user_id))
            except Refusal as refusal:
                messages.error(request, str(refusal.detail))
            else:
                messages.success(request, _("The ban was lifted."))
        return redirect("chat:bans", channel_id)
    page = Paginator(banned, BANS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "chat/bans.html", {"channel": channel, "page": page})


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def member(request: HttpRequest, channel_id: int, user_id: int) -> HttpResponse:
    """One member, for admins: another role, silence for a while, the whole channel, or out. What cannot be
    taken back with one press is asked first (`?ask=`)."""
    channel = administered(request, channel_id)
    members = services.members(user=request.user, channel_id=channel_id)
    membership = members.filter(user__id=user_id).first()
    if membership is None:
        raise Http404
    asked = request.GET.get("ask")
    state = {
        "channel": channel,
        "membership": membership,
        "ask": asked if asked in ASKED_FIRST and user_id != request.user.pk else None,
        "mutes": MUTES,
        "ban_form": BanForm(),
    }
    if request.method == "GET":
        return render(request, "chat/member.html", state)
    try:
        done = _carry_out(request, membership)
    except Refusal as refusal:
        return render(request, "chat/member.html", state | {"refusal": refusal}, status=refusal.status)
    if done is None:
        return redirect("chat:member", channel_id, user_id)
    messages.success(request, done)
    return redirect("chat:about", channel_id)


def _carry_out(request: HttpRequest, membership: Membership) -> str | None:
    """What was done, in a sentence; None when nothing was that can be understood."""
    who = {"actor": request.user, "channel_id": membership.channel_id, "user_id": membership.user_id}
    names = {"name": membership.user.public_name}
    match request.POST.get("action"):
        case "kick":
            services.kick(**who)
            return _("%(name)s is no longer in the channel.") % names
        case "ban":
            services.ban(**who, reason=request.POST.get("reason", ""))
            return _("%(name)s is banned and cannot come back.") % names
        case "owner":
            services.hand_over(**who)
            return _("%(name)s owns the channel now.") % names
        case "mute":
            form = MuteForm(request.POST)
            if not form.is_valid():
                return None
            services.mute(**who, **form.cleaned_data)
            return _("%(name)s cannot write for now.") % names
        case "unmute":
            services.lift_mute(**who)
            return _("%(name)s can write again.") % names
    role = RoleForm(request.POST)
    if not role.is_valid():
        return None
    services.set_role(**who, **role.cleaned_data)
    return _("The role of %(name)s was changed.") % names
