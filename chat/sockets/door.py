"""Who may open a socket: a Bearer token, or a session cookie from a page of ours."""

from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from accounts.credentials import Access, person_of_session, person_of_token
from chat.protocol import Close


def admit(scope: dict) -> Access | Close:
    """The person behind this handshake, or the code to close with. Asks the database: run in a thread.

    A cookie travels with every request that a foreign page makes the browser send, so it counts only with
    an Origin of ours; a token does not travel by itself. A page says whose it is (`?user=`): when somebody
    else has logged in meanwhile, what it still wants to send is not theirs.
    """
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    host = headers.get("host", "")
    if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        return Close.ORIGIN
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme:
        access = person_of_token(token.strip()) if scheme.lower() == "bearer" else None
        return access or Close.NOT_LOGGED_IN
    if not _is_ours(headers.get("origin", ""), host):
        return Close.ORIGIN
    session_key = _session_key(headers.get("cookie", ""))
    access = person_of_session(session_key) if session_key else None
    return access if access and _is_expected(access, scope) else Close.NOT_LOGGED_IN


def _is_expected(access: Access, scope: dict) -> bool:
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
    named = query.get("user")
    return named is None or named == [str(access.user.pk)]


def _is_ours(origin: str, host: str) -> bool:
    return bool(origin) and (urlsplit(origin).netloc == host or origin in settings.CSRF_TRUSTED_ORIGINS)


def _session_key(cookie: str) -> str:
    try:
        morsel = SimpleCookie(cookie).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return morsel.value if morsel else ""
