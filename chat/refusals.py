"""What channels refuse, each with its stable code."""

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


class AccountInactive(Refusal):
    """The account was deactivated or deleted while the request was under way."""

    code = "account_inactive"
    status = 403
    detail = _("This account is not active.")
