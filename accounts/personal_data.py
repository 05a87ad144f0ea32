"""What the site keeps of a person, as a file of their own. Knows no other app: each registers its
part."""

import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from accounts import attempts, codes
from accounts.models import User
from accounts.services import confirm_password

DOWNLOADS_AT_ONCE = 5  # of one person; then a pause (accounts/attempts.py)

# A file's name and its rows, some at a time. A piece may be empty: each is a bounded piece of work, so that
# no thread searches for minutes.
File = tuple[str, Iterable[list[dict]]]
# Called with the person; each gives its files.
sources: list[Callable[[User], Iterable[File]]] = []


def download(*, user: User, password: str) -> StreamingHttpResponse:
    """Everything that `sources` know of this person as a zip of JSON files, made while it is sent: memory
    stays the same however much it is. What changes meanwhile may be in it or not.

    Asks for the password: an open browser is not enough to carry somebody's life away. Raises WrongPassword
    or TooManyAttempts.
    """
    confirm_password(user=user, password=password)
    attempts.spend(attempts.Counter(f"personal-data:{user.pk}", DOWNLOADS_AT_ONCE, shared=True))
    pieces = _pieces(user, get_language())
    response = StreamingHttpResponse(pieces, content_type="application/zip")
    name = f"{_('my data')} {timezone.localdate()}.zip"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["Cache-Control"] = "no-store"
    return response


class _Sink:
    """What the zip is written to. It cannot seek, so the zip never looks back."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing is kept back."""

    def take(self) -> bytes:
        """What was written since the last time."""
        taken, self._pieces = b"".join(self._pieces), []
        return taken


async def _pieces(user: User, language: str) -> AsyncIterator[bytes]:
    """Asynchronous: of a synchronous iterator Django would keep all pieces before it sends the first."""
    steps = _zipped(user)
    step = sync_to_async(override(language)(next))
    while (piece := await step(steps, None)) is not None:
        if piece:
            yield piece


def _zipped(user: User) -> Iterator[bytes]:
    sink = _Sink()
    with ZipFile(sink, "w", ZIP_DEFLATED) as archive:
        for source in sources:
            for name, pieces in source(user):
                entry = ZipInfo(name, timezone.localtime().timetuple()[:6])
                entry.compress_type = ZIP_DEFLATED
                with archive.open(entry, "w", force_zip64=True) as file:
                    for text in _as_array(pieces):
                        file.write(text.encode())
                        yield sink.take()
    yield sink.take()


def _as_array(pieces: Iterable[list[dict]]) -> Iterator[str]:
    """One JSON array, an object a line."""
    before = "[\n"
    for rows in pieces:
        text = ""
        for row in rows:
            text += before + json.dumps(row, ensure_ascii=False)
            before = ",\n"
        yield text
    yield "[]\n" if before == "[\n" else "\n]\n"


def account_files(user: User) -> Iterator[File]:
    """What accounts itself keeps."""
    account = {
        "id": user.pk,
        "email": user.email,
        "email_verified_at": _moment(user.email_verified_at),
        "username": user.username,
        "asks_for_codes": codes.is_on(user),
        "joined_at": _moment(user.date_joined),
        "last_login": _moment(user.last_login),
    }
    yield "account.json", [[account]]
    tokens = user.auth_token_set.order_by("created")
    log_ins = [{"created_at": _moment(one.created), "expires_at": _moment(one.expiry)} for one in tokens]
    yield "log-ins.json", [log_ins]
    seen = user.devices.order_by("first_seen_at").values("agent", "first_seen_at", "last_seen_at")
    yield (
        "devices.json",
        [[{**one, **{at: _moment(one[at]) for at in ("first_seen_at", "last_seen_at")}} for one in seen]],
    )


def _moment(moment) -> str | None:
    return moment and moment.isoformat()
