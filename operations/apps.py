"""What the site tells those who run it. This app reads from chat and wallets; neither knows it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperationsConfig(AppConfig):
    name = "operations"
    verbose_name = _("operations")

    def ready(self) -> None:
        from chat import processes
        from operations import endpoint

        if endpoint.begin not in processes.when_begun:
            processes.when_begun.append(endpoint.begin)
