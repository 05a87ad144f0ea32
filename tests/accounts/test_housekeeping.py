from datetime import timedelta

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone
from knox.models import AuthToken

from accounts.attempts import LOCK, MEMORY
from accounts.credentials import issue_token
from accounts.housekeeping import forget_expired
from accounts.models import Attempt


def test_only_what_no_longer_counts_is_forgotten(alice):
    long_ago = timezone.now() - MEMORY - timedelta(seconds=1)
    Attempt.objects.create(key="old")
    Attempt.objects.update(updated_at=long_ago)
    Attempt.objects.create(key="new", locked_until=timezone.now() + LOCK)
    issue_token(alice)
    AuthToken.objects.update(expiry=long_ago)
    issue_token(alice)
    for age in (-1, 1):
        session = SessionStore()
        session.set_expiry(timezone.now() + timedelta(minutes=age))
        session.save()
    forget_expired()
    assert [row.key for row in Attempt.objects.all()] == ["new"]
    assert AuthToken.objects.get().expiry > timezone.now()
    assert Session.objects.get().session_key == session.session_key


def test_locks_outlive_no_memory():
    assert LOCK < MEMORY  # or a lock could be forgotten while it holds
