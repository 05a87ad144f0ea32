"""Which browsers somebody has logged in with before, kept in a signed cookie of each.

A known browser counts its wrong guesses alone: however many strangers guess at an account, its owner still
comes in where they came in before. The cookie lets nobody in.
"""

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import salted_hmac

SALT = "accounts.known_browsers"
SECONDS = 365 * 24 * 3600
MOST_PEOPLE = 5  # who share a browser


def cookie_name() -> str:
    """Over https only this very host can have set it."""
    return "__Host-known" if settings.HTTPS else "known"


def known_as(request: HttpRequest, email: str) -> str:
    """The name of this browser, when the account with this (tidy) address was logged in with it; else ""."""
    name, people = _read(request)
    return name if name and _mark(email) in people else ""


def remember(request: HttpRequest, response: HttpResponseBase, email: str) -> None:
    """Let the browser know that it was logged in with, for a year."""
    name, people = _read(request)
    people = [_mark(email), *(one for one in people if one != _mark(email))][:MOST_PEOPLE]
    response.set_cookie(
        cookie_name(),
        signing.dumps([name or secrets.token_hex(8), people], salt=SALT),
        max_age=SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.HTTPS,
    )


def _read(request: HttpRequest) -> tuple[str, list[str]]:
    try:
        name, people = signing.loads(request.COOKIES.get(cookie_name(), ""), salt=SALT, max_age=SECONDS)
    except signing.BadSignature:
        return "", []
    return name, people


def _mark(email: str) -> str:
    """The account in the cookie: nobody who reads it there learns the address."""
    return salted_hmac(SALT, email, algorithm="sha256").hexdigest()[:16]
