"""The chat app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChatConfig(AppConfig):
    name = "chat"
    verbose_name = _("chat")

    def ready(self) -> None:
        from accounts.services import before_account_deletion
        from chat.services import leave_every_channel

        if leave_every_channel not in before_account_deletion:
            before_account_deletion.append(leave_every_channel)
