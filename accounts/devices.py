"""Where somebody is logged in: one row for each living log-in, by browser or token, which its owner can end.

A row says what the browser called itself and when it was first and last seen, to ten minutes. It proves
nothing; what proves is the session or the token, and ending a row ends that.
"""

import re
import time
from collections import OrderedDict
from datetime import timedelta
from threading import Lock

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from knox.models import AuthToken

from accounts import credentials
from accounts.models import AGENT_LENGTH, Device, User
from accounts.refusals import Refusal

SEEN_EVERY_SECONDS = 600
REMEMBERED_MOST = 20_000
# The first that fits: each of these also calls itself by the names further down.
BROWSERS = (
    ("KAKAOTALK", gettext_lazy("KakaoTalk")),
    ("NAVER(", gettext_lazy("Naver app")),
    ("Whale/", gettext_lazy("Whale")),
    ("SamsungBrowser/", gettext_lazy("Samsung Internet")),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", gettext_lazy("iPhone")),
    ("iPad", gettext_lazy("iPad")),
    ("Android", gettext_lazy("Android")),
    ("CrOS", "ChromeOS"),
    ("Windows", gettext_lazy("Windows")),
    ("Macintosh", gettext_lazy("Mac")),
    ("Linux", "Linux"),
)
_PROGRAM = re.compile(r"[\w.-]{1,40}")


class DeviceNotFound(Refusal):
    """No living log-in of this person."""

    code = "device_not_found"
    status = 404
    detail = gettext_lazy("This log-in has ended already.")


class _Seen:
    """Log-ins that this process noted lately, so that a page costs no statement for it."""

    def __init__(self) -> None:
        self._noted: OrderedDict[str, float] = OrderedDict()
        self._lock = Lock()

    def is_due(self, credential: str) -> bool:
        """Whether it is to be noted again; asked once, the next ten minutes it is not."""
        now = time.monotonic()
        with self._lock:
            if self._noted.get(credential, -SEEN_EVERY_SECONDS) > now - SEEN_EVERY_SECONDS:
                return False
            self._noted[credential] = now
            self._noted.move_to_end(credential)
            if len(self._noted) > REMEMBERED_MOST:
                self._noted.popitem(last=False)
            return True


_seen = _Seen()
is_due = _seen.is_due


def note(
    *, user_id: int, credential: str, agent: str, session_key: str = "", token: AuthToken | None = None
) -> None:
    """This log-in was used now. The first time it gets its row."""
    _seen.is_due(credential)
    row = {"user_id": user_id, "session_key": session_key, "token": token, "agent": agent[:AGENT_LENGTH]}
    if not Device.objects.filter(credential=credential).update(last_seen_at=timezone.now()):
        Device.objects.get_or_create(credential=credential, defaults=row)


def devices_of(user: User) -> QuerySet[Device]:
    """The living log-ins of this person, used last first."""
    living = credentials.living_sessions().values("session_key")
    mine = Device.objects.filter(user=user)
    of_browsers = mine.filter(token=None, session_key__in=living)
    of_programs = mine.filter(token__expiry__gt=timezone.now())
    return (of_browsers | of_programs).select_related("token").order_by("-last_seen_at", "-pk")


def end(*, user: User, device_id: int) -> None:
    """End one log-in of mine; its sockets close. Raises DeviceNotFound, also the second time."""
    device = Device.objects.filter(user=user, pk=device_id).select_related("token").first()
    if device is None:
        raise DeviceNotFound
    _end(device)


def end_others(*, user: User, credential: str) -> int:
    """End every log-in of mine but the one of this credential. Returns how many there were."""
    others = list(Device.objects.filter(user=user).exclude(credential=credential).select_related("token"))
    for device in others:
        _end(device)
    return len(others)


def forget_ended() -> None:
    """Delete rows whose session is gone. Those of tokens go with them. Safe at any time and in parallel."""
    settled = Device.objects.filter(token=None, last_seen_at__lt=timezone.now() - timedelta(hours=1))
    settled.exclude(session_key__in=credentials.living_sessions().values("session_key")).delete()


def describe(agent: str) -> str:
    """A browser and its system in plain words, or the program's own name."""
    browser = next((name for mark, name in BROWSERS if mark in agent), None)
    system = next((name for mark, name in SYSTEMS if mark in agent), None)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    if browser or system:
        return str(browser or system)
    program = _PROGRAM.match(agent)
    return _("Program (%(name)s)") % {"name": program[0]} if program else _("Unknown device")


def _end(device: Device) -> None:
    with transaction.atomic():
        if device.token is not None:
            credentials.revoke_token(device.token)
        else:
            credentials.end_session(device.user_id, device.session_key)
