"""The operations app: what the site tells those who run it. It reads from chat and wallets; neither knows it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperationsConfig(AppConfig):
    name = "operations"
    verbose_name = _("operations")
