"""What the site tells those who run it. This app reads from chat and wallets; neither knows it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperationsConfig(AppConfig):
    name = "operations"
    verbose_name = _("operations")
