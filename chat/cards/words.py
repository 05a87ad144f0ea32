"""What the page's scripts say about polls, events and notices."""

from django.utils.translation import gettext as _


def card_words() -> dict[str, str]:
    """Sentences by name, as chat/sentences.py hands them to scripts."""
    return {
        "close": _("Close"),
        "card.new_poll": _("Poll"),
        "card.new_event": _("Event"),
        "card.closed": _("No more answers"),
        "card.until": _("Until {when}"),
        "card.coming": _("Coming"),
        "card.not_coming": _("Not coming"),
        "card.maybe": _("Maybe"),
        "card.people_one": _("1 person answered"),
        "card.people": _("{count} people answered"),
        "card.several": _("Several may be chosen"),
        "card.one": _("Only one may be chosen"),
        "card.not_posted": _("Not posted: there is no connection. Try again in a moment."),
        "notice.pin": _("Make it a notice"),
        "notice.unpin": _("Take the notice down"),
        "unchanged.card_closed": _("This is closed. No more answers are counted."),
        "unchanged.choices_invalid": _("Choose one of what is offered."),
    }
