"""Is this process alive, can it serve? For operators and load balancers; no log-in."""

import logging

from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

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
