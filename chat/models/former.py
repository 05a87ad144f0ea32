"""Where people were."""

from django.conf import settings
from django.db import models

from chat.models.channel import Channel


class FormerMembership(models.Model):
    """Somebody was in a channel. Only so their own words there can be found for them; it gives no right."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    left_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "user"], name="one_former_membership_per_person")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} was in {self.channel_id}"
