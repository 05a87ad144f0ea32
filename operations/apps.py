"""What the site tells those who run it. This app reads from chat and wallets; neither knows it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

BOOKS_SECONDS = 30.0


class OperationsConfig(AppConfig):
    name = "operations"
    verbose_name = _("operations")

    def ready(self) -> None:
        from chat import jobs, processes
        from operations import databases, endpoint, logs, readings, sampler
        from operations.books import check_books

        for action in (logs.begin, endpoint.begin, sampler.begin):
            if action not in processes.when_begun:
                processes.when_begun.append(action)
        databases.begin()
        readings.register()
        jobs.register("books", check_books, every_seconds=BOOKS_SECONDS)
