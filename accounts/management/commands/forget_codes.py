"""`manage.py forget_codes ADDRESS`: somebody lost the phone and the recovery codes."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import codes
from accounts.models import User


class Command(BaseCommand):
    """Switches one-time codes off for one account."""

    help = "Switch one-time codes off for the account with this e-mail address; it is told by mail."

    def add_arguments(self, parser: CommandParser) -> None:
        """The address."""
        parser.add_argument("address")

    def handle(self, *, address: str, **options) -> None:
        """Raises CommandError for an unknown address. A second call changes nothing."""
        user = User.objects.filter(email=address.strip().lower()).first()
        if user is None:
            raise CommandError(f"No account has the address {address}.")
        done = "asks for no codes any more." if codes.turn_off(user) else "asked for no codes."
        self.stdout.write(f"{user.email} {done}")
