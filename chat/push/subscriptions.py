"""Which browsers want to be told: made by a log-in, gone with it."""

import re
from hashlib import sha256
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.refusals import Refusal
from chat.models import PushSubscription

# A point of P-256 without compression, and 16 random bytes: what RFC 8291 asks for, in base64url.
P256DH = re.compile(r"[A-Za-z0-9_-]{87}=?")
AUTH = re.compile(r"[A-Za-z0-9_-]{22}(==)?")
MOST_PER_PERSON = 10
LONGEST_ENDPOINT = 1_000


class PushOff(Refusal):
    """This site sends none."""

    code, status = "push_off", 409
    detail = _("This site does not send notifications.")


class SubscriptionInvalid(Refusal):
    """Not what a browser's Push API gives, or of a push service that this site does not know."""

    code, status = "push_subscription_invalid", 422
    detail = _("This browser cannot be reached.")


def is_on() -> bool:
    """Whether this site sends notifications."""
    return bool(settings.VAPID_SUBJECT)


def subscribe(*, user, credential: str, endpoint: str, p256dh: str, auth: str) -> PushSubscription:
    """Tell this browser of what comes. The same endpoint again is the same subscription, and belongs to
    whoever came last: a browser has one person at a time. Beyond MOST_PER_PERSON the oldest goes.

    Raises PushOff, SubscriptionInvalid.
    """
    if not is_on():
        raise PushOff
    if not _is_known(endpoint) or not P256DH.fullmatch(p256dh) or not AUTH.fullmatch(auth):
        raise SubscriptionInvalid
    kept, _created = PushSubscription.objects.update_or_create(
        endpoint_digest=_digest(endpoint),
        defaults={
            "user": user,
            "endpoint": endpoint,
            "p256dh": p256dh,
            "auth": auth,
            "credential": credential,
        },
    )
    newest = PushSubscription.objects.filter(user=user).order_by("-pk").values_list("pk", flat=True)
    PushSubscription.objects.filter(pk__in=list(newest[MOST_PER_PERSON:])).delete()
    return kept


def unsubscribe(*, user, endpoint: str) -> None:
    """Tell this browser nothing more. A second call changes nothing."""
    PushSubscription.objects.filter(user=user, endpoint_digest=_digest(endpoint)).delete()


def forget(*, user_id: int, credential: str | None) -> None:
    """The log-in died, or all of this person: its browsers hear nothing more."""
    dead = PushSubscription.objects.filter(user_id=user_id)
    (dead if credential is None else dead.filter(credential=credential)).delete()


def _is_known(endpoint: str) -> bool:
    """Whether it is an address of a known push service: the site posts there, so it must not be any address
    that somebody likes (one of our own network, say)."""
    if len(endpoint) > LONGEST_ENDPOINT or not endpoint.isascii():
        return False
    parts = urlsplit(endpoint)
    if parts.username or parts.password:
        return False
    origin = f"{parts.scheme}://{parts.netloc}"
    return any(_matches(origin, service) for service in settings.PUSH_SERVICES)


def _matches(origin: str, service: str) -> bool:
    """`https://*.example.com` stands for every host below that name."""
    before, star, after = service.partition("*")
    if not star:
        return origin == service
    middle = origin[len(before) : -len(after)]
    return (
        origin.startswith(before)
        and origin.endswith(after)
        and re.fullmatch(r"[a-z0-9.-]+", middle) is not None
    )


def _digest(endpoint: str) -> str:
    return sha256(endpoint.encode()).hexdigest()
