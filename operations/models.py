"""What the operations page remembers: samples of every process, and when the books were checked."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Sample(models.Model):
    """What one process had counted by a moment. `process` names its machine, number and start, so that no
    other is ever called the same; `values` are those of the meters in operations/figures.py."""

    process = models.CharField(max_length=150)
    kind = models.CharField(max_length=10)
    number = models.PositiveSmallIntegerField()
    command = models.CharField(max_length=200)
    started_at = models.DateTimeField()
    at = models.DateTimeField(db_index=True)
    cpu_seconds = models.FloatField()
    memory_bytes = models.PositiveBigIntegerField()
    values = models.JSONField()
    # One of each minute stays for a day, the others only until newer ones are there.
    is_of_minute = models.BooleanField()
    has_ended = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("sample")
        verbose_name_plural = _("samples")

    def __str__(self) -> str:
        return f"{self.process} at {self.at:%H:%M:%S}"


class BooksCheck(models.Model):
    """An audit of the books by a worker. Without `took_seconds` it is under way, or its worker died."""

    began_at = models.DateTimeField(db_index=True)
    took_seconds = models.FloatField(null=True)
    differences = models.PositiveIntegerField(null=True)
    won = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("check of the books")
        verbose_name_plural = _("checks of the books")

    def __str__(self) -> str:
        return f"{self.began_at:%H:%M}: {self.differences}"
