"""The wallets app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

SCHEDULE_SECONDS = 1.0
DUES_SECONDS = 30.0


class WalletsConfig(AppConfig):
    name = "wallets"
    verbose_name = _("wallets")

    def ready(self) -> None:
        from accounts.personal_data import sources
        from accounts.services import before_account_deletion
        from chat import jobs
        from chat.services import before_closing, before_leaving
        from wallets.guards import install_guards
        from wallets.personal_data import files_of
        from wallets.schedules.runs import run_due
        from wallets.services.dues_cards import announce_due_periods
        from wallets.services.members import close_wallets_of_channel, leave_wallets_of_channel
        from wallets.services.reminders import remind_automatically
        from wallets.services.wallets import close_of_deleted_account
        from wallets.slips import register_presenters

        register_presenters()
        post_migrate.connect(install_guards, sender=self, dispatch_uid="wallets.install_guards")
        jobs.register("schedule", run_due, every_seconds=SCHEDULE_SECONDS)
        jobs.register("schedule", announce_due_periods, every_seconds=DUES_SECONDS)
        jobs.register("schedule", remind_automatically, every_seconds=DUES_SECONDS)
        for hooks, hook in (
            (before_leaving, leave_wallets_of_channel),
            (before_closing, close_wallets_of_channel),
            (before_account_deletion, close_of_deleted_account),
            (sources, files_of),
        ):
            if hook not in hooks:
                hooks.append(hook)
