"""Typed readers of the process environment. A wrong value stops the start and names its variable.

Each variable may come from a file instead, named by the variable with `_FILE` behind it: secrets stay out of
the environment, which every child inherits and many tools print.
"""

import contextlib
import os
import secrets
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email


def text(name: str, default: str = "") -> str:
    """The variable, or what the file of `<name>_FILE` holds, without surrounding blanks; the default when
    both are unset or empty. Raises ImproperlyConfigured when both are set or the file gives nothing."""
    given = os.environ.get(name, "").strip()
    path = os.environ.get(f"{name}_FILE", "").strip()
    if not path:
        return given or default
    if given:
        raise ImproperlyConfigured(f"{name} and {name}_FILE are both set: set one of them.")
    return _content(f"{name}_FILE", path)


def _content(name: str, path: str) -> str:
    """What this file holds. An empty one is refused: a secret must not silently become the default."""
    try:
        content = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise ImproperlyConfigured(f"{name}={path}: cannot be read ({reason}).") from error
    if not content:
        raise ImproperlyConfigured(f"{name}={path}: the file is empty.")
    return content


def switch(name: str, *, default: bool) -> bool:
    """An on/off variable. Raises ImproperlyConfigured for any other word."""
    word = text(name, "on" if default else "off").lower()
    if word in {"on", "true", "yes", "1"}:
        return True
    if word in {"off", "false", "no", "0"}:
        return False
    raise ImproperlyConfigured(f"{name}={word!r}: allowed are on and off.")


def whole_number(name: str, default: int | None, *, least: int = 1) -> int | None:
    """A number of at least `least`; the default when unset. Raises ImproperlyConfigured for anything else."""
    value = text(name)
    if not value:
        return default
    if not _is_number(value) or int(value) < least:
        raise ImproperlyConfigured(f"{name}={value!r}: a whole number of at least {least} is needed.")
    return int(value)


def _is_number(value: str) -> bool:
    """Whether these are digits, and few enough for Python to read them."""
    return value.isascii() and value.isdecimal() and len(value) < 20


def _is_port(value: str) -> bool:
    return _is_number(value) and 0 < int(value) < 65_536


def hosts(name: str, default: str) -> list[str]:
    """The names of the site. Raises ImproperlyConfigured for `*`: with any name in links and in the check of
    a socket's Origin, there would be no check."""
    named = words(name, default)
    if "*" in named:
        raise ImproperlyConfigured(f"{name}=*: name the hosts under which the site is reached.")
    return named


def refuse_weak_secret(name: str, value: str, length: int) -> None:
    """Raises ImproperlyConfigured for what somebody could guess: short, of few different characters, or made
    for examples. The message does not quote it."""
    if len(value) < length or len(set(value)) < 10 or value.startswith("django-insecure-"):
        raise ImproperlyConfigured(
            f"{name}: too easy to guess. At least {length} random characters are needed, as by "
            "python -c 'import secrets; print(secrets.token_urlsafe(50))'; unset, one is made and kept."
        )


def secret(name: str, folder: Path, length: int = 50, least: int = 0) -> str:
    """The secret of this name, of at least so many characters, or one of `length` bytes made once for this
    data folder: sessions and PINs outlive a restart without a set-up step."""
    given = text(name)
    if given:
        refuse_weak_secret(name, given, least)
        return given
    path = folder / name.lower()
    if not path.exists():
        fresh = folder / f"{name.lower()}.{secrets.token_hex(4)}"
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(length))
        with contextlib.suppress(FileExistsError):  # another process was first: its key is used
            path.hardlink_to(fresh)
        fresh.unlink()
    return path.read_text()


def port(name: str, default: int | None = None) -> int | None:
    """A TCP port; the default when unset. Raises ImproperlyConfigured for anything else."""
    value = text(name)
    if not value:
        return default
    if not _is_port(value):
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
    parts = _split(name, value)
    if parts.scheme not in schemes:
        raise ImproperlyConfigured(f"{name}: the URL must begin with one of {', '.join(schemes)}://.")
    if not parts.hostname:
        raise ImproperlyConfigured(f"{name}: the URL names no host.")
    if path_required and not parts.path.strip("/"):
        raise ImproperlyConfigured(
            f"{name}: the URL names no database, as in {parts.scheme}://host/messenger."
        )
    return value


