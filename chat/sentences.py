"""The words that scripts say. Here, so that they are translated where all others are."""

from django.utils.translation import gettext as _

from chat.slips import words_for_scripts


def sentences_for_scripts() -> dict[str, str]:
    """Sentences by name; `{count}` and the like are filled in by the script (static/js/sentences.js)."""
    return _connection() | _messages() | _refusals() | words_for_scripts()


def _connection() -> dict[str, str]:
    return {
        "reconnecting": _("Connecting again. What you write is sent when the connection is back."),
        "reconnected": _("Connected again."),
        "offline": _("This device is offline. What you write is sent when the connection is back."),
        "origin_refused": _("This address may not connect. Open the site at its own address."),
        "restarting": _("The server is starting again. What you write is sent in a moment."),
        "slow_down": _("That was a lot at once. Connecting again in a moment."),
    }


def _messages() -> dict[str, str]:
    return {
        "new_messages_one": _("1 new message"),
        "new_messages": _("{count} new messages"),
        "to_the_end": _("To the newest message"),
        "loading_gap": _("Loading the messages in between"),
        "history_away": _("Earlier messages cannot be loaded right now. Talking goes on."),
        "removed": _("You are no longer in this channel. You can still read what is on this page."),
        "closed": _("This channel was closed. You can still read what is on this page."),
        "members_one": _("1 member"),
        "members": _("{count} members"),
        "left_one": _("1 character left"),
        "left": _("{count} characters left"),
        "over_one": _("1 character too many"),
        "over": _("{count} characters too many"),
    }


def _refusals() -> dict[str, str]:
    """Why a message was not sent, by the code of the refusal."""
    return {
        "refused": _("Not sent. It was not accepted."),
        "refused.log_unavailable": _("Not sent: the server cannot keep messages right now."),
        "refused.overloaded": _("Not sent: the server is very busy right now."),
        "refused.rate_limited": _("Not sent: too many messages at once."),
        "refused.text_too_long": _("Not sent: a message has at most 4,000 characters."),
        "refused.text_empty": _("Not sent: there is nothing to read in it."),
        "refused.control_characters": _("Not sent: it has characters that cannot be shown."),
        "refused.not_found": _("Not sent: you are not in this channel."),
    }
