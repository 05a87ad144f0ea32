"""Incoming webhooks: addresses at which programs post into one channel. Makes, lists and revokes them, and
carries out what comes in."""

import secrets
from datetime import timedelta
from hashlib import sha256
from uuid import uuid4

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.refusals import Refusal
from accounts.text import tidy_line
from chat import log_ids
from chat.messages import posting
from chat.models import BOT_NAME_LENGTH, Role, Webhook
from chat.pipeline.events import MessageEvent, Position
from chat.refusals import AdminsOnly
from chat.services import channel_for
from chat.services.locking import lock_as_admin

TOKEN_BYTES = 32
TOKEN_LONGEST = 64
MOST_OF_A_CHANNEL = 20
# A busy bot would otherwise write the same row a hundred times a minute.
USE_NOTED_EVERY = timedelta(minutes=1)


class WebhookNotFound(Refusal):
    """Unknown, revoked, of another or of a closed channel: the answer does not tell which."""

    code, status = "webhook_not_found", 404
    detail = _("There is no such webhook, or it was revoked.")


class TooManyWebhooks(Refusal):
    """The channel has as many as it may."""

    code, status = "too_many_webhooks", 409
    detail = _("A channel has at most 20 bots. Revoke one first.")


def webhooks_of(*, user, channel_id: int) -> QuerySet[Webhook]:
    """The living webhooks of a channel, newest first; an admin's right. Raises ChannelNotFound,
    AdminsOnly."""
    if channel_for(user=user, channel_id=channel_id).my_role != Role.ADMIN:
        raise AdminsOnly
    living = Webhook.objects.filter(channel=channel_id, revoked_at=None)
    return living.select_related("created_by").order_by("-pk")


def make_webhook(*, user, channel_id: int, name: str) -> tuple[Webhook, str]:
    """A new webhook and its token, which is known to nobody afterwards; an admin's right.

    Raises ChannelNotFound, AdminsOnly, InvalidInput or TooManyWebhooks. Locks the channel. Called twice it
    makes two.
    """
    name = tidy_line(name, field="name", longest=BOT_NAME_LENGTH)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with transaction.atomic():
        channel = lock_as_admin(user, channel_id)
        if Webhook.objects.filter(channel=channel, revoked_at=None).count() >= MOST_OF_A_CHANNEL:
            raise TooManyWebhooks
        made = Webhook.objects.create(
            channel=channel, name=name, created_by=user, token_digest=_digest(token)
        )
    return made, token


def revoke_webhook(*, user, channel_id: int, webhook_id: int) -> None:
    """Nothing comes in there from now on; what came stays. An admin's right. Raises ChannelNotFound,
    AdminsOnly, or WebhookNotFound, also the second time."""
    found = webhooks_of(user=user, channel_id=channel_id).filter(pk=webhook_id)
    if not found.update(revoked_at=timezone.now()):
        raise WebhookNotFound


def revoke_as_operator(*, webhook: Webhook) -> None:
    """The same for an operator of the site. Raises WebhookNotFound when it was revoked already."""
    if not Webhook.objects.filter(pk=webhook.pk, revoked_at=None).update(revoked_at=timezone.now()):
        raise WebhookNotFound


def webhook_of(token: str) -> Webhook:
    """The living webhook with this token. Raises WebhookNotFound.

    Found by the digest's unique key: how long that takes tells nothing about the tokens that are kept.
    """
    if len(token) <= TOKEN_LONGEST and token.isascii():
        living = Webhook.objects.filter(revoked_at=None, channel__closed_at=None)
        found = living.filter(token_digest=_digest(token)).first()
        if found is not None:
            return found
    raise WebhookNotFound


def post_from(
    webhook: Webhook, *, text: str, client_id: str | None = None
) -> tuple[MessageEvent, Position, bool]:
    """Post under the webhook's name and wait for the log: event, position, and whether it is new.

    The same client_id again returns the first message; without one each call is a message of its own. Names
    in the text call nobody. Raises BadMessage, or LogAway: repeat with the same client_id.
    """
    event = posting.make_message(
        user_id=webhook.author_id,
        username=webhook.name,
        channel_id=webhook.channel_id,
        client_id=uuid4().hex if client_id is None else client_id,
        text=text,
    )
    log_ids.current().message = event.id
    first = posting.first_message(event.id)
    if first is not None:
        return *first, False
    position = posting.append(event)
    _note_use(webhook)
    return event, position, True


def _note_use(webhook: Webhook) -> None:
    now = timezone.now()
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - USE_NOTED_EVERY)
    Webhook.objects.filter(stale, pk=webhook.pk).update(last_used_at=now)


def _digest(token: str) -> str:
    # No salt and no slow hash: 256 random bits cannot be guessed.
    return sha256(token.encode()).hexdigest()
