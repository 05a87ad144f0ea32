"""What wallets refuse, each with its stable code. Sentences name the sum where one helps."""

from django.utils.translation import gettext_lazy as _

from accounts.refusals import Refusal
from wallets.won import won


class WalletNotFound(Refusal):
    """Unknown, or not to be known by whoever asks."""

    code = "not_found"
    status = 404
    detail = _("There is no such wallet.")


class TransferNotFound(Refusal):
    """Unknown, or between wallets that whoever asks may not see."""

    code = "not_found"
    status = 404
    detail = _("There is no such transfer.")


class WalletMemberNotFound(Refusal):
    """This person is not in the group wallet."""

    code = "not_found"
    status = 404
    detail = _("This person is not in the wallet.")


class SpendersOnly(Refusal):
    """A member asked for what only owner and treasurer may do."""

    code = "spenders_only"
    status = 403
    detail = _("Only the owner and the treasurers of the wallet may do this.")


class OwnerOnly(Refusal):
    """Somebody asked for what only the owner may do."""

    code = "owner_only"
    status = 403
    detail = _("Only the owner of the wallet may do this.")


class OwnerHandsOverFirst(Refusal):
    """A group wallet always has an owner."""

    code = "owner_hands_over_first"
    status = 409
    detail = _("The owner of the wallet hands it over first.")


class WalletExists(Refusal):
    """One personal wallet for each person; one open group wallet of a name for each channel."""

    code = "wallet_exists"
    status = 409
    detail = _("You have a wallet already.")


class NameTaken(Refusal):
    """The channel has an open wallet of this name."""

    code = "name_taken"
    status = 409
    detail = _("This channel has a wallet of this name already.")
    field = "name"


class WalletClosed(Refusal):
    """Nothing moves into or out of a closed wallet."""

    code = "wallet_closed"
    status = 409
    detail = _("This wallet is closed.")


class WalletLocked(Refusal):
    """An operator stopped the wallet."""

    code = "wallet_locked"
    status = 423
    detail = _("This wallet is locked. Please ask the operators.")


class WalletNotEmpty(Refusal):
    """A wallet is closed at balance 0."""

    code = "wallet_not_empty"
    status = 409
    detail = _("There is still money in the wallet.")


class WalletHasSchedules(Refusal):
    """A wallet with planned transfers stays open."""

    code = "wallet_has_schedules"
    status = 409
    detail = _("There are still scheduled transfers. Cancel them first.")


class ScheduleNotFound(Refusal):
    """Unknown, or from a wallet that whoever asks is not in."""

    code = "not_found"
    status = 404
    detail = _("There is no such scheduled transfer.")


class ScheduleOver(Refusal):
    """It ran, failed or was cancelled: nothing is left to cancel."""

    code = "schedule_over"
    status = 409
    detail = _("This scheduled transfer is over.")


class PinMalformed(Refusal):
    """Not 4 to 6 digits, or one that everybody guesses first."""

    code = "pin_malformed"
    status = 400
    detail = _("The PIN has 4 to 6 digits.")
    field = "pin"


class PinWrong(Refusal):
    """Not this wallet's PIN; `tries_left` more wrong ones lock it."""

    code = "pin_wrong"
    status = 403
    field = "pin"

    def __init__(self, tries_left: int) -> None:
        self.tries_left = tries_left
        text = _("The PIN is wrong. %(count)d more wrong ones lock the wallet's PIN.")
        super().__init__(text % {"count": tries_left})


class PinLocked(Refusal):
    """Guessed wrong too often; a new PIN, set with the account's password, unlocks it."""

    code = "pin_locked"
    status = 423
    detail = _("The PIN was wrong 5 times and is locked. Set a new one with your password.")
    field = "pin"


class AmountInvalid(Refusal):
    """Not a whole number of won that may be moved."""

    code = "amount_invalid"
    status = 400
    detail = _("The amount is a whole number of won, at least 1.")
    field = "amount"


class SameWallet(Refusal):
    """From a wallet to itself."""

    code = "same_wallet"
    status = 422
    detail = _("Money cannot be sent from a wallet to itself.")
    field = "target"


class BalanceTooLow(Refusal):
    """`missing` won are not there."""

    code = "balance_too_low"
    status = 422
    field = "amount"

    def __init__(self, missing: int) -> None:
        self.missing = missing
        super().__init__(_("The balance is %(missing)s short.") % {"missing": won(missing)})


class TransferLimit(Refusal):
    """More at once than settings.TRANSFER_LIMIT."""

    code = "transfer_limit"
    status = 422
    field = "amount"

    def __init__(self, limit: int) -> None:
        super().__init__(_("At most %(limit)s at once.") % {"limit": won(limit)})


class DayLimit(Refusal):
    """More on one day (Korean time) from one wallet than settings.DAY_LIMIT."""

    code = "day_limit"
    status = 422
    field = "amount"

    def __init__(self, left: int) -> None:
        super().__init__(_("Today %(left)s more can be sent from this wallet.") % {"left": won(left)})


class BalanceLimit(Refusal):
    """More than a wallet holds."""

    code = "balance_limit"
    status = 422
    detail = _("The receiving wallet cannot hold that much.")
    field = "amount"


class NeedsSecondPerson(Refusal):
    """Above the group wallet's approval limit, money leaves by a spend request that two people approve."""

    code = "needs_second_person"
    status = 422
    field = "amount"

    def __init__(self, limit: int) -> None:
        text = _("Above %(limit)s a second person has to approve: make a spend request.")
        super().__init__(text % {"limit": won(limit)})


class KeyRequired(Refusal):
    """Without a key a repeated request would move the money twice."""

    code = "idempotency_key_required"
    status = 400
    detail = _("The header Idempotency-Key is required.")


class KeyMalformed(Refusal):
    """Not 1 to 255 printable characters."""

    code = "idempotency_key_malformed"
    status = 400
    detail = _("The Idempotency-Key has 1 to 255 printable characters.")


class KeyReused(Refusal):
    """The key was used for something else."""

    code = "idempotency_key_reused"
    status = 422
    detail = _("This Idempotency-Key was used for another request.")


class AlreadyReversed(Refusal):
    """A transfer is reversed once."""

    code = "already_reversed"
    status = 409
    detail = _("This transfer was reversed already.")


class NotReversible(Refusal):
    """A reversal is not reversed; a deposit only by an operator."""

    code = "not_reversible"
    status = 409
    detail = _("This transfer cannot be reversed.")


class LedgerBusy(Refusal):
    """The rows were locked for too long; nothing was posted. Temporary."""

    code = "ledger_busy"
    status = 503
    detail = _("Too much is going on at once. Nothing was moved; please try again.")


class RightsChanged(Exception):
    """Rights changed between their check and the lock: check again. Never leaves the services."""
