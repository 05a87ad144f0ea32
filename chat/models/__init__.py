"""The rows of chat. Messages are none: they live in the log and in the message store."""

from chat.models.attachment import FILE_NAME_LENGTH, Attachment
from chat.models.channel import DESCRIPTION_LENGTH, NAME_LENGTH, Channel, Membership, Notify, Role
from chat.models.former import FormerMembership
from chat.models.order import (
    BOT_NAME_LENGTH,
    REASON_LENGTH,
    Ban,
    Invitation,
    KeptMute,
    Report,
    ReportReason,
    ReportState,
    Webhook,
)
from chat.models.outbox import OutboxEvent
from chat.models.push import PushSubscription, QuietHours

__all__ = [
    "BOT_NAME_LENGTH",
    "DESCRIPTION_LENGTH",
    "FILE_NAME_LENGTH",
    "NAME_LENGTH",
    "REASON_LENGTH",
    "Attachment",
    "Ban",
    "Channel",
    "FormerMembership",
    "Invitation",
    "KeptMute",
    "Membership",
    "Notify",
    "OutboxEvent",
    "PushSubscription",
    "QuietHours",
    "Report",
    "ReportReason",
    "ReportState",
    "Role",
    "Webhook",
]
