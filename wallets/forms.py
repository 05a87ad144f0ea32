"""What the wallet pages ask for. Forms read input; the rules are in wallets/services."""

import re
from datetime import datetime, time

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import REQUIRED, password_field
from wallets.browsing import months_back
from wallets.models import Repeat, TransferKind
from wallets.models.ledger import KEY_LENGTH, MEMO_LENGTH
from wallets.models.wallet import DESCRIPTION_LENGTH, NAME_LENGTH
from wallets.refusals import AmountInvalid
from wallets.services.history import IN, OUT, Narrowing

_INPUT = {"class": "field__input"}
_DIGITS = {"inputmode": "numeric", "autocomplete": "off"}
# What people write and paste: 1000, 1,000, 1,000원, ₩1,000. A comma anywhere else is a typo.
_WON = re.compile(r"₩?\s*(\d{1,3}(?:,\d{3}){1,3}|\d{1,11})\s*(?:원|won)?", re.ASCII)


def _text(longest: int, **attributes) -> forms.TextInput:
    return forms.TextInput(attrs=_INPUT | {"autocomplete": "off", "maxlength": longest} | attributes)


def _day() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs=_INPUT | {"type": "date"})


class WonField(forms.CharField):
    """A sum as people write it; its value is a whole number of won."""

    def __init__(self, **options) -> None:
        # Its look comes with the template, templates/wallets/_amount.html.
        large = forms.TextInput(attrs=_DIGITS)
        super().__init__(**{"label": _("Amount"), "widget": large, "error_messages": REQUIRED} | options)

    def to_python(self, value):
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        written = _WON.fullmatch(text)
        if written is None:
            raise ValidationError(AmountInvalid.detail)
        return int(written[1].replace(",", ""))


def small_won(label, **options) -> WonField:
    """A sum beside other questions."""
    return WonField(label=label, widget=_text(16, inputmode="numeric"), **options)


def memo_field() -> forms.CharField:
    """A line that both sides read."""
    return forms.CharField(label=_("Memo"), required=False, widget=_text(MEMO_LENGTH))


def description_field() -> forms.CharField:
    """A line about a group wallet."""
    return forms.CharField(label=_("What is it for?"), required=False, widget=_text(DESCRIPTION_LENGTH))


def key_field() -> forms.CharField:
    """The idempotency key that was made with the page."""
    return forms.CharField(max_length=KEY_LENGTH, widget=forms.HiddenInput)


def _new_pin(label) -> forms.CharField:
    digits = {"inputmode": "numeric", "maxlength": 6, "autocomplete": "new-password"}
    return forms.CharField(
        label=label, strip=False, error_messages=REQUIRED, widget=forms.PasswordInput(attrs=_INPUT | digits)
    )


class PinForm(forms.Form):
    """A new PIN, written twice: nobody can read it back."""

    pin = _new_pin(_("Wallet PIN"))
    pin.help_text = _("4 to 6 digits. It is asked whenever money leaves the wallet.")
    pin_again = _new_pin(_("The same PIN again"))

    def clean(self) -> dict:
        given = super().clean()
        again = given.pop("pin_again", None)
        if "pin" in given and again is not None and given["pin"] != again:
            self.add_error("pin_again", _("The two PINs are not the same."))
        return given


class GroupWalletForm(PinForm):
    """A wallet of a channel."""

    field_order = ["channel_id", "name", "description", "pin", "pin_again"]
    channel_id = forms.TypedChoiceField(
        label=_("Channel"), coerce=int, error_messages=REQUIRED, widget=forms.Select(attrs=_INPUT)
    )
    name = forms.CharField(label=_("Wallet name"), error_messages=REQUIRED, widget=_text(NAME_LENGTH))
    description = forms.CharField(
        label=_("What is it for?"), required=False, widget=_text(DESCRIPTION_LENGTH)
    )

    def __init__(self, *arguments, channels: list, **options) -> None:
        super().__init__(*arguments, **options)
        self.fields["channel_id"].choices = [(channel.pk, channel.name) for channel in channels]


class SettingsForm(forms.Form):
    """What the owner of a group wallet may change."""

    name = forms.CharField(label=_("Wallet name"), error_messages=REQUIRED, widget=_text(NAME_LENGTH))
    description = forms.CharField(
        label=_("What is it for?"), required=False, widget=_text(DESCRIPTION_LENGTH)
    )
    approval_limit = small_won(
        _("Approval limit"),
        required=False,
        help_text=_("Above it a second person has to approve. Empty: no limit."),
    )


