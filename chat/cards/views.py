"""Pages of polls, events and notices: making them, answering, and the lists. They work without scripts."""

import re
import time
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms import posted
from accounts.refusals import Refusal
from chat import protocol
from chat.cards import lines as card_lines
from chat.cards import rules
from chat.cards.forms import CardForm, EventForm, PollForm
from chat.cards.lists import answer_page, card_page
from chat.messages import changing, history
from chat.messages.posting import post_message
from chat.models import Channel
from chat.page_doors import my_channel
from chat.pipeline.events import Position
from chat.pipeline.parts import message_store

CHOICES = re.compile(r"(?:[0-9]{1,2}(?:,[0-9]{1,2})*)?")
CARDS_PER_PAGE = 50
PEOPLE_PER_PAGE = 100
WAITS, WAIT_SECONDS = 15, 0.04


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def new_poll(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Ask the channel to choose."""
    return _new_card(request, channel_id, PollForm, rules.POLL)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def new_event(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Ask the channel who comes."""
    return _new_card(request, channel_id, EventForm, rules.EVENT)


def _new_card(request: HttpRequest, channel_id: int, make: type[CardForm], kind: str) -> HttpResponse:
    channel, shown = my_channel(request, channel_id), None
    form = make(posted(request), initial={"client_id": uuid4().hex})
    if request.method == "POST" and form.is_valid():
        asked = protocol.Send(channel_id, form.cleaned_data["client_id"], "", card=form.card())
        try:
            if "preview" not in request.POST:
                post_message(author=request.user, asked=asked)
                return redirect("chat:conversation", channel_id)
            shown = card_lines.preview(rules.check(asked.card), channel_id)
        except Refusal as refusal:
            form.show_refusal(refusal)
    state = {"channel": channel, "form": form, "kind": kind, "preview": shown}
    return render(request, "chat/new_card.html", state, status=400 if form.errors else 200)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def answers(request: HttpRequest, channel_id: int, message_id: str) -> HttpResponse:
    """Who answered what; a POST with `choices` ("0,2", or nothing at all) is the reader's whole answer."""
    channel = my_channel(request, channel_id)
    try:
        if request.method == "POST":
            return _answer(request, channel, message_id)
        return _answers_page(request, channel, message_id)
    except changing.MessageNotFound as unknown:
        raise Http404 from unknown
    except Refusal as refusal:
        messages.error(request, str(refusal.detail))
        return redirect("chat:conversation", channel_id)


def _answer(request: HttpRequest, channel: Channel, message_id: str) -> HttpResponse:
    given = request.POST.get("choices", "")
    if not CHOICES.fullmatch(given):
        raise rules.BadAnswer(field="choices")
    chosen = [int(number) for number in given.split(",") if number]
    asked = protocol.Answer(channel=channel.pk, message=message_id, client_id=uuid4().hex, choices=chosen)
    answered = changing.change_message(author=request.user, asked=asked)
    _wait_until_stored(answered.changes.answers[str(request.user.pk)].at)
    said = _("Your answer is counted.") if chosen else _("Your answer was taken back.")
    messages.success(request, said)
    back = request.POST.get("back")
    return redirect(f"chat:{back if back in ('polls', 'events') else 'conversation'}", channel.pk)


def _wait_until_stored(at: str) -> None:
    """The next page is drawn from the store, which follows the log within milliseconds; nobody waits long."""
    position = Position.parse(at)
    for _attempt in range(WAITS):
        reached = message_store().reached(position.partition)
        if reached is not None and reached >= position:
            return
        time.sleep(WAIT_SECONDS)


def _answers_page(request: HttpRequest, channel: Channel, message_id: str) -> HttpResponse:
    asked = request.GET.get("choice", "0")
    choice = int(asked) if asked.isdecimal() and len(asked) < 3 else 0
    page = answer_page(
        channel_id=channel.pk,
        message_id=message_id,
        choice=choice,
        after=request.GET.get("after"),
        limit=PEOPLE_PER_PAGE,
    )
    line = card_lines.card_lines([page.message], request.user)[message_id]
    state = {"channel": channel, "card": line, "choice": line.choices[choice], "page": page}
    return render(request, "chat/answers.html", state)


@never_cache
@login_required
@require_safe
def polls(request: HttpRequest, channel_id: int) -> HttpResponse:
    """The channel's polls, the one posted last first."""
    return _card_page(request, channel_id, rules.POLL)


@never_cache
@login_required
@require_safe
def events(request: HttpRequest, channel_id: int) -> HttpResponse:
    """The channel's events: what comes, the next one first, then what is over."""
    return _card_page(request, channel_id, rules.EVENT)


def _card_page(request: HttpRequest, channel_id: int, kind: str) -> HttpResponse:
    channel, page, away = my_channel(request, channel_id), None, None
    asked = {"kind": kind, "before": request.GET.get("before"), "limit": CARDS_PER_PAGE}
    try:
        page = card_page(channel_id=channel_id, **asked)
    except Refusal as refusal:
        if refusal.status == 400:
            raise Http404 from refusal
        away = refusal
    lines = list(card_lines.card_lines(page.messages if page else [], request.user).values())
    state = {"channel": channel, "kind": kind, "page": page, "away": away, "lines": lines}
    if kind == rules.EVENT:
        state["coming"] = sorted((one for one in lines if not one.is_over), key=_starts_at)
        state["over"] = sorted((one for one in lines if one.is_over), key=_starts_at, reverse=True)
    return render(request, "chat/cards.html", state, status=503 if away else 200)


def _starts_at(line: card_lines.CardLine) -> int:
    return line.card.starts_at


@never_cache
@login_required
@require_safe
def notices(request: HttpRequest, channel_id: int) -> HttpResponse:
    """The channel's notices, the one pinned last first."""
    channel, found, away = my_channel(request, channel_id), [], None
    try:
        found = history.notices(channel_id=channel_id)
    except history.StoreAway as refusal:
        away = refusal
    state = {"channel": channel, "notices": found, "away": away}
    return render(request, "chat/notices.html", state, status=503 if away else 200)


@never_cache
@login_required
@require_POST
def notice(request: HttpRequest, channel_id: int, message_id: str) -> HttpResponse:
    """Pin a message (`on`), or take a notice down; an admin's right."""
    my_channel(request, channel_id)
    on = bool(request.POST.get("on"))
    asked = protocol.Pin(channel=channel_id, message=message_id, client_id=uuid4().hex, on=on)
    try:
        pinned = changing.change_message(author=request.user, asked=asked)
        _wait_until_stored(pinned.changes.pin.at)
    except changing.MessageNotFound as unknown:
        raise Http404 from unknown
    except Refusal as refusal:
        messages.error(request, str(refusal.detail))
    else:
        messages.success(request, _("It is a notice now.") if on else _("It is no longer a notice."))
    return redirect("chat:notices", channel_id)
