"""A page to try the HTTP API on. This app has no rows; it reads from chat and wallets, neither knows it."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "console"
