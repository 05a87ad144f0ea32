"""The mistakes: what stands in which file, what stands there instead, and the test that has to go red."""

from dataclasses import dataclass

BOOK, POSTER = "wallets/ledger/book.py", "wallets/ledger/poster.py"
RETRYING, PINS = "wallets/ledger/retrying.py", "wallets/pins.py"
MIGRATION = "wallets/migrations/0001_initial.py"
TESTS = "tests/wallets/test_"
UNRELATED = "tests/wallets/test_transfers.py::test_not_to_itself"


@dataclass(frozen=True, slots=True)
class Mutant:
    """`edits` are (file, the text that stands there once, what replaces it)."""

    name: str
    test: str
    edits: tuple[tuple[str, str, str], ...]


def mutant(name: str, test: str, *edits: tuple[str, str, str]) -> Mutant:
    return Mutant(name, TESTS + test, edits)


LOCKED = "    wallets = {wallet.pk: wallet for wallet in locked}\n"

MUTANTS = [
    # The eight that other ledgers had.
    mutant(
        "no lock",
        "ledger_races.py::test_money_is_conserved_between_processes",
        (BOOK, "Wallet.objects.select_for_update(nowait=not patient)", "Wallet.objects"),
    ),
    mutant(
        "only the source is locked",
        "ledger_races.py::test_a_ring_around_a_group_wallet_never_deadlocks",
        (
            BOOK,
            LOCKED,
            "    sources = locked.filter(pk__in=[order.source_id for order in orders])\n"
            "    wallets = Wallet.objects.in_bulk(ids) | {wallet.pk: wallet for wallet in sources}\n",
        ),
    ),
    mutant(
        "balances are read before the lock",
        "ledger_races.py::test_an_account_is_drained_to_the_last_won_and_no_further[apart]",
        (BOOK, LOCKED, "    wallets = Wallet.objects.in_bulk(ids)\n    list(locked)\n"),
    ),
    mutant(
        "wallets are locked in any order",
        "ledger_races.py::test_two_who_pay_each_other_never_deadlock",
        (
            BOOK,
            LOCKED,
            "    ends = [pk for order in orders for pk in (order.source_id, order.target_id)]\n"
            "    wallets = {wallet.pk: wallet for pk in ends for wallet in locked.filter(pk=pk)}\n",
        ),
    ),
    mutant(
        "a key is looked for before the lock, and no index holds it",
        "ledger_keys.py::test_one_request_sent_64_times_is_one_transfer[apart]",
        (
            BOOK,
            "    ids = {order.source_id for order in orders}",
            "    seen = list(Transfer.objects.filter(idempotency_key__in=[order.key for order in orders]))\n"
            "    ids = {order.source_id for order in orders}",
        ),
        (
            BOOK,
            "transfer.idempotency_key): transfer for transfer in known}",
            "transfer.idempotency_key): transfer for transfer in seen}",
        ),
        (
            MIGRATION,
            "fields=('actor', 'idempotency_key'), name='transfer_once_per_key'",
            "fields=('id', 'idempotency_key'), name='transfer_once_per_key'",
        ),
    ),
    mutant(
        "an occurrence may have two runs",
        "ledger_guards.py::test_an_occurrence_has_one_run",
        (MIGRATION, "fields=('schedule', 'occurrence'),", "fields=('id', 'schedule', 'occurrence'),"),
    ),
    mutant(
        "a wallet read before the lock is saved",
        "ledger_waits.py::test_changing_a_wallet_never_touches_the_money_that_moves_meanwhile",
        (
            "wallets/services/wallets.py",
            'Wallet.objects.filter(pk=wallet_id).update(**changes, rights_version=F("rights_version") + 1)',
            "vars(wallet).update(changes)\n        wallet.save()",
        ),
    ),
    mutant(
        "the receipt is written after the commit",
        "ledger_waits.py::test_a_receipt_that_cannot_be_written_takes_the_transfer_back",
        (
            BOOK,
            "from django.conf import settings\n",
            "from django.conf import settings\nfrom django.db import transaction\n",
        ),
        (
            BOOK,
            "        record_receipts(batch.receipts)",
            "        transaction.on_commit(lambda: record_receipts(batch.receipts))",
        ),
    ),
    # Those that this design invites.
    mutant(
        "a retry inside the transaction",
        "ledger_waits.py::test_after_a_deadlock_the_whole_transfer_is_done_again",
        (
            RETRYING,
            "def retrying(action",
            "def retrying(action):\n    with transaction.atomic(durable=True):\n"
            "        return _retrying(action)\n\n\ndef _retrying(action",
        ),
        (
            RETRYING,
            "            with transaction.atomic(durable=True):\n                return action()",
            "            with transaction.atomic():\n                return action()",
        ),
    ),
    mutant(
        "a deadlock is an error",
        "ledger_waits.py::test_after_a_deadlock_the_whole_transfer_is_done_again",
        (RETRYING, "TEMPORARY = {1205, 1213, 3572}", "TEMPORARY = {1205, 3572}"),
    ),
    mutant(
        "a right that went meanwhile still counts",
        "ledger_waits.py::test_a_right_that_went_while_it_waited_is_gone",
        (
            BOOK,
            "if order.rights_version is not None and source.rights_version",
            "if False and source.rights_version",
        ),
    ),
    mutant(
        "a stuck wallet is waited for again by each of a batch",
        "ledger_waits.py::test_one_stuck_wallet_does_not_hold_up_the_others_one_by_one",
        (POSTER, "patient=not isinstance(error, LedgerBusy)", "patient=True"),
    ),
    mutant(
        "a key that another process took meanwhile is an error",
        "ledger_keys.py::test_one_key_for_requests_that_share_no_wallet_is_one_of_them[apart]",
        (POSTER, "    except IntegrityError:", "    except ZeroDivisionError:"),
    ),
    mutant(
        "a second reversal is left to the index",
        "ledger_keys.py::test_a_transfer_is_given_back_once_however_many_ask[apart]",
        (BOOK, "    if order.reverses_id in batch.reversed:", "    if False:"),
    ),
    mutant(
        "the count of wrong PINs goes with the refused request",
        "pins.py::test_a_refused_transfer_does_not_take_its_guess_back",
        (PINS, "def check_pin(\n", "@transaction.atomic\ndef check_pin(\n"),
        (
            PINS,
            "from django.db.models import F\n",
            "from django.db import transaction\nfrom django.db.models import F\n",
        ),
    ),
    mutant(
        "a guess is counted after it was compared",
        "pins.py::test_fifty_wrong_guesses_at_once_are_five",
        (PINS, "    _take_try(wallet_id)\n    if PinHasher", "    if PinHasher"),
        (
            PINS,
            "    _remembered.forget(proof)\n",
            "    _remembered.forget(proof)\n    _take_try(wallet_id)\n",
        ),
    ),
    mutant(
        "true is an amount",
        "transfers.py::test_only_whole_won_move[True]",
        ("wallets/services/transfers.py", "type(amount) is not int", "not isinstance(amount, int)"),
    ),
    mutant(
        "one won more than there is",
        "transfers.py::test_the_last_won_goes_and_one_more_does_not",
        (BOOK, "source.balance < order.amount:", "source.balance < order.amount - 1:"),
    ),
    mutant(
        "entries may be changed",
        "ledger_guards.py::test_what_is_written_stays_as_it_is[LedgerEntry]",
        ("wallets/guards.py", '"wallets_ledgerentry", "wallets_auditrecord")', '"wallets_auditrecord")'),
    ),
    mutant(
        "the audit overlooks a hole in the numbers",
        "ledger_guards.py::test_the_audit_finds[a hole in the numbers]",
        (
            "wallets/ledger/audit.py",
            "WHERE balance_after <> running OR sequence <> number",
            "WHERE balance_after <> running",
        ),
    ),
    mutant(
        "a receipt is forgotten before the log has it",
        "receipts_carried.py::test_each_is_told_once_whoever_dies_carrying_them",
        (
            "chat/outbox.py",
            "    return _append(rows) if rows else 0",
            "    OutboxEvent.objects.filter(pk__in=[row.pk for row in rows]).delete()\n"
            "    return _append(rows) if rows else 0",
        ),
    ),
]
