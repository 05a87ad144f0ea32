"""The chat app."""

import uuid

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from accounts.signals import access_revoked

OUTBOX_SECONDS = 0.2
PUSH_SECONDS = 1
FORGET_SECONDS = 3600
SWEEP_SECONDS = 2


class ChatConfig(AppConfig):
    name = "chat"
    verbose_name = _("chat")

    def ready(self) -> None:
        from accounts.housekeeping import forget_expired
        from accounts.personal_data import sources
        from accounts.services import before_account_deletion
        from chat import jobs, outbox, personal_data
        from chat.attachments import removal
        from chat.people.lines import register_presenters
        from chat.push import subscriptions
        from chat.push.telling import Telling
        from chat.services import before_closing, before_leaving, leave_every_channel

        register_presenters()

        for hooks, hook in (
            (before_leaving, personal_data.remember_leaving),
            (before_closing, personal_data.remember_closing),
            (before_account_deletion, leave_every_channel),
            (before_account_deletion, personal_data.forget_person),  # behind leaving, which remembers
            (sources, personal_data.files_of),
        ):
            if hook not in hooks:
                hooks.append(hook)

        access_revoked.connect(close_sockets, dispatch_uid="close_sockets")
        access_revoked.connect(stop_notifying, dispatch_uid="stop_notifying")
        if subscriptions.is_on():
            jobs.register("push", Telling().step, every_seconds=PUSH_SECONDS)
        jobs.register("outbox", outbox.carry, every_seconds=OUTBOX_SECONDS)
        jobs.register("outbox", forget_expired, every_seconds=FORGET_SECONDS)
        jobs.register("attachments", removal.sweep, every_seconds=SWEEP_SECONDS)
        jobs.register("attachments", removal.release_abandoned, every_seconds=FORGET_SECONDS)


def close_sockets(*, user_id: int, credential: str | None, **_) -> None:
    """A log-in died: its sockets close in every process, told by the log."""
    from chat import outbox
    from chat.pipeline.events import CONTROL_CHANNEL, AccessEvent

    gone = AccessEvent(CONTROL_CHANNEL, uuid.uuid4().hex, user=user_id, credential=credential)
    outbox.record(gone)


def stop_notifying(*, user_id: int, credential: str | None, **_) -> None:
    """A log-in died: the browsers that it brought hear nothing more."""
    from chat.push import subscriptions

    subscriptions.forget(user_id=user_id, credential=credential)
