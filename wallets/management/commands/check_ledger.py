"""`manage.py check_ledger`: audits the books."""

from django.core.management.base import BaseCommand

from wallets.ledger import audit
from wallets.models import LedgerEntry, Transfer, Wallet


class Command(BaseCommand):
    """Prints each difference in won. Reads only; may run at any time, also while money moves."""

    help = "Audit the books: every balance, every chain of entries, every transfer. Exit 1 on any difference."

    def handle(self, *args, **options) -> None:
        differences = audit.differences()
        for difference in differences:
            self.stdout.write(self.style.ERROR(str(difference)))
        counts = [
            f"{model.objects.count():,} {model._meta.verbose_name_plural}"
            for model in (Wallet, Transfer, LedgerEntry)
        ]
        unexplained = sum(abs(difference.won) for difference in differences)
        self.stdout.write(
            f"Checked {', '.join(counts)}: {len(differences)} differences, {unexplained:,} won unexplained."
        )
        if differences:
            raise SystemExit(1)
