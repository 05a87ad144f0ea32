"""Hands notifications to the push services of browsers."""

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from threading import local

import requests
from django.conf import settings
from pywebpush import WebPushException, webpush

from chat.meters import Counter
from chat.models import PushSubscription

logger = logging.getLogger(__name__)
AT_ONCE = 8
ANSWER_SECONDS = 5
KEPT_SECONDS = 3_600  # by the push service, for a browser that is off
GONE = {404, 410}

pushed = Counter(
    "messenger_push_total", "Notifications handed to push services, by what became of them.", label="kind"
)
for outcome in ("sent", "gone", "refused", "failed"):
    pushed.add(0, label=outcome)  # so that each is told before it first happens
_thread = local()


def send_all(notifications: list[tuple[PushSubscription, dict]]) -> None:
    """Send each, a few at once. At most once: what a push service does not take is not repeated, for the next
    message brings the next notification. Subscriptions that are gone there go here."""
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="push") as threads:
        outcomes = list(threads.map(_send, notifications))
    gone = [one.pk for (one, _), outcome in zip(notifications, outcomes, strict=True) if outcome == "gone"]
    PushSubscription.objects.filter(pk__in=gone).delete()
    for outcome in outcomes:
        pushed.add(label=outcome)


def _send(notification: tuple[PushSubscription, dict]) -> str:
    subscription, told = notification
    try:
        webpush(
            {
                "endpoint": subscription.endpoint,
                "keys": {"p256dh": subscription.p256dh, "auth": subscription.auth},
            },
            json.dumps(told, ensure_ascii=False),
            vapid_private_key=settings.VAPID_PRIVATE_KEY,
            vapid_claims={"sub": settings.VAPID_SUBJECT},
            ttl=KEPT_SECONDS,
            timeout=ANSWER_SECONDS,
            requests_session=_session(),
        )
    except WebPushException as refusal:
        status = refusal.response.status_code if refusal.response is not None else 0
        if status in GONE:
            return "gone"
        logger.warning("push: refused with %d", status)
        return "refused"
    except (requests.RequestException, ValueError) as error:
        logger.warning("push: not delivered (%s)", type(error).__name__)
        return "failed"
    return "sent"


def _session() -> requests.Session:
    """One a thread, so that connections are kept. No redirects: only known addresses are posted to."""
    if not hasattr(_thread, "session"):
        _thread.session = requests.Session()
        _thread.session.max_redirects = 0
    return _thread.session
