"""What the database refuses by itself, whoever asks: triggers on the books, and the one EXTERNAL account.

Installed after every `migrate`, so that a database restored without its triggers gets them back. On MySQL
with a binary log, making triggers needs `log_bin_trust_function_creators=1` or the right SUPER for that one
run.
"""

from django.db import connections

MESSAGE = "the books are never changed"
BALANCE_MESSAGE = "a balance changes only with an entry"
NEVER_CHANGED = ("wallets_transfer", "wallets_ledgerentry", "wallets_auditrecord")
# An update of balances writes the next number of an entry beside them; one around the ledger does not.
AROUND_THE_LEDGER = "NEW.balance <> OLD.balance AND NEW.last_sequence <= OLD.last_sequence"


def install_guards(*, using: str, **_) -> None:
    """Make what is missing of the triggers and the EXTERNAL account. A second call changes nothing."""
    from wallets.models import EXTERNAL_ID, Wallet, WalletKind

    connection = connections[using]
    there = installed(connection)
    with connection.cursor() as cursor:
        for name, statement in _triggers(connection.vendor).items():
            if name not in there:
                cursor.execute(statement)
    Wallet.objects.using(using).get_or_create(pk=EXTERNAL_ID, defaults={"kind": WalletKind.EXTERNAL})


def remove_guards(connection) -> None:
    """Drop the triggers: for tests, which empty the tables between two of them."""
    with connection.cursor() as cursor:
        for name in installed(connection):
            cursor.execute(f"DROP TRIGGER {name}")


def missing(connection) -> set[str]:
    """The names of the triggers that should be there and are not."""
    return set(_triggers(connection.vendor)) - installed(connection)


def installed(connection) -> set[str]:
    """The names of our triggers in this database."""
    names = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if connection.vendor == "mysql":
        names = "SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = DATABASE()"
    with connection.cursor() as cursor:
        cursor.execute(names)
        return {row[0] for row in cursor.fetchall()} & set(_triggers(connection.vendor))


def _triggers(vendor: str) -> dict[str, str]:
    """CREATE TRIGGER statements by name."""
    made = {}
    for table in NEVER_CHANGED:
        for event in ("UPDATE", "DELETE"):
            made[f"{table}_no_{event.lower()}"] = _trigger(vendor, table, event, None, MESSAGE)
    made["wallets_wallet_by_entry"] = _trigger(
        vendor, "wallets_wallet", "UPDATE", AROUND_THE_LEDGER, BALANCE_MESSAGE
    )
    made["wallets_wallet_no_delete"] = _trigger(vendor, "wallets_wallet", "DELETE", None, MESSAGE)
    return made


def _trigger(vendor: str, table: str, event: str, condition: str | None, message: str) -> str:
    name = f"{table}_by_entry" if condition else f"{table}_no_{event.lower()}"
    head = f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW "
    if vendor == "sqlite":
        when = f"WHEN {condition} " if condition else ""
        return f"{head}{when}BEGIN SELECT RAISE(ABORT, '{message}'); END"
    refuse = f"SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '{message}'"
    return head + (f"IF {condition} THEN {refuse}; END IF" if condition else refuse)
