"""`manage.py demo`: fills an empty site so that it looks alive. Running it again changes nothing."""

import secrets
import sys

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from chat.pipeline.parts import close_parts
from messenger.demo import filling
from messenger.demo.people import ME, email_of

PIN_LENGTH = 6
BAR_WIDTH = 30


class Command(BaseCommand):
    """Fills the site and prints how to log in.

    Refuses where people are that it did not make, and, with DEBUG off, unless it was told so: a demo log-in
    does not belong on a site that strangers reach.
    """

    help = "Fill an empty site: a club with months of talk, photos, dues half paid (again: changes nothing)."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--force", action="store_true", help="with DEBUG off, or beside other people too")
        parser.add_argument(
            "--if-empty", action="store_true", help="whatever DEBUG is; do nothing where other people are"
        )

    def handle(self, *args, force: bool, if_empty: bool, **options) -> None:
        try:
            there = filling.find_me() is not None
        except filling.Interrupted:
            raise CommandError("An earlier run was interrupted. Begin again with an empty site.") from None
        others = not there and User.objects.exists()
        if others and if_empty:
            return
        if others and not force:
            raise CommandError("There are people on this site already. --force makes the demo beside them.")
        if not (there or settings.DEBUG or force or if_empty):
            raise CommandError("DEBUG is off: strangers may reach this site. --force makes the demo anyway.")
        password = _kept("demo_password", secrets.token_urlsafe(9))
        pin = _kept("demo_pin", "".join(secrets.choice("0123456789") for _ in range(PIN_LENGTH)))
        if not there:
            filling.fill(password=password, pin=pin, step=_Bar(filling.steps()).step)
            close_parts()
        self.stdout.write(f"Demo log-in: {email_of(ME)}  password: {password}  PIN of the wallets: {pin}")


class _Bar:
    """How far it is, on a terminal's stderr."""

    def __init__(self, steps: int) -> None:
        self._steps, self._done = steps, 0

    def step(self) -> None:
        self._done = min(self._done + 1, self._steps)
        if sys.stderr.isatty():
            filled = BAR_WIDTH * self._done // self._steps
            end = "\n" if self._done == self._steps else ""
            bar = "█" * filled + "·" * (BAR_WIDTH - filled)
            print(f"\r{bar} {100 * self._done // self._steps:3d} %", end=end, file=sys.stderr, flush=True)


def _kept(name: str, fresh: str) -> str:
    """A secret made once for this data folder: one that everybody knows would be an open door."""
    path = settings.DATA_DIR / name
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(fresh)
    return path.read_text()
