"""The accounts app."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("people")

    def ready(self) -> None:
        from accounts.credentials import session_ended
        from accounts.personal_data import account_files, sources

        if account_files not in sources:
            sources.insert(0, account_files)

        from accounts.sightings import browser_logged_in, program_logged_in
        from accounts.signals import token_issued

        user_logged_in.connect(browser_logged_in, dispatch_uid="accounts.browser_logged_in")
        token_issued.connect(program_logged_in, dispatch_uid="accounts.program_logged_in")
        user_logged_out.connect(session_ended, dispatch_uid="accounts.session_ended")
