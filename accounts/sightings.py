"""Notices log-ins as they begin and as they are used, for the list of accounts/devices.py."""

from collections.abc import Callable

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware
from knox.models import AuthToken

from accounts import devices
from accounts.credentials import credential_of_session, credential_of_token
from accounts.models import User


def browser_logged_in(sender, request: HttpRequest, user: User, **kwargs) -> None:
    """Receives Django's user_logged_in, which the admin site sends too."""
    if request.session.session_key is None:
        request.session.create()
    _note_session(request, user.pk, request.session.session_key)


def program_logged_in(sender, token: AuthToken, agent: str, **kwargs) -> None:
    """Receives token_issued."""
    credential = credential_of_token(token.token_key)
    devices.note(user_id=token.user_id, credential=credential, agent=agent, token=token)


def token_used(token: AuthToken, agent: str) -> None:
    """Note a token that came with a request, once in ten minutes."""
    if devices.is_due(credential_of_token(token.token_key)):
        program_logged_in(None, token, agent)


@sync_and_async_middleware
def note_browser(answer: Callable):
    """Notes the session of a request that found out who asks, once in ten minutes; asks nobody itself.
    Stands behind AuthenticationMiddleware."""

    def due(request: HttpRequest) -> tuple[int, str] | None:
        user_id = getattr(getattr(request, "_cached_user", None), "pk", None)
        key = request.session.session_key if user_id else None
        return (user_id, key) if key and devices.is_due(credential_of_session(key)) else None

    if iscoroutinefunction(answer):

        async def middleware(request: HttpRequest) -> HttpResponseBase:
            response = await answer(request)
            if found := due(request):
                await sync_to_async(_note_session)(request, *found)
            return response

    else:

        def middleware(request: HttpRequest) -> HttpResponseBase:
            response = answer(request)
            if found := due(request):
                _note_session(request, *found)
            return response

    return middleware


def _note_session(request: HttpRequest, user_id: int, key: str) -> None:
    agent = request.META.get("HTTP_USER_AGENT", "")
    devices.note(user_id=user_id, credential=credential_of_session(key), agent=agent, session_key=key)
