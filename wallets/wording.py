"""How pages speak of wallets: whose they are, with the particle that Korean puts behind a name, and sums
short enough for an axis."""

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wallets.models import Transfer, Wallet, WalletKind

_FIRST_SYLLABLE, _LAST_SYLLABLE, _FINALS = ord("가"), ord("힣"), 28
_FINAL_RIEUL = 8


def whose(wallet: Wallet) -> SafeString:
    """“박민준님 지갑” or a group wallet's name, the name in bold."""
    if wallet.kind == WalletKind.PERSONAL:
        return format_html(_("<strong>{name}</strong>'s wallet"), name=wallet.label)
    return format_html("<strong>{}</strong>", wallet.label)


def to_particle(wallet: Wallet) -> str:
    """“으로” or “로” behind `whose`; nothing in other languages."""
    if get_language() != "ko":
        return ""
    last = "갑" if wallet.kind == WalletKind.PERSONAL else wallet.label[-1:]
    if not last or not _FIRST_SYLLABLE <= ord(last) <= _LAST_SYLLABLE:
        return "(으)로"
    final = (ord(last) - _FIRST_SYLLABLE) % _FINALS
    return "로" if final in (0, _FINAL_RIEUL) else "으로"


def short_won(amount: int) -> str:
    """150만 and 1.5억 for an axis; with its commas where the language has no such units."""
    if get_language() != "ko" or amount < 10_000:
        return f"{amount:,}"
    unit, name = (10**8, "억") if amount >= 10**8 else (10**4, "만")
    whole, rest = divmod(amount, unit)
    tenths = rest * 10 // unit
    return f"{whole:,}.{tenths}{name}" if tenths else f"{whole:,}{name}"


def receipt_number(transfer: Transfer, first_entry_id: int) -> str:
    """20261121-004817: the day, and the number of the transfer's first entry; the same for both sides."""
    return f"{timezone.localtime(transfer.created_at):%Y%m%d}-{first_entry_id:06d}"
