"""What the account pages ask for. Forms read input; the rules, lengths too, are in accounts/services.py."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.models import USERNAME_LENGTH
from accounts.refusals import Refusal
from accounts.services import EMAIL_LENGTH, PASSWORD_LENGTH

REQUIRED = {"required": _("This field may not be empty.")}


def posted(request: HttpRequest):
    """What a form is bound to: also an empty POST is one."""
    return request.POST if request.method == "POST" else None


def show_refusal(form: forms.Form, refusal: Refusal) -> None:
    """Put the refusal at the field it names, or above the form when the form does not ask for that."""
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.detail))
    form.refusal = refusal


def marked(response: HttpResponse, *forms: forms.Form) -> HttpResponse:
    """The page with these forms, as 429 with Retry-After when one of them was sent too often."""
    for form in forms:
        if refusal := getattr(form, "refusal", None):
            refusal.mark_answer(response)
    return response


def _input(**attributes) -> dict:
    return {"class": "field__input", **attributes}


def email_field() -> forms.CharField:
    """An address as text: whether it is one is for the service to say, in one voice on every entrance."""
    return forms.CharField(
        label=_("E-mail"),
        error_messages=REQUIRED,
        widget=forms.EmailInput(
            attrs=_input(autocomplete="email", placeholder="minjun@example.com", maxlength=EMAIL_LENGTH)
        ),
    )


def name_field() -> forms.CharField:
    """The name that others see."""
    return forms.CharField(
        label=_("Name"),
        error_messages=REQUIRED,
        widget=forms.TextInput(attrs=_input(autocomplete="name", maxlength=USERNAME_LENGTH)),
    )


def password_field(label, *, autocomplete: str, help_text="") -> forms.CharField:
    """A password exactly as typed; it is never sent back into the page."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        strip=False,
        error_messages=REQUIRED,
        widget=forms.PasswordInput(attrs=_input(autocomplete=autocomplete, maxlength=PASSWORD_LENGTH)),
    )


NEW_PASSWORD_HELP = _("8 characters or more. The longer, the safer.")


class SignUpForm(forms.Form):
    """A new account."""

    username = name_field()
    email = email_field()
    password = password_field(_("Password"), autocomplete="new-password", help_text=NEW_PASSWORD_HELP)


class LogInForm(forms.Form):
    """Proof of who somebody is."""

    email = email_field()
    password = password_field(_("Password"), autocomplete="current-password")


class ForgottenForm(forms.Form):
    """Whose password was forgotten."""

    email = email_field()


class NewPasswordForm(forms.Form):
    """The password that a link lets choose. `user` is what Django's view gives; the service judges."""

    new_password = password_field(_("New password"), autocomplete="new-password", help_text=NEW_PASSWORD_HELP)

    def __init__(self, user, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)


def _code_field() -> forms.CharField:
    """A code as the app shows it, or a recovery code."""
    return forms.CharField(
        label=_("Code"),
        error_messages=REQUIRED,
        max_length=20,
        widget=forms.TextInput(
            attrs=_input(autocomplete="one-time-code", autocapitalize="none", maxlength=20)
        ),
    )


class CodeForm(forms.Form):
    """A one-time code."""

    code = _code_field()


class ConfirmForm(forms.Form):
    """The password once more."""

    password = password_field(_("Password"), autocomplete="current-password")


class EndCodesForm(ConfirmForm):
    """What it takes to switch codes off."""

    code = _code_field()


class NameForm(forms.Form):
    """Another name."""

    username = name_field()


class PasswordForm(forms.Form):
    """Another password, confirmed with the present one."""

    current_password = password_field(_("Current password"), autocomplete="current-password")
    new_password = password_field(_("New password"), autocomplete="new-password", help_text=NEW_PASSWORD_HELP)


class DownloadForm(forms.Form):
    """A person's data, handed out against the password."""

    password = password_field(_("Password"), autocomplete="current-password")


class DeleteAccountForm(forms.Form):
    """The end of an account, confirmed with its password."""

    password = password_field(_("Password"), autocomplete="current-password")


class AppearanceForm(forms.Form):
    """Light, dark, or as the system is."""

    theme = forms.ChoiceField(
        choices=[("", _("As the system")), ("light", _("Light")), ("dark", _("Dark"))], required=False
    )
