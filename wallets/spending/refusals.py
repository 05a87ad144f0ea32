"""What spend requests refuse, each with its stable code."""

from django.utils.translation import gettext_lazy as _

from accounts.refusals import Refusal


class RequestNotFound(Refusal):
    """Unknown, or of a wallet that whoever asks has not joined."""

    code = "not_found"
    status = 404
    detail = _("There is no such spend request.")


class RequestDecided(Refusal):
    """Paid, declined or withdrawn already."""

    code = "request_decided"
    status = 409
    detail = _("This spend request has been decided already.")


class OwnRequest(Refusal):
    """Nobody approves the own request."""

    code = "own_request"
    status = 403
    detail = _("Somebody else has to approve your request.")


class AskerOnly(Refusal):
    """Only whoever asked takes a request back."""

    code = "asker_only"
    status = 403
    detail = _("Only whoever made the request can withdraw it.")
