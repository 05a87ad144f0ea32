"""The accounts app."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_out
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("people")

    def ready(self) -> None:
        from accounts.credentials import session_ended

        user_logged_out.connect(session_ended, dispatch_uid="accounts.session_ended")
