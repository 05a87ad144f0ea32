"""What proves who somebody is after the log-in: sessions and tokens, their short ids, their death."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from hmac import compare_digest
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, logout
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from knox.crypto import hash_token
from knox.models import AuthToken
from knox.settings import CONSTANTS

from accounts.models import Device, User
from accounts.signals import access_revoked, token_issued


@dataclass(frozen=True, slots=True)
class Access:
    """Who came in and by which log-in. `credential` names the session or token and is no secret."""

    user: User
    credential: str
    expires_at: datetime | None


def credential_of_session(session_key: str) -> str:
    """The id of a session that may be stored and logged; the session key itself may not."""
    return "s:" + sha256(session_key.encode()).hexdigest()[:16]


def credential_of_token(token_key: str) -> str:
    """The id of a token that may be stored and logged. `token_key` is the kept beginning of the token."""
    return "t:" + sha256(token_key.encode()).hexdigest()[:16]


def issue_token(user: User, agent: str = "") -> tuple[str, datetime]:
    """A new token, which is kept as a hash only, and when it expires. `agent` is what its program calls
    itself."""
    kept, token = AuthToken.objects.create(user=user)
    token_issued.send(sender=User, token=kept, agent=agent)
    user.last_login = kept.created
    user.save(update_fields=["last_login"])
    return token, kept.expiry


def token_row(token: str) -> AuthToken | None:
    """The living token of an active person behind this secret, or None."""
    if not token.isascii() or not token.isalnum() or len(token) > 256:
        return None
    candidates = AuthToken.objects.select_related("user").filter(
        token_key=token[: CONSTANTS.TOKEN_KEY_LENGTH], expiry__gt=timezone.now(), user__is_active=True
    )
    digest = hash_token(token)
    return next((row for row in candidates if compare_digest(row.digest, digest)), None)


def person_of_token(token: str) -> Access | None:
    """Who holds this token; None when it is unknown, expired, revoked or its person inactive."""
    row = token_row(token)
    return Access(row.user, credential_of_token(row.token_key), row.expiry) if row else None


def person_of_session(session_key: str) -> Access | None:
    """Who is logged in by this session; None when it is unknown, expired, logged out, its person inactive or
    the password changed since."""
    session = _sessions()(session_key)
    held = session.load()
    if not held or held.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    user = User.objects.filter(pk=held.get(SESSION_KEY), is_active=True).first()
    if user is None or not _fits(user, held.get(HASH_SESSION_KEY, "")):
        return None
    return Access(user, credential_of_session(session_key), session.get_expiry_date())


def _fits(user: User, session_hash: str) -> bool:
    """The session was made under the present password (and a key that is not retired)."""
    valid = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(session_hash, one) for one in valid)


def log_out(request: HttpRequest, token: AuthToken | None = None) -> None:
    """End the log-in of this request: its token, or else its session. A second call changes nothing."""
    if token is None:
        logout(request)  # tells through Django's user_logged_out, see session_ended
    else:
        revoke_token(token)


def revoke_token(token: AuthToken) -> None:
    """Kill one token and tell its sockets."""
    token.delete()
    announce_revoked(token.user_id, credential_of_token(token.token_key))


def session_ended(sender, request: HttpRequest, user: User | None, **kwargs) -> None:
    """Receives Django's user_logged_out, which the admin site sends too. Django deletes the session only
    afterwards; by then its socket could have come back, so it is deleted here first."""
    session_key = request.session.session_key if hasattr(request, "session") else None
    if user is not None and session_key:
        end_session(user.pk, session_key)


def end_session(user_id: int, session_key: str) -> None:
    """Kill one session of this person and tell its sockets."""
    _sessions()().delete(session_key)
    Device.objects.filter(credential=credential_of_session(session_key)).delete()
    announce_revoked(user_id, credential_of_session(session_key))


def living_sessions() -> QuerySet:
    """The sessions that have not expired, whoever's."""
    return _sessions().get_model_class().objects.filter(expire_date__gt=timezone.now())


def _sessions():
    return import_module(settings.SESSION_ENGINE).SessionStore


def renew_session(user: User, session_key: str) -> None:
    """Let this session go on under the password that the person has now."""
    session = _sessions()(session_key)
    if session.get(SESSION_KEY) == str(user.pk):
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()


def end_all(user: User, keep_session_key: str | None = None) -> None:
    """Kill every token of this person and tell every socket. Sessions die by the changed password or the
    inactive account, which the caller saves in the same transaction; one may be renewed by the caller."""
    AuthToken.objects.filter(user=user).delete()
    kept = credential_of_session(keep_session_key) if keep_session_key else ""
    Device.objects.filter(user=user).exclude(credential=kept).delete()
    announce_revoked(user.pk, None)


def announce_revoked(user_id: int, credential: str | None) -> None:
    """Send access_revoked after the commit. A failing listener is logged and undoes nothing."""
    tell: Callable[[], object] = partial(
        access_revoked.send_robust, sender=User, user_id=user_id, credential=credential
    )
    transaction.on_commit(tell)