def _split(name: str, value: str) -> SplitResult:
    """The parts of a URL. Raises ImproperlyConfigured for what is none; the message does not quote it, for it
    may hold a password."""
    try:
        parts = urlsplit(value)
        # MongoDB's URLs name several hosts, which have ports of their own.
        _ = "," in parts.netloc or parts.port
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: this is no URL.") from error
    return parts


def lacks_password(address: str) -> bool:
    """Whether this URL names a user whose password is to come from elsewhere."""
    parts = urlsplit(address)
    return bool(parts.username) and parts.password is None


def bucket(name: str) -> dict | None:
    """Where an S3-compatible server keeps files, as options of django-storages' S3Storage; None when unset.

    `s3://key:secret@host/bucket?region=…`, or `s3+http://` for a server without TLS. Without a key, boto3
    looks for one in its own places. Raises ImproperlyConfigured for a foreign scheme, a missing host or
    bucket, or half a key.
    """
    value = text(name)
    if not value:
        return None
    parts = _split(name, value)
    scheme = {"s3": "https", "s3+http": "http"}.get(parts.scheme)
    if scheme is None:
        raise ImproperlyConfigured(f"{name}: the URL must begin with s3:// or s3+http://.")
    holder = parts.path.strip("/")
    if not parts.hostname or not holder or "/" in holder:
        raise ImproperlyConfigured(f"{name}: the URL names no host and bucket, as in s3://host/bucket.")
    if bool(parts.username) != bool(parts.password):
        raise ImproperlyConfigured(f"{name}: the URL has half a key, as in s3://key:secret@host/bucket.")
    return {
        "endpoint_url": f"{scheme}://{parts.netloc.rpartition('@')[2]}",
        "bucket_name": holder,
        "access_key": unquote(parts.username) if parts.username else None,
        "secret_key": unquote(parts.password) if parts.password else None,
        "region_name": parse_qs(parts.query).get("region", [None])[0],
    }


def mail_server(name: str) -> dict | None:
    """Where mail is handed over, as options of Django's SMTP backend; None when unset.

    `smtp+tls://user:password@host:587` (STARTTLS), `smtps://` (TLS from the start), or `smtp://` without TLS.
    Raises ImproperlyConfigured for a foreign scheme, a missing host, half a log-in, one that would travel
    without TLS to another machine, or anything behind the port.
    """
    value = text(name)
    if not value:
        return None
    parts = urlsplit(value)
    usual_port = {"smtp": 25, "smtp+tls": 587, "smtps": 465}.get(parts.scheme)
    if usual_port is None:
        raise ImproperlyConfigured(f"{name}: the URL must begin with smtp+tls://, smtps:// or smtp://.")
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise ImproperlyConfigured(f"{name}: needed is smtp+tls://user:password@host:587 and nothing more.")
    if bool(parts.username) != bool(parts.password):
        raise ImproperlyConfigured(f"{name}: the URL has half a log-in, as in smtp+tls://user:password@host.")
    if parts.username and parts.scheme == "smtp" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise ImproperlyConfigured(f"{name}: a password needs TLS: smtp+tls:// or smtps://.")
    try:
        asked_port = parts.port
    except ValueError as wrong:
        raise ImproperlyConfigured(f"{name}: the port is a number from 1 to 65535.") from wrong
    return {
        "host": parts.hostname,
        "port": asked_port or usual_port,
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_tls": parts.scheme == "smtp+tls",
        "use_ssl": parts.scheme == "smtps",
    }


def sender(name: str) -> str:
    """Whom mail comes from, `address` or `name <address>`; "" when unset. Raises ImproperlyConfigured."""
    value = text(name)
    try:
        if value:
            validate_email(parseaddr(value)[1])
    except ValidationError as invalid:
        raise ImproperlyConfigured(
            f"{name}={value!r}: needed is talk@example.com or Talk <talk@example.com>."
        ) from invalid
    return value


def servers(name: str) -> str:
    """A `host:port,host:port` list, or "" when unset. Raises ImproperlyConfigured for anything else."""
    for server in words(name):
        host, _, port = server.rpartition(":")
        if not host or "/" in host or not _is_port(port):
            raise ImproperlyConfigured(f"{name}: {server!r} is not host:port.")
    return text(name)
