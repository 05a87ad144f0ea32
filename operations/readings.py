"""What the last check of the books found, as readings."""

from django.utils import timezone

from chat.meters import Reading
from operations.models import BooksCheck


def _last_check() -> BooksCheck | None:
    return BooksCheck.objects.exclude(took_seconds=None).order_by("began_at").last()


def _differences() -> float | None:
    check = _last_check()
    return check and check.differences


def _age_seconds() -> float | None:
    check = _last_check()
    return check and (timezone.now() - check.began_at).total_seconds()


def register() -> None:
    """Every process tells them; the same again replaces them."""
    Reading(
        "messenger_books_differences", "Differences that the last check of the books found.", _differences
    )
    Reading(
        "messenger_books_check_age_seconds", "Since the last finished check of the books began.", _age_seconds
    )
