"""The statement of a wallet: its entries as a table for a spreadsheet, which adds up."""

import csv
import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import date

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from wallets.audit import note
from wallets.models import LedgerEntry, Wallet
from wallets.rights import joined_wallet
from wallets.services.history import counterparty, numbers_between, with_both_sides

BOM = "\ufeff"  # without it Excel reads Korean as Latin letters
ROWS_AT_ONCE = 1_000
# A spreadsheet takes a text that begins so for a formula, also after blanks, some also in full width. A memo
# "=HYPERLINK(…)" would then run on the treasurer's machine.
FORMULA_SIGNS = "=+-@＝＋－＠"
CONTROL_SIGNS = "\t\r\n"
NOT_IN_FILE_NAMES = r'[\\/:*?"<>|]'


def statement(
    *, user, wallet_id: int, first_day: date | None = None, last_day: date | None = None
) -> StreamingHttpResponse:
    """The entries of these Korean days (both included; None: from the first, to the last), oldest first, as
    CSV. The last row holds opening, in, out and closing balance: opening + in − out = closing.

    Read in pieces while it is sent, so memory is that of ROWS_AT_ONCE rows however many there are; what is
    posted meanwhile is not in it. Noted as “exported”. Raises WalletNotFound or InvalidInput.
    """
    wallet = joined_wallet(user=user, wallet_id=wallet_id)
    numbers = numbers_between(wallet, first_day, last_day)
    days = [day and day.isoformat() for day in (first_day, last_day)]
    note(actor=user, action="exported", wallet=wallet, days=days, entries=len(numbers))
    pieces = _pieces(wallet, numbers, get_language())
    response = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    name = re.sub(NOT_IN_FILE_NAMES, "_", "_".join(filter(None, [wallet.label, *days])))
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"{name}.csv")
    response["Cache-Control"] = "no-store"
    return response


def safe_text(text: str) -> str:
    """The text, never a formula."""
    risky = text.startswith(tuple(CONTROL_SIGNS)) or text.lstrip().startswith(tuple(FORMULA_SIGNS))
    return f"'{text}" if risky else text


@dataclass(slots=True)
class _Sums:
    opening: int | None = None
    came_in: int = 0
    went_out: int = 0
    closing: int = 0


async def _pieces(wallet: Wallet, numbers: range, language: str) -> AsyncIterator[str]:
    """Head, rows, sums. Asynchronous: of a synchronous iterator Django would keep all rows before it sends
    the first. The language is that of the request, which has been answered when most of this runs."""
    with override(language):
        yield BOM + _lines([_head()])
    sums = _Sums()
    for start in range(numbers.start, numbers.stop, ROWS_AT_ONCE):
        piece = range(start, min(start + ROWS_AT_ONCE, numbers.stop))
        yield await sync_to_async(override(language)(_rows))(wallet, piece, sums)
    if sums.opening is None:
        sums.opening = sums.closing = await sync_to_async(_balance_before)(wallet, numbers.start)
    with override(language):
        yield _lines([_foot(sums)])


def _rows(wallet: Wallet, numbers: range, sums: _Sums) -> str:
    """The entries of these numbers as lines."""
    chosen = LedgerEntry.objects.filter(
        wallet=wallet.pk, sequence__gte=numbers.start, sequence__lt=numbers.stop
    )
    entries = list(chosen.order_by("sequence").prefetch_related(with_both_sides()))
    for entry in entries:
        if sums.opening is None:
            sums.opening = entry.balance_after - entry.amount
        if entry.amount > 0:
            sums.came_in += entry.amount
        else:
            sums.went_out -= entry.amount
        sums.closing = entry.balance_after
    return _lines(_row(entry) for entry in entries)


def _head() -> list[str]:
    return [
        _("Date"), _("Time (Korea)"), _("Kind"), _("Counterparty"), _("Memo"), _("Amount"),
        _("Balance after it"), _("Transfer number"), _("Sequence"),
    ]  # fmt: skip


def _row(entry: LedgerEntry) -> list[str | int]:
    at = timezone.localtime(entry.created_at, timezone.get_default_timezone())
    return [
        f"{at:%Y-%m-%d}",
        f"{at:%H:%M:%S}",
        safe_text(str(entry.transfer.get_kind_display())),
        safe_text(counterparty(entry).label),
        safe_text(entry.transfer.memo),
        entry.amount,
        entry.balance_after,
        str(entry.transfer_id),
        entry.sequence,
    ]


def _foot(sums: _Sums) -> list[str | int]:
    """Labels stand where the columns hold numbers that somebody might add up."""
    return [
        _("Total"),
        _("Opening balance"), sums.opening,
        _("In"), sums.came_in,
        _("Out"), sums.went_out,
        _("Closing balance"), sums.closing,
    ]  # fmt: skip


def _balance_before(wallet: Wallet, number: int) -> int:
    """The balance before this entry; of a span without entries, all there is to say."""
    before = LedgerEntry.objects.filter(wallet=wallet.pk, sequence=number - 1)
    return before.values_list("balance_after", flat=True).first() or 0


class _Echo:
    """What csv writes to: hands the line back."""

    def write(self, line: str) -> str:
        return line


def _lines(rows: Iterable[list]) -> str:
    writer = csv.writer(_Echo())
    return "".join(writer.writerow(row) for row in rows)
