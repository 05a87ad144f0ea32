"""What the pages about people and order ask for. Forms read input; the rules are in chat/services."""

from django import forms
from django.utils.translation import gettext_lazy as _

from chat.messages.writing import SLOW_SECONDS
from chat.models import REASON_LENGTH, Notify
from chat.services.invitations import LIFETIME_SECONDS, PEOPLE
from chat.services.order import MUTE_SECONDS

_INPUT = {"class": "field__input"}
_TIMES = {
    0: _("off"),
    5: _("5 seconds"),
    10: _("10 seconds"),
    30: _("30 seconds"),
    60: _("1 minute"),
    300: _("5 minutes"),
    600: _("10 minutes"),
    900: _("15 minutes"),
    3600: _("1 hour"),
    86_400: _("1 day"),
    7 * 86_400: _("7 days"),
    30 * 86_400: _("30 days"),
}
_NUMBERS = {1: _("1 person"), 10: _("10 people"), 100: _("100 people")}
MUTES = [*((seconds, _TIMES[seconds]) for seconds in MUTE_SECONDS), ("", _("until it is lifted"))]


def _choice(label, choices, **options) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=choices,
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.Select(attrs=_INPUT),
        **options,
    )


class LeaveForm(forms.Form):
    """The way out; the last admin chooses who follows, the owner may."""

    successor_id = _choice(_("Who follows you"), [])
    quietly = forms.BooleanField(label=_("Leave quietly"), required=False)

    def __init__(self, *arguments, others: list, **options) -> None:
        super().__init__(*arguments, **options)
        names = [(one.user_id, one.user.public_name) for one in others]
        self.fields["successor_id"].choices = [("", _("Choose a person")), *names]


class RoleForm(forms.Form):
    """What a member may do."""

    role = forms.ChoiceField(choices=[("admin", "admin"), ("member", "member")])


class MuteForm(forms.Form):
    """For how long; empty: until it is lifted."""

    seconds = _choice(_("For how long"), MUTES)


class BanForm(forms.Form):
    """Why, for the other admins."""

    reason = forms.CharField(
        label=_("Reason (only admins see it)"),
        required=False,
        widget=forms.TextInput(attrs=_INPUT | {"maxlength": REASON_LENGTH, "autocomplete": "off"}),
    )


class NotifyForm(forms.Form):
    """What to be told of."""

    notify = forms.ChoiceField(choices=Notify.choices)


class PauseForm(forms.Form):
    """Slow mode."""

    slow_seconds = _choice(_("Slow mode"), [(seconds, _TIMES[seconds]) for seconds in SLOW_SECONDS])


class InvitationForm(forms.Form):
    """A new invitation."""

    lifetime_seconds = _choice(
        _("It ends after"),
        [*((seconds, _TIMES[seconds]) for seconds in LIFETIME_SECONDS), ("", _("never"))],
        initial=7 * 86_400,
    )
    most_uses = _choice(
        _("It is for"), [("", _("any number of people")), *((most, _NUMBERS[most]) for most in PEOPLE)]
    )
