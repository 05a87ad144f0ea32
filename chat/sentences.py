"""The words that scripts say. Here, so that they are translated where all others are."""

from django.utils.translation import gettext as _

from chat.cards.words import card_words
from chat.slips import words_for_scripts


def sentences_for_scripts() -> dict[str, str]:
    """Sentences by name; `{count}` and the like are filled in by the script (static/js/sentences.js)."""
    own = _connection() | _messages() | _reading() | _changes() | _refusals() | _push() | _attachments()
    return own | card_words() | words_for_scripts()


def _connection() -> dict[str, str]:
    return {
        "reconnecting": _("Connecting again. What you write is sent when the connection is back."),
        "reconnected": _("Connected again."),
        "offline": _("This device is offline. What you write is sent when the connection is back."),
        "origin_refused": _("This address may not connect. Open the site at its own address."),
        "restarting": _("The server is starting again. What you write is sent in a moment."),
        "slow_down": _("That was a lot at once. Connecting again in a moment."),
    }


def _reading() -> dict[str, str]:
    return {
        "unread_line": _("New messages from here"),
        "first_unread_one": _("1 unread message"),
        "first_unread": _("{count} unread messages"),
        "unread_by_one": _("1 person has not read it"),
        "unread_by": _("{count} people have not read it"),
        "typing": _("{name} is writing"),
        "typing_two": _("{name} and {other} are writing"),
        "typing_many": _("{count} people are writing"),
        "looking_one": _("1 person looks at the talk right now"),
        "looking": _("{count} people look at the talk right now"),
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
        "slow_wait_one": _("Slow mode: you can send again in 1 second"),
        "slow_wait": _("Slow mode: you can send again in {count} seconds"),
        "muted": _("You cannot write here until an admin allows it again."),
        "muted_until": _("You cannot write here until {time}."),
        "members_one": _("1 member"),
        "members": _("{count} members"),
        "left_one": _("1 character left"),
        "left": _("{count} characters left"),
        "over_one": _("1 character too many"),
        "over": _("{count} characters too many"),
    }


def _changes() -> dict[str, str]:
    """What can be done to messages, what became of them, and by the code of the refusal why not."""
    return {
        "action.reply": _("Reply"),
        "action.copy": _("Copy the text"),
        "action.edit": _("Edit"),
        "action.delete": _("Delete"),
        "action.report": _("Report"),
        "copied": _("Copied."),
        "replying": _("Reply to {name}"),
        "editing": _("Editing a message"),
        "deleted": _("This message was deleted"),
        "deleted_by_admin": _("An admin deleted this message"),
        "reaction_one": _("{emoji} from {count} person"),
        "reaction": _("{emoji} from {count} people"),
        "message_not_found": _("This message cannot be shown. It may have been deleted."),
        "unchanged": _("Not changed. It was not accepted."),
        "unchanged.message_deleted": _("Not changed: the message was deleted meanwhile."),
        "unchanged.message_not_found": _("Not changed: there is no such message any more."),
        "unchanged.author_only": _("Not changed: only who wrote a message may do this."),
        "unchanged.admins_only": _("Not changed: only an admin may do this."),
        "unchanged.card_closed": _("Not changed: it is closed."),
        "unchanged.log_unavailable": _("Not changed: the server cannot keep changes right now."),
        "unchanged.store_unavailable": _("Not changed: the server cannot look the message up right now."),
        "unchanged.overloaded": _("Not changed: the server is very busy right now."),
        "unchanged.rate_limited": _("Not changed: too much at once."),
        "unchanged.text_too_long": _("Not changed: a message has at most 4,000 characters."),
        "unchanged.control_characters": _("Not changed: it has characters that cannot be shown."),
        "unchanged.too_old": _("Not changed: it waited for more than a day."),
        "unchanged.too_many_waiting": _("Not changed: too much waits on this device already."),
        "unchanged.not_found": _("Not changed: you are not in this channel."),
    }


def _refusals() -> dict[str, str]:
    """Why a message was not sent, by the code of the refusal."""
    return {
        "unsent_one": _("1 message was not sent yet. Logging out throws it away."),
        "unsent": _("{count} messages were not sent yet. Logging out throws them away."),
        "refused": _("Not sent. It was not accepted."),
        "refused.log_unavailable": _("Not sent: the server cannot keep messages right now."),
        "refused.overloaded": _("Not sent: the server is very busy right now."),
        "refused.rate_limited": _("Not sent: too many messages at once."),
        "refused.text_too_long": _("Not sent: a message has at most 4,000 characters."),
        "refused.text_empty": _("Not sent: there is nothing to read in it."),
        "refused.control_characters": _("Not sent: it has characters that cannot be shown."),
        "refused.muted": _("Not sent: an admin has muted you in this channel."),
        "refused.slow_mode": _("Not sent: slow mode is on, wait a little."),
        "refused.not_found": _("Not sent: you are not in this channel."),
        "refused.too_old": _("Not sent: it waited for more than a day."),
        "refused.too_many_waiting": _("Not sent: too many messages wait on this device already."),
        "refused.attachment_not_found": _("Not sent: a file is gone. Add it again."),
    }


def _attachments() -> dict[str, str]:
    return {
        "attach.choose": _("Photo or file"),
        "attach.camera": _("Take a photo"),
        "attach.most": _("Only {count} files go with one message."),
        "attach.too_large": _("Larger than {size}"),
        "attach.empty": _("The file is empty."),
        "attach.failed": _("Could not be uploaded."),
        "attach.no_connection": _("No connection"),
        "attach.remove_failed": _("Remove what could not be uploaded, or try it again."),
        "attach.sends_when_ready": _("Sent as soon as everything is uploaded."),
    }


def _push() -> dict[str, str]:
    return {
        "push.unsupported": _("This browser cannot show notifications."),
        "push.denied": _("This browser forbids notifications of this site. Its settings can allow them."),
        "push.on": _("This device tells you of new messages."),
        "push.off": _("This device tells you nothing while no page is open."),
        "push.turn_on": _("Notify me on this device"),
        "push.turn_off": _("No notifications on this device"),
        "push.failed": _("That did not work. Try again in a moment."),
    }
