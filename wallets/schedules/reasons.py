"""Why a run was refused, in words for the payer. A run keeps only the refusal's stable code: sums of that day
would be read as those of today."""

from django.utils.translation import gettext_lazy as _

from chat.refusals import AccountInactive
from wallets.refusals import (
    BalanceLimit,
    BalanceTooLow,
    DayLimit,
    NeedsSecondPerson,
    SpendersOnly,
    TransferLimit,
    WalletClosed,
    WalletLocked,
    WalletNotFound,
)

_REASONS = {
    AccountInactive.code: _("The account of whoever planned it is not active."),
    BalanceLimit.code: _("The receiving wallet could not hold that much."),
    BalanceTooLow.code: _("The balance was too low."),
    DayLimit.code: _("It was more than could still be sent that day."),
    NeedsSecondPerson.code: _("Above the approval limit a second person has to approve."),
    SpendersOnly.code: _("Whoever planned it may no longer spend from the wallet."),
    TransferLimit.code: _("It was more than may be sent at once."),
    WalletClosed.code: _("One of the wallets was closed."),
    WalletLocked.code: _("One of the wallets was locked."),
    WalletNotFound.code: _("Whoever planned it is no longer in one of the wallets."),
}
_OTHER = _("The ledger refused it.")


def reason_for(refusal: str):
    """The sentence (lazy) for a run's `refusal`; an empty one for a run that was not refused."""
    return _REASONS.get(refusal, _OTHER) if refusal else ""
