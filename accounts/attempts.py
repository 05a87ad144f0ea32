"""Limits guesses at a secret. A try is counted before the secret is compared, in a transaction of its own:
simultaneous guesses cannot slip past the limit and a refused request does not take its count back."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Attempt
from accounts.refusals import Refusal

LOCK = timedelta(minutes=15)
MEMORY = timedelta(hours=1)
_KEY_LENGTH = 255


class TooManyAttempts(Refusal):
    """The secret is locked against guessing for `retry_after_seconds`."""

    code = "too_many_attempts"
    status = 429
    detail = _("Too many attempts. Please wait a while and try again.")


@dataclass(frozen=True, slots=True)
class Counter:
    """Tries at one secret: after `most` wrong ones it is locked for LOCK.

    `shared` counts the tries of many people (an address, a channel): there a right guess takes back only
    itself, so that nobody can clear the counter with a secret of his own.
    """

    key: str
    most: int
    shared: bool = False


def spend(*counters: Counter) -> None:
    """Count one try at each of them, before comparing. Raises TooManyAttempts when any is locked; then none
    is counted. Locks the counters' rows in key order. Must not be called inside a transaction."""
    if not settings.RATE_LIMITS:
        return None
    for _row in counters:  # each may be made by another request first: then it is there to be locked
        try:
            return _spend(counters)
        except IntegrityError:
            continue
    return _spend(counters)


def forgive(*counters: Counter) -> None:
    """The guess was right: own counters are cleared, shared ones get this one try back."""
    if not settings.RATE_LIMITS:
        return
    with transaction.atomic(durable=True):
        rows = _locked_rows(counters)
        for counter in counters:
            row = rows.get(_key(counter))
            if row:
                row.failures = max(row.failures - 1, 0) if counter.shared else 0
                row.locked_until = row.locked_until if row.failures >= counter.most else None
                row.save()


def unlock(keys: list[str]) -> int:
    """Forget what was counted under these keys. Returns how many there were."""
    return Attempt.objects.filter(key__in=keys).delete()[0]


def forget_old() -> int:
    """Delete counters that no longer count. Safe at any time; returns how many there were."""
    long_ago = timezone.now() - MEMORY
    return Attempt.objects.filter(updated_at__lt=long_ago).delete()[0]


def _spend(counters: tuple[Counter, ...]) -> None:
    now = timezone.now()
    with transaction.atomic(durable=True):
        rows = _locked_rows(counters)
        locks = [row.locked_until for row in rows.values() if row.locked_until and row.locked_until > now]
        if locks:
            raise TooManyAttempts(retry_after_seconds=(max(locks) - now).total_seconds())
        for counter in sorted(counters, key=_key):
            row = rows.get(_key(counter)) or Attempt(key=_key(counter), updated_at=now)
            if row.locked_until or row.updated_at < now - MEMORY:
                row.failures = 0
            row.failures += 1
            row.locked_until = now + LOCK if row.failures >= counter.most else None
            # A new row must be inserted: an update would overwrite what another request just counted.
            row.save(force_insert=row._state.adding)


def _locked_rows(counters: tuple[Counter, ...]) -> dict[str, Attempt]:
    keys = [_key(counter) for counter in counters]
    return {row.key: row for row in Attempt.objects.select_for_update().filter(key__in=keys).order_by("key")}


def _key(counter: Counter) -> str:
    return counter.key[:_KEY_LENGTH]
