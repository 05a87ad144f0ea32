"""The one error shape of the HTTP API, an RFC 9457 problem document, and Django's own error pages in it."""

import math
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views import csrf, defaults

CONTENT_TYPE = "application/problem+json"
API_PREFIXES = ("/api/", "/hooks/")


def problem(status: int, code: str, detail: str, errors: dict | None = None) -> dict:
    """The document. `code` is stable, `detail` is for people, `errors` holds messages by input."""
    document = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": str(detail),
        "code": code,
    }
    return document | {"errors": errors} if errors else document


def retry_after(seconds: float) -> dict[str, str]:
    """The header that says when the same request may succeed: whole seconds, at least one."""
    return {"Retry-After": str(max(1, math.ceil(seconds)))}


def _is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith(API_PREFIXES)


def _answer(status: int, code: str, detail: str) -> JsonResponse:
    return JsonResponse(problem(status, code, detail), status=status, content_type=CONTENT_TYPE)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler400: refused before a view ran, such as a foreign host name."""
    if _is_api(request):
        return _answer(400, "malformed", _("The request cannot be understood."))
    return defaults.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler403."""
    if _is_api(request):
        return _answer(403, "not_allowed", _("You are not allowed to do this."))
    return defaults.permission_denied(request, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler404."""
    if _is_api(request):
        return _answer(404, "not_found", _("There is nothing at this address."))
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500: says nothing about the cause, which stands in the server's log."""
    if _is_api(request):
        return _answer(500, "server_error", _("Something went wrong on our side."))
    return defaults.server_error(request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW."""
    if _is_api(request):
        detail = reason if settings.DEBUG else _("The CSRF token is missing or wrong.")
        return _answer(403, "csrf_failed", detail)
    return csrf.csrf_failure(request, reason)
