"""Throws away what no longer counts. The worker calls it now and then."""

from importlib import import_module

from django.conf import settings
from django.utils import timezone
from knox.models import AuthToken

from accounts import attempts, devices


def forget_expired() -> None:
    """Delete expired tokens and sessions and old counters of guesses. Safe at any time and in parallel."""
    AuthToken.objects.filter(expiry__lt=timezone.now()).delete()
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    devices.forget_ended()
    attempts.forget_old()