class NewPinForm(PinForm):
    """Another PIN, proved by the account's password."""

    field_order = ["password", "pin", "pin_again"]
    password = password_field(_("Password of your account"), autocomplete="current-password")


class DepositForm(forms.Form):
    """Money from outside."""

    amount = WonField(label=_("Amount to put in"))
    memo = memo_field()
    key = key_field()


class TransferForm(forms.Form):
    """What is sent from where; with a day, later."""

    source_id = forms.TypedChoiceField(
        label=_("From which wallet"), coerce=int, error_messages=REQUIRED, widget=forms.Select(attrs=_INPUT)
    )
    amount = WonField(label=_("Amount to send"))
    memo = memo_field()
    first_day = forms.DateField(label=_("Day"), required=False, widget=_day())
    first_time = forms.TimeField(
        label=_("Time"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs=_INPUT | {"type": "time"}),
    )
    repeat = forms.ChoiceField(
        label=_("How often"), choices=Repeat.choices, required=False, widget=forms.Select(attrs=_INPUT)
    )
    ends_on = forms.DateField(label=_("Last day"), required=False, widget=_day())

    def __init__(self, *arguments, sources: list, **options) -> None:
        super().__init__(*arguments, **options)
        self.fields["source_id"].choices = [(wallet.pk, wallet.label) for wallet in sources]

    def clean(self) -> dict:
        """A time, a repeat or an end without a day would silently send now."""
        given = super().clean()
        rest = (
            given.get("first_time"),
            given.get("ends_on"),
            given.get("repeat") not in ("", None, Repeat.ONCE),
        )
        if any(rest) and not given.get("first_day") and "first_day" not in self.errors:
            self.add_error("first_day", _("Choose the day of the first transfer."))
        return given

    def first_run_at(self) -> datetime | None:
        """When it is to run first, in Korean time; None: now."""
        day = self.cleaned_data["first_day"]
        if day is None:
            return None
        return timezone.make_aware(datetime.combine(day, self.cleaned_data["first_time"] or time(9)))


class FilterForm(forms.Form):
    """Which entries to show. What cannot be read is left out and said at its field."""

    PERIODS = [
        ("", _("All the time")),
        ("1", _("1 month")),
        ("3", _("3 months")),
        ("6", _("6 months")),
        ("own", _("Chosen days")),
    ]
    WAYS = [("", _("In and out")), (IN, _("Money in")), (OUT, _("Money out"))]

    period = forms.ChoiceField(
        label=_("Period"), choices=PERIODS, required=False, widget=forms.Select(attrs=_INPUT)
    )
    since = forms.DateField(label=_("From this day"), required=False, widget=_day())
    until = forms.DateField(label=_("Until this day"), required=False, widget=_day())
    way = forms.ChoiceField(
        label=_("Direction"), choices=WAYS, required=False, widget=forms.Select(attrs=_INPUT)
    )
    scheduled = forms.BooleanField(label=_("Scheduled transfers only"), required=False)
    words = forms.CharField(
        label=_("Memo or name"), required=False, max_length=MEMO_LENGTH, widget=_text(MEMO_LENGTH)
    )
    least = small_won(_("Amount from"), required=False)
    most = small_won(_("Amount up to"), required=False)
    before = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)

    def narrowing(self) -> Narrowing:
        """What to leave out; a field that cannot be read narrows nothing."""
        self.is_valid()
        given = self.cleaned_data
        period = given.get("period", "")
        chosen = period in ("", "own")
        return Narrowing(
            first_day=given.get("since") if chosen else months_back(int(period)),
            last_day=given.get("until") if chosen else None,
            direction=given.get("way") or None,
            kind=TransferKind.SCHEDULED if given.get("scheduled") else None,
            words=given.get("words", "").replace("\x00", ""),
            least=given.get("least"),
            most=given.get("most"),
        )

    def clean(self) -> dict:
        """The other way round no day fits."""
        given = super().clean()
        if given.get("since") and given.get("until") and given["until"] < given["since"]:
            self.add_error("until", _("The last day is before the first."))
        return given
