"""Amounts of won in words."""

from django.utils.translation import gettext as _


def won(amount: int) -> str:
    """30,000원."""
    return _("%(amount)s won") % {"amount": f"{amount:,}".replace("-", "−")}


def signed_won(amount: int) -> str:
    """+30,000원 or −30,000원, with the true minus sign."""
    return ("+" if amount > 0 else "") + won(amount)


def korean_reading(amount: int) -> str:
    """3만 원, 1만 2,000원: how a Korean reads the sum aloud. static/js/money.js has it too."""
    parts = []
    for unit, name in ((10**12, "조"), (10**8, "억"), (10**4, "만")):
        count, amount = divmod(amount, unit)
        if count:
            parts.append(f"{count:,}{name}")
    if not parts:
        return f"{amount:,}원"
    return " ".join(parts) + (f" {amount:,}원" if amount else " 원")
