"""People, tokens and locks in the admin site."""

from functools import partial

from django import forms
from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, BaseUserCreationForm, UserChangeForm
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from knox.models import AuthToken

from accounts import attempts, codes, credentials, known_browsers, letters, mail, services
from accounts.addresses import address_of
from accounts.admin_pages import OperatorPage
from accounts.codes import CodeNeeded
from accounts.models import USERNAME_LENGTH, Attempt, User
from accounts.refusals import Refusal
from accounts.text import tidy_line


class OperatorLogIn(AdminAuthenticationForm):
    """The admin site's log-in, with the same limit on guesses as every other log-in."""

    def clean(self) -> dict:
        """Raises ValidationError for a wrong password, a locked account or somebody who is no operator."""
        email, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if email is not None and password:
            try:
                self.user_cache = services.authenticate_person(
                    email=email,
                    password=password,
                    address=address_of(self.request),
                    known_as=partial(known_browsers.known_as, self.request),
                )
            except CodeNeeded:
                raise  # accounts/admin_site.py leads to where the code is asked for
            except Refusal as refusal:
                raise ValidationError(refusal.detail, code=refusal.code) from refusal
            self.confirm_login_allowed(self.user_cache)
        return self.cleaned_data


class _TidyPerson(forms.ModelForm):
    """The same rules for names and addresses as at sign-up."""

    def clean_email(self) -> str:
        """The address as it is kept."""
        return self._tidied(services.tidy_email, self.cleaned_data["email"])

    def clean_username(self) -> str:
        """The name as it is kept."""
        return self._tidied(
            lambda name: tidy_line(name, field="username", longest=USERNAME_LENGTH),
            self.cleaned_data["username"],
        )

    def _tidied(self, tidy, value: str) -> str:
        try:
            return tidy(value)
        except Refusal as refusal:
            raise ValidationError(refusal.detail, code=refusal.code) from refusal


class NewPerson(_TidyPerson, BaseUserCreationForm):
    """An account made by an operator."""

    class Meta:
        model = User
        fields = ["email", "username"]


class ChangedPerson(_TidyPerson, UserChangeForm):
    """An account changed by an operator."""

    class Meta:
        model = User
        fields = ["email", "username", "password", "is_staff", "is_superuser", "groups", "user_permissions"]


class OperatorPasswordChange(AdminPasswordChangeForm):
    """A new password given by an operator ends every log-in of the person, who is told by mail."""

    def save(self, commit=True) -> User:
        """Save and end all log-ins in one transaction."""
        with transaction.atomic():
            user = super().save(commit)
            credentials.end_all(user)
            transaction.on_commit(partial(mail.post, letters.about_changed_password(user.email)))
        return user


@admin.register(User)
class People(OperatorPage, UserAdmin):
    """People. An account is deactivated or, by the person, deleted; its row stays for messages and books."""

    form, add_form, change_password_form = ChangedPerson, NewPerson, OperatorPasswordChange
    list_display = ["id", "username", "email", "is_active", "is_staff", "date_joined", "last_login"]
    list_display_links = ["id", "username"]
    list_filter = ["is_active", "is_staff", ("deleted_at", admin.EmptyFieldListFilter)]
    search_fields = ["email", "username"]
    actions = ["deactivate_people", "reactivate_people", "forget_codes"]
    filter_horizontal = ["groups", "user_permissions"]
    fieldsets = [
        (None, {"fields": ["email", "username", "password"]}),
        (_("rights"), {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]}),
        (_("dates"), {"fields": ["date_joined", "last_login", "email_verified_at", "deleted_at"]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "username", "password1", "password2"]})]

    def has_add_permission(self, request) -> bool:
        """Operators with the right may make accounts."""
        return admin.ModelAdmin.has_add_permission(self, request)

    def has_change_permission(self, request, obj=None) -> bool:
        """A deleted account stays as it is; only a superuser touches a superuser."""
        if obj is not None and (obj.deleted_at or (obj.is_superuser and not request.user.is_superuser)):
            return False
        return admin.ModelAdmin.has_change_permission(self, request, obj)

    def get_readonly_fields(self, request, obj=None) -> list[str]:
        """Only a superuser gives rights: others could give themselves everything."""
        always = ["is_active", "date_joined", "last_login", "email_verified_at", "deleted_at"]
        rights = ["is_staff", "is_superuser", "groups", "user_permissions"]
        return always if request.user.is_superuser else always + rights

    def save_model(self, request, obj: User, form, change: bool) -> None:
        """Write what was changed and nothing else: the rest may have changed since the page was opened."""
        columns = {field.name for field in self.opts.concrete_fields}
        changed = [name for name in form.changed_data if name in columns]
        if "email" in changed:
            obj.email_verified_at = None
            changed.append("email_verified_at")
        obj.save(update_fields=changed if change else None)

    @admin.action(description=_("Deactivate: shut out, keep everything"), permissions=["change"])
    def deactivate_people(self, request, queryset) -> None:
        """All log-ins die at once."""
        people = [one for one in queryset.exclude(pk=request.user.pk) if self._may_change(request, one)]
        self.apply(request, people, lambda user: services.deactivate(user=user), gettext_noop("Deactivated"))

    @admin.action(description=_("Reactivate: let in again"), permissions=["change"])
    def reactivate_people(self, request, queryset) -> None:
        """They log in anew."""
        people = [one for one in queryset if self._may_change(request, one)]
        self.apply(request, people, lambda user: services.reactivate(user=user), gettext_noop("Reactivated"))

    @admin.action(description=_("Switch one-time codes off: the phone is lost"), permissions=["change"])
    def forget_codes(self, request, queryset) -> None:
        """They log in with the password alone and are told by mail."""
        people = [one for one in queryset if self._may_change(request, one)]
        self.apply(request, people, codes.turn_off, gettext_noop("Codes switched off"))

    def _may_change(self, request, user: User) -> bool:
        return request.user.is_superuser or not user.is_superuser


@admin.register(Attempt)
class Attempts(OperatorPage):
    """Guesses at secrets."""

    list_display = ["key", "failures", "locked_until", "updated_at"]
    search_fields = ["key"]
    ordering = ["key"]
    actions = ["unlock"]

    @admin.action(description=_("Unlock"), permissions=["change"])
    def unlock(self, request, queryset) -> None:
        """They may try again."""
        self.apply(request, queryset, lambda row: attempts.unlock([row.key]), gettext_noop("Unlocked"))


admin.site.unregister(AuthToken)
for shown_with_secrets in (TOTPDevice, StaticDevice):
    admin.site.unregister(shown_with_secrets)


@admin.register(AuthToken)
class Tokens(OperatorPage):
    """Living log-ins of programs. The secret itself is not kept."""

    list_display = ["token_key", "user", "created", "expiry"]
    list_select_related = ["user"]
    search_fields = ["user__email"]
    fields = ["token_key", "user", "created", "expiry"]
    ordering = ["-created"]
    actions = ["revoke"]

    @admin.action(description=_("Revoke"), permissions=["change"])
    def revoke(self, request, queryset) -> None:
        """Sockets of this token close."""
        self.apply(
            request, queryset.select_related("user"), credentials.revoke_token, gettext_noop("Revoked")
        )


admin.site.login_form = OperatorLogIn
admin.site.site_header = admin.site.site_title = _("Messenger operation")
