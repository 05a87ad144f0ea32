"""Events that still have to reach the log."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OutboxEvent(models.Model):
    """An event that was decided with rows and still has to reach the log.

    Written in the same transaction as the rows and deleted once it is appended (chat/outbox.py). From
    `due_at` on it is the worker's to append (at least once: readers drop repeats by the event's id).
    """

    channel_id = models.BigIntegerField()
    payload = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("event on its way to the log")
        verbose_name_plural = _("events on their way to the log")

    def __str__(self) -> str:
        return f"event {self.pk} of channel {self.channel_id}"
