"""The wiring app: settings, addresses, health and system checks."""

from importlib import import_module

from django.apps import AppConfig


class MessengerConfig(AppConfig):
    name = "messenger"

    def ready(self) -> None:
        import_module("messenger.checks")
