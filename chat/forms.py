"""What the channel pages ask for. Forms read input; the rules are in chat/services."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import REQUIRED
from chat.models import DESCRIPTION_LENGTH, NAME_LENGTH
from chat.protocol import CLIENT_ID
from chat.services.channels import PASSWORD_LONGEST

_INPUT = {"class": "field__input"}


def _channel_password_field(help_text="") -> forms.CharField:
    return forms.CharField(
        label=_("Channel password"),
        help_text=help_text,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs=_INPUT | {"autocomplete": "off", "maxlength": PASSWORD_LONGEST}),
    )


class ChannelForm(forms.Form):
    """A channel, new or changed."""

    name = forms.CharField(
        label=_("Channel name"),
        error_messages=REQUIRED,
        widget=forms.TextInput(
            attrs=_INPUT
            | {"autocomplete": "off", "maxlength": NAME_LENGTH, "placeholder": _("Saturday hikers")}
        ),
    )
    description = forms.CharField(
        label=_("What is it about?"),
        required=False,
        widget=forms.Textarea(attrs=_INPUT | {"rows": 3, "maxlength": DESCRIPTION_LENGTH}),
    )
    is_private = forms.BooleanField(label=_("Private channel"), required=False)
    password = _channel_password_field(_("4 to 64 characters. Only a private channel needs one."))


class JoinForm(forms.Form):
    """The way into a channel."""

    password = _channel_password_field()


class MessageForm(forms.Form):
    """A message written without JavaScript. The text stays as typed; the service judges it."""

    text = forms.CharField(strip=False, required=False)
    client_id = forms.RegexField(CLIENT_ID.pattern, max_length=64)
