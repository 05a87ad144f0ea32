"""A worker audits the books now and then, so that the operations page can say when they were last right."""

import time
from datetime import datetime, timedelta

from django.utils import timezone

from operations.models import BooksCheck
from wallets.ledger import audit

EVERY = timedelta(minutes=5)
AT_MOST_EVERY = timedelta(hours=1)
SHARE_OF_TIME = 0.01  # an audit reads all entries: with millions of them it is made less often
KEPT = timedelta(days=1)


def check_books() -> int:
    """Audit the books if it is time; returns 0, for there is never more to do at once.

    Reads only. Two workers may do it at the same moment, and one that dies leaves a check without an answer:
    both harm nothing.
    """
    now = timezone.now()
    if not _is_time(now):
        return 0
    check = BooksCheck.objects.create(began_at=now)
    began = time.monotonic()
    found = audit.differences()
    check.took_seconds = time.monotonic() - began
    check.differences, check.won = len(found), sum(abs(one.won) for one in found)
    check.save()
    BooksCheck.objects.filter(began_at__lt=now - KEPT).delete()
    return 0


def _is_time(now: datetime) -> bool:
    last = BooksCheck.objects.order_by("began_at").last()
    if last is None:
        return True
    pause = timedelta(seconds=(last.took_seconds or 0) / SHARE_OF_TIME)
    return now >= last.began_at + min(max(EVERY, pause), AT_MOST_EVERY)
