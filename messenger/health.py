"""Is this process alive, can it serve? For operators and load balancers; no log-in.

`HealthDoor` answers in front of Django, whose way hops between loop and threads so often that under overload
an answer took eight seconds: a balancer would have taken a process that works for dead. The views are its
twins for servers without it.
"""

import logging

from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat.sockets.node import Node
from messenger.bare import send_document
from messenger.problems import CONTENT_TYPE, problem, retry_after

logger = logging.getLogger(__name__)
NEVER_CACHED = ("Cache-Control", "max-age=0, no-cache, no-store, must-revalidate, private")
ALIVE = {"status": "ok"}


class HealthDoor:
    """The ASGI application in front: answers GET and HEAD of /healthz and /readyz, passes on all else."""

    def __init__(self, application) -> None:
        self._application = application

    async def __call__(self, scope, receive, send) -> None:
        if scope["path"] not in ("/healthz", "/readyz") or scope["method"] not in ("GET", "HEAD"):
            await self._application(scope, receive, send)
            return
        status, document, headers = 200, ALIVE, {}
        if scope["path"] == "/readyz":
            status, document, headers = await Node.of_this_loop().in_thread(readiness)
        everything = [NEVER_CACHED, *headers.items()]
        await send_document(send, status, document, everything, with_body=scope["method"] == "GET")


def readiness() -> tuple[int, dict, dict[str, str]]:
    """200 when the database answers and is migrated this far, else 503 with Retry-After; 503 as well
    once this process was told to end, before it stops listening.

    Redis and the message store are left out on purpose: talking goes on without them.
    """
    node = Node.running()
    if node and node.leaving:
        return 503, problem(503, "leaving", "This process is about to end; others serve."), retry_after(2)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM chat_channel LIMIT 1")
    except Error as error:
        connection.close()
        logger.warning("not ready: %s", type(error).__name__)
        detail = "The database cannot be reached or is not migrated."
        return 503, problem(503, "database_unavailable", detail), retry_after(2)
    return 200, {"status": "ready"}, {}


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers. Asks nobody else: a restart would not bring a database back."""
    return JsonResponse(ALIVE)


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """As `readiness` has it."""
    status, document, headers = readiness()
    content_type = "application/json" if status < 400 else CONTENT_TYPE
    return JsonResponse(document, status=status, headers=headers, content_type=content_type)
