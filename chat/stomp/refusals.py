"""Why a STOMP connection is ended, and with which code."""

from chat.protocol import Close
from chat.sockets.intake import Refused
from chat.sockets.open_socket import RESTARTING

NOT_CONNECTED = Refused("not_connected", "The first frame has to be CONNECT.")
TWICE = Refused("malformed", "CONNECT came already.")
ID_TAKEN = Refused("id_taken", "There is a subscription with this id.")
# Each room has one cursor for the whole connection, so two subscriptions could not resume from two positions.
ALREADY_SUBSCRIBED = Refused("already_subscribed", "This connection has a subscription to that already.")
FLOOD = Refused("flood", "Too many frames at once.")
SILENT = Refused("idle", "No sign of life.")
NO_ONE = Refused("not_logged_in", "The token is unknown or dead.")
FOREIGN = Refused("origin", "A session counts only on pages of this site.")
_CLOSE_CODES = {
    FLOOD.code: Close.FLOOD,
    SILENT.code: Close.IDLE,
    NO_ONE.code: Close.NOT_LOGGED_IN,
    FOREIGN.code: Close.ORIGIN,
    RESTARTING.code: Close.RESTART,
    "too_large": Close.TOO_LARGE,
}


def close_code_of(refusal: Refused) -> Close:
    """As `/ws/` closes; what STOMP alone ends: TRY_LATER if it may be repeated, else MALFORMED."""
    otherwise = Close.MALFORMED if refusal.retry_after_ms is None else Close.TRY_LATER
    return _CLOSE_CODES.get(refusal.code, otherwise)
