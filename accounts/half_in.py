"""Who proved their password in this browser and has yet to give a code. It lets nobody in by itself."""

import time

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import urlencode

from accounts.models import User

SECONDS = 300
_KEY = "half_in"


def hold(request: HttpRequest, user: User, wanted: str) -> HttpResponse:
    """Remember it in the session, and lead to where the code is asked for; `wanted` is where they go then."""
    request.session[_KEY] = [user.pk, user.get_session_auth_hash(), time.time()]
    query = f"?{urlencode({'next': wanted})}" if wanted else ""
    return redirect(reverse("accounts:code") + query)


def held(request: HttpRequest) -> User | None:
    """Who it is; None when nobody, too long ago, shut out since or with another password by now."""
    user_id, password, since = request.session.get(_KEY) or (None, "", 0)
    if user_id is None or not 0 <= time.time() - since <= SECONDS:
        return None
    user = User.objects.filter(pk=user_id, is_active=True).first()
    return user if user and constant_time_compare(user.get_session_auth_hash(), password) else None


def let_go(request: HttpRequest) -> None:
    """Forget it."""
    request.session.pop(_KEY, None)
