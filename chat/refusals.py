"""What channels refuse, each with its stable code."""

from datetime import UTC, datetime

from django.utils.translation import gettext_lazy as _

from accounts.refusals import Refusal


class ChannelNotFound(Refusal):
    """Unknown, closed, or not to be known by whoever asks."""

    code = "not_found"
    status = 404
    detail = _("There is no such channel.")


class MemberNotFound(Refusal):
    """This person is not in the channel."""

    code = "not_found"
    status = 404
    detail = _("This person is not in the channel.")


class AdminsOnly(Refusal):
    """A member asked for what only an admin may do."""

    code = "admins_only"
    status = 403
    detail = _("Only an admin of the channel may do this.")


class ChannelPasswordRequired(Refusal):
    """A private channel is joined with its password."""

    code = "channel_password_required"
    status = 403
    detail = _("This channel is private. Enter its password.")
    field = "password"


class ChannelPasswordWrong(Refusal):
    """Not the password of this private channel."""

    code = "channel_password_wrong"
    status = 403
    detail = _("The channel's password is wrong.")
    field = "password"


class LastAdmin(Refusal):
    """A channel with members keeps an admin."""

    code = "last_admin"
    status = 409
    detail = _("The last admin names a successor first.")
    field = "successor_id"


class SuccessorNotMember(Refusal):
    """The successor is another member of the same channel."""

    code = "successor_not_member"
    status = 422
    detail = _("The successor has to be another member of the channel.")
    field = "successor_id"


class CannotRemoveYourself(Refusal):
    """Whoever wants to go leaves: then a successor can be named."""

    code = "cannot_remove_yourself"
    status = 409
    detail = _("You cannot remove yourself. Leave the channel instead.")


class DirectChannel(Refusal):
    """The talk of two people stays what it is: no others, no roles, no name."""

    code = "direct_channel"
    status = 409
    detail = _("This is a conversation of two people. It cannot be changed.")


class DirectWithYourself(Refusal):
    """A direct channel has another person in it."""

    code = "direct_with_yourself"
    status = 422
    detail = _("Choose somebody else to write to.")
    field = "user_id"


class PersonNotFound(Refusal):
    """Unknown, deleted, or in no channel together with whoever asks."""

    code = "not_found"
    status = 404
    detail = _("There is no such person in your channels.")
    field = "user_id"


class OwnerProtected(Refusal):
    """What admins may do to others, nobody does to the owner."""

    code = "owner_protected"
    status = 403
    detail = _("This person owns the channel. Only the owner can hand it to somebody else.")


class OwnerOnly(Refusal):
    """An admin asked for what only the owner may do."""

    code = "owner_only"
    status = 403
    detail = _("Only the owner of the channel may do this.")


class Banned(Refusal):
    """This person may not come in."""

    code = "banned"
    status = 403
    detail = _("You cannot join this channel: one of its admins has banned you.")


class CannotMuteYourself(Refusal):
    """Neither to be silent nor to speak again."""

    code = "cannot_mute_yourself"
    status = 409
    detail = _("You cannot mute yourself or lift a mute of your own.")


class InvitationInvalid(Refusal):
    """Unknown or revoked, or it leads nowhere: which of these nobody learns."""

    code = "invitation_invalid"
    status = 404
    detail = _("This invitation is not valid. Ask for a new one.")


class InvitationExpired(Refusal):
    """Its time is over."""

    code = "invitation_expired"
    status = 422
    detail = _("This invitation has expired. Ask for a new one.")


class InvitationUsedUp(Refusal):
    """As many people came as it was for."""

    code = "invitation_used_up"
    status = 422
    detail = _("This invitation was for a certain number of people, and they have come. Ask for a new one.")


class Muted(Refusal):
    """This member may not write before `until` (Unix ms); reading goes on."""

    code = "muted"
    status = 403
    detail = _("An admin has muted you in this channel. You can read, but not write for now.")

    def __init__(self, until_ms: int) -> None:
        super().__init__()
        self.until_ms = until_ms
        until = datetime.fromtimestamp(until_ms / 1000, UTC).isoformat().replace("+00:00", "Z")
        self.more = {"until": until}


class SlowMode(Refusal):
    """Members write one message at a time here, with a pause after it."""

    code = "slow_mode"
    status = 429
    detail = _("Slow mode is on in this channel. Wait a little before the next message.")


class AccountInactive(Refusal):
    """The account was deactivated or deleted while the request was under way."""

    code = "account_inactive"
    status = 403
    detail = _("This account is not active.")
