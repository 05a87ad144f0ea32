"""What the pages of dues and spend requests ask for. Forms read input; the rules are in wallets/services."""

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import REQUIRED
from wallets.dues.periods import current_period, months_after, parse_period, period_text
from wallets.forms import WonField, key_field, small_won
from wallets.models.spending import REASON_LENGTH
from wallets.models.wallet import NAME_LENGTH

_INPUT = {"class": "field__input", "autocomplete": "off"}
_NUMBER = _INPUT | {"inputmode": "numeric"}
MONTHS_TO_CHOOSE = range(-3, 7)


class PlanForm(forms.Form):
    """Dues that are to be collected every month."""

    title = forms.CharField(
        label=_("What are they called?"),
        error_messages=REQUIRED,
        widget=forms.TextInput(attrs=_INPUT | {"maxlength": NAME_LENGTH}),
    )
    amount = WonField(label=_("Each person, every month"))
    day = forms.IntegerField(
        label=_("Due on this day of the month"),
        min_value=1,
        max_value=31,
        error_messages=REQUIRED,
        help_text=_("In a shorter month its last day counts."),
        widget=forms.NumberInput(attrs=_NUMBER),
    )
    grace_days = forms.IntegerField(
        label=_("Days of grace"), min_value=0, max_value=31, widget=forms.NumberInput(attrs=_NUMBER)
    )
    starts_on = forms.TypedChoiceField(
        label=_("First month"), coerce=parse_period, widget=forms.Select(attrs=_INPUT)
    )
    exempt = forms.TypedMultipleChoiceField(
        label=_("Who never pays"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    reminds = forms.BooleanField(label=_("Remind by itself"), required=False)

    def __init__(self, *arguments, people: list, month_label, **options) -> None:
        super().__init__(*arguments, **options)
        months = [months_after(current_period(), number) for number in MONTHS_TO_CHOOSE]
        self.fields["starts_on"].choices = [(period_text(month), month_label(month)) for month in months]
        self.fields["exempt"].choices = [(user.pk, user.public_name) for user in people]


class CashForm(forms.Form):
    """Cash that a member gave to the treasurer."""

    amount = small_won(_("Cash received"))
    key = key_field()


class ExemptionForm(forms.Form):
    """Somebody need not pay."""

    reason = forms.CharField(
        label=_("Reason"), required=False, widget=forms.TextInput(attrs=_INPUT | {"maxlength": NAME_LENGTH})
    )


class SpendForm(forms.Form):
    """Money asked from a group wallet."""

    amount = WonField(label=_("Amount to ask for"))
    reason = forms.CharField(
        label=_("What is it for?"),
        error_messages=REQUIRED,
        widget=forms.TextInput(attrs=_INPUT | {"maxlength": REASON_LENGTH}),
    )


def period_or_none(text: str | None) -> date | None:
    """A month from an address; None where there is none that can be read."""
    try:
        return parse_period(text or "")
    except ValueError:
        return None
