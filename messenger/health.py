"""Is this process alive, can it serve, what does it count? For operators and load balancers; no log-in."""

import logging

from django.conf import settings
from django.db import Error, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView

from messenger.problems import CONTENT_TYPE, problem, retry_after

logger = logging.getLogger(__name__)


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers. Asks nobody else: a restart would not bring a database back."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and is migrated this far, else 503 with Retry-After.

    Redis and the message store are left out on purpose: talking goes on without them.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM chat_channel LIMIT 1")
    except Error as error:
        logger.warning("not ready: %s", error)
        document = problem(503, "database_unavailable", "The database cannot be reached or is not migrated.")
        return JsonResponse(document, status=503, content_type=CONTENT_TYPE, headers=retry_after(2))
    return JsonResponse({"status": "ready"})


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text, for this machine or for `Authorization: Bearer METRICS_TOKEN`; 404 to everybody else.

    With a token set, only the token counts: behind a proxy every client seems to be this machine.
    """
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.METRICS_TOKEN:
        welcome = constant_time_compare(given, settings.METRICS_TOKEN)
    else:
        welcome = request.META.get("REMOTE_ADDR") in ("127.0.0.1", "::1")
    if not welcome:
        raise Http404
    return ExportToDjangoView(request)
