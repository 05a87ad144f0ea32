"""The chat app."""

import uuid

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from accounts.signals import access_revoked

OUTBOX_SECONDS = 0.2
FORGET_SECONDS = 3600


class ChatConfig(AppConfig):
    name = "chat"
    verbose_name = _("chat")

    def ready(self) -> None:
        from accounts.housekeeping import forget_expired
        from accounts.services import before_account_deletion
        from chat import jobs, outbox
        from chat.services import leave_every_channel

        if leave_every_channel not in before_account_deletion:
            before_account_deletion.append(leave_every_channel)

        access_revoked.connect(close_sockets, dispatch_uid="close_sockets")
        jobs.register("outbox", outbox.carry, every_seconds=OUTBOX_SECONDS)
        jobs.register("outbox", forget_expired, every_seconds=FORGET_SECONDS)


def close_sockets(*, user_id: int, credential: str | None, **_) -> None:
    """A log-in died: its sockets close in every process, told by the log."""
    from chat import outbox
    from chat.pipeline.events import AccessEvent

    outbox.record(AccessEvent(channel=0, id=uuid.uuid4().hex, user=user_id, credential=credential))
