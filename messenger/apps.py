"""The wiring app: settings, addresses, health and system checks."""

from django.apps import AppConfig


class MessengerConfig(AppConfig):
    name = "messenger"
