"""Typed readers of the process environment. A wrong value stops the start and names its variable."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    """The variable without surrounding blanks; the default when it is unset or empty."""
    return os.environ.get(name, "").strip() or default


def switch(name: str, *, default: bool) -> bool:
    """An on/off variable. Raises ImproperlyConfigured for any other word."""
    word = text(name, "on" if default else "off").lower()
    if word in {"on", "true", "yes", "1"}:
        return True
    if word in {"off", "false", "no", "0"}:
        return False
    raise ImproperlyConfigured(f"{name}={word!r}: allowed are on and off.")


def whole_number(name: str, default: int) -> int:
    """A number of at least 1. Raises ImproperlyConfigured for anything else."""
    value = text(name, str(default))
    if not value.isascii() or not value.isdecimal() or int(value) < 1:
        raise ImproperlyConfigured(f"{name}={value!r}: a whole number of at least 1 is needed.")
    return int(value)


def port(name: str, default: int | None = None) -> int | None:
    """A TCP port; the default when unset. Raises ImproperlyConfigured for anything else."""
    value = text(name)
    if not value:
        return default
    if not value.isascii() or not value.isdecimal() or not 0 < int(value) < 65536:
        raise ImproperlyConfigured(f"{name}={value!r}: a number from 1 to 65535 is needed.")
    return int(value)


def choice(name: str, allowed: tuple[str, ...], default: str) -> str:
    """One of a few words. Raises ImproperlyConfigured for any other."""
    word = text(name, default)
    if word not in allowed:
        raise ImproperlyConfigured(f"{name}={word!r}: allowed are {', '.join(allowed)}.")
    return word


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated variable as a list without empty entries."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def folder(name: str, default: Path) -> Path:
    """A folder, made when it is missing."""
    path = Path(text(name, str(default))).resolve()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name}={path}: cannot be used as a folder ({error.strerror})."
        ) from error
    return path


def url(name: str, schemes: tuple[str, ...], *, path_required: bool = False) -> str:
    """A server's URL, or "" when unset, which selects the embedded part.

    Raises ImproperlyConfigured for a foreign scheme, a missing host or, where one is needed, a missing
    database name: half a URL must not start half a site.
    """
    value = text(name)
    if not value:
        return ""
    parts = urlsplit(value)
    if parts.scheme not in schemes:
        raise ImproperlyConfigured(f"{name}: the URL must begin with one of {', '.join(schemes)}://.")
    if not parts.hostname:
        raise ImproperlyConfigured(f"{name}: the URL names no host.")
    if path_required and not parts.path.strip("/"):
        raise ImproperlyConfigured(
            f"{name}: the URL names no database, as in {parts.scheme}://host/messenger."
        )
    return value


def servers(name: str) -> str:
    """A `host:port,host:port` list, or "" when unset. Raises ImproperlyConfigured for anything else."""
    for server in words(name):
        host, _, port = server.rpartition(":")
        if not host or "/" in host or not port.isdigit():
            raise ImproperlyConfigured(f"{name}: {server!r} is not host:port.")
    return text(name)
