"""Gives every request and every socket an id, and writes the line that says how it ended."""

import logging
import time
from collections.abc import Callable

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import sync_and_async_middleware
from django.utils.functional import SimpleLazyObject

from chat import log_ids
from operations.logs import ACCESS

HEADER = b"x-request-id"
logger = logging.getLogger(ACCESS)


class WithIds:
    """The outermost ASGI application: an id for what comes in, answered in X-Request-ID, one line at its end.

    A client's or proxy's own X-Request-ID is kept when it is harmless.
    """

    def __init__(self, application) -> None:
        self._application = application

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] == "http":
            await self._answer(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._attend(scope, receive, send)
        else:
            await self._application(scope, receive, send)

    async def _answer(self, scope, receive, send) -> None:
        began = time.perf_counter()
        ids = log_ids.LogIds(request=_given_id(scope))
        log_ids.enter(ids)
        status = 0

        async def send_with_id(event) -> None:
            nonlocal status
            if event["type"] == "http.response.start":
                status = event["status"]
                event["headers"] = [*event.get("headers", ()), (HEADER, ids.request.encode())]
            await send(event)

        try:
            await self._application(scope, receive, send_with_id)
        finally:
            _write(scope["method"], scope["path"], status or 500, began)

    async def _attend(self, scope, receive, send) -> None:
        began = time.perf_counter()
        log_ids.enter(log_ids.LogIds(request=_given_id(scope), socket=log_ids.fresh_id()))
        code = 1006

        async def receive_until_end() -> dict:
            nonlocal code
            event = await receive()
            if event["type"] == "websocket.disconnect":
                code = int(event.get("code") or 1005)
            return event

        try:
            await self._application(scope, receive_until_end, send)
        finally:
            _write("SOCKET", scope["path"], code, began)


def _given_id(scope) -> str:
    for name, value in scope["headers"]:
        if name == HEADER:
            return log_ids.id_or_fresh(value.decode("latin-1"))
    return log_ids.fresh_id()


def _write(method: str, path: str, status: int, began: float) -> None:
    """The path without its query, which holds what people look for."""
    if logger.isEnabledFor(logging.INFO):
        ms = round((time.perf_counter() - began) * 1000, 1)
        told = {"method": method, "path": path, "status": status, "ms": ms}
        logger.info("%s %s %d", method, path, status, extra=told)


@sync_and_async_middleware
def person_of_request(answer: Callable):
    """Lets lines of the log name who asks, once something else had to find it out; asks nobody itself.
    Stands behind AuthenticationMiddleware."""

    def note(request: HttpRequest) -> None:
        log_ids.current().find_user = lambda: _known_user_id(request)

    if iscoroutinefunction(answer):

        async def middleware(request: HttpRequest) -> HttpResponse:
            note(request)
            return await answer(request)

    else:

        def middleware(request: HttpRequest) -> HttpResponse:
            note(request)
            return answer(request)

    return middleware


def _known_user_id(request: HttpRequest) -> int | None:
    user = request.user
    if isinstance(user, SimpleLazyObject):  # asked for only once somebody needed it; then it is kept here
        user = getattr(request, "_cached_user", None)
    return getattr(user, "pk", None)
