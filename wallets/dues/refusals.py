"""What dues refuse, each with its stable code."""

from django.utils.translation import gettext_lazy as _

from accounts.refusals import Refusal
from wallets.won import won


class PlanNotFound(Refusal):
    """Unknown, or of a wallet that whoever asks has not joined."""

    code = "not_found"
    status = 404
    detail = _("There is no such dues plan.")


class PeriodNotFound(Refusal):
    """Before the plan's first month, after its last, or too far ahead."""

    code = "not_found"
    status = 404
    detail = _("The plan has no such month.")
    field = "period"


class NoticeNotFound(Refusal):
    """Unknown, or somebody else's."""

    code = "not_found"
    status = 404
    detail = _("There is no such notice.")


class PlanOver(Refusal):
    """The plan was ended."""

    code = "plan_over"
    status = 409
    detail = _("This dues plan has been ended already.")


class NotInPlan(Refusal):
    """A member of the wallet who does not owe this plan."""

    code = "not_in_plan"
    status = 422
    detail = _("This person does not owe these dues.")
    field = "member"


class NothingOwed(Refusal):
    """Everything is paid up to the month that was asked for."""

    code = "nothing_owed"
    status = 409
    detail = _("Everything is paid already.")


class PaysTooFarAhead(Refusal):
    """More than what is missing and the months ahead that may be prepaid."""

    code = "pays_too_far_ahead"
    status = 422
    field = "amount"

    def __init__(self, most: int) -> None:
        text = _("Dues are paid a year ahead at most: %(most)s.")
        super().__init__(text % {"most": won(most)})


class NoPersonalWallet(Refusal):
    """Dues are paid from, and spending is paid to, one's own wallet."""

    code = "no_personal_wallet"
    status = 409
    detail = _("Open a wallet of your own first.")


class QuietHours(Refusal):
    """Nobody is reminded at night."""

    code = "quiet_hours"
    status = 409
    detail = _("Between 9 in the evening and 8 in the morning nobody is reminded.")


class RemindedToday(Refusal):
    """Once a day is enough."""

    code = "reminded_today"
    status = 409
    detail = _("They have been reminded today. Tomorrow it is possible again.")


class NobodyToRemind(Refusal):
    """Everybody paid or need not."""

    code = "nobody_to_remind"
    status = 409
    detail = _("Everybody has paid.")
