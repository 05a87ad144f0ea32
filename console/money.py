"""The groups of money: the personal wallet, group wallets, transfers at once and later."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from console.actions import Action, Field, Group, channel_field
from wallets.models import Repeat

_key = Field(
    "Idempotency-Key",
    "Idempotency-Key",
    kind="fresh",
    place="header",
    help=_("The same key sent twice moves the money once."),
)
_pin = Field("pin", _("PIN"), kind="pin", help=_("4 to 6 digits"))
_amount = Field("amount", _("Amount (won)"), kind="won")
_memo = Field("memo", _("Memo"), optional=True)
_source = Field("source", _("From wallet"), kind="number", things="personal group")
_target = Field("target", _("To wallet"), kind="number", things="group personal")
_plan = Field("plan_id", _("Dues plan"), kind="number", place="path", things="plan")
_schedule = Field(
    "schedule_id",
    pgettext_lazy("console", "Scheduled transfer"),
    kind="number",
    place="path",
    things="schedule",
)


def _wallet(things: str, place: str = "path", name: str = "wallet_id") -> Field:
    return Field(name, pgettext_lazy("console", "Wallet"), kind="number", place=place, things=things)


PERSONAL = Group(
    "personal",
    "wallet",
    pgettext_lazy("console", "Personal wallet"),
    (
        Action("open-personal", _("Open my wallet"), "POST", "wallets/", (_pin,), gives="wallet"),
        Action(
            "personal-wallet",
            _("See the wallet"),
            "GET",
            "wallets/{wallet_id}/",
            (_wallet("personal"),),
            gives="wallet",
        ),
        Action(
            "deposit",
            _("Fill the wallet"),
            "POST",
            "wallets/{wallet_id}/deposits/",
            (_wallet("personal group"), _amount, _memo, _key),
            gives="transfer",
        ),
        Action(
            "personal-entries", _("Entries"), "GET", "wallets/{wallet_id}/entries/", (_wallet("personal"),)
        ),
        Action(
            "personal-schedules",
            _("Its scheduled transfers"),
            "GET",
            "scheduled-transfers/",
            (_wallet("personal", place="query", name="wallet"),),
            gives="schedule",
        ),
        Action(
            "statement",
            _("Statement as CSV"),
            "GET",
            "wallets/{wallet_id}/entries.csv",
            (_wallet("personal group"),),
        ),
    ),
)

GROUP = Group(
    "group",
    "people",
    pgettext_lazy("console", "Group wallet"),
    (
        Action(
            "open-group",
            _("Open a group wallet"),
            "POST",
            "wallets/",
            (
                channel_field(place="body", name="channel"),
                Field("name", _("Name")),
                Field("description", _("Description"), optional=True),
                _pin,
            ),
            gives="wallet",
        ),
        Action(
            "channel-wallets",
            _("Wallets of a channel"),
            "GET",
            "wallets/",
            (channel_field(place="query", name="channel"),),
            gives="wallet",
        ),
        Action(
            "join-wallet",
            _("Join a wallet"),
            "POST",
            "wallets/{wallet_id}/join/",
            (_wallet("group"),),
        ),
        Action("my-wallets", _("Wallets I am in"), "GET", "wallets/", gives="wallet"),
        Action(
            "group-wallet",
            _("See the wallet"),
            "GET",
            "wallets/{wallet_id}/",
            (_wallet("group"),),
            gives="wallet",
        ),
        Action("group-entries", _("Entries"), "GET", "wallets/{wallet_id}/entries/", (_wallet("group"),)),
        Action(
            "group-schedules",
            _("Its scheduled transfers"),
            "GET",
            "scheduled-transfers/",
            (_wallet("group", place="query", name="wallet"),),
            gives="schedule",
        ),
        Action(
            "collect-dues",
            _("Collect dues"),
            "POST",
            "wallets/{wallet_id}/dues/",
            (
                _wallet("group"),
                Field("title", _("Title")),
                _amount,
                Field("day", _("Day of the month"), kind="number"),
            ),
            gives="plan",
        ),
        Action(
            "dues-board",
            _("Who has paid"),
            "GET",
            "dues/{plan_id}/board/",
            (_plan, Field("period", _("Month"), kind="month", place="query", optional=True)),
        ),
        Action(
            "pay-dues",
            _("Pay dues"),
            "POST",
            "dues/{plan_id}/pay/",
            (
                _plan,
                replace(_amount, optional=True, help=_("Left empty: all that is owed now.")),
                _pin,
                _key,
            ),
            gives="transfer",
        ),
    ),
)

TRANSFERS = Group(
    "transfers",
    "transfer",
    _("Transfers and schedules"),
    (
        Action(
            "transfer",
            _("Transfer"),
            "POST",
            "transfers/",
            (_source, _target, _amount, _memo, _pin, _key),
            gives="transfer",
        ),
        Action(
            "receipt",
            _("Receipt"),
            "GET",
            "transfers/{transfer_id}/",
            (Field("transfer_id", pgettext_lazy("console", "Transfer"), place="path", things="transfer"),),
        ),
        Action(
            "plan-transfer",
            _("Schedule a transfer"),
            "POST",
            "scheduled-transfers/",
            (
                _source,
                _target,
                _amount,
                _memo,
                Field("first_run_at", _("First time (Korean time)"), kind="moment"),
                Field(
                    "repeat",
                    _("Repeat"),
                    kind="choice",
                    choices=tuple(Repeat.choices),
                ),
                Field("ends_on", _("Last day"), kind="day", optional=True),
                _pin,
                _key,
            ),
            gives="schedule",
        ),
        Action("schedules", _("Scheduled transfers"), "GET", "scheduled-transfers/", gives="schedule"),
        Action(
            "schedule",
            _("One schedule and its runs"),
            "GET",
            "scheduled-transfers/{schedule_id}/",
            (_schedule,),
        ),
        Action(
            "cancel-schedule",
            _("Cancel a schedule"),
            "DELETE",
            "scheduled-transfers/{schedule_id}/",
            (_schedule,),
        ),
    ),
)
