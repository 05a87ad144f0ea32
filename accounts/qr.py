"""QR codes, drawn by the server: no script, no other host."""

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_code(address: str) -> SafeString:
    """The address as inline SVG, in black on nothing: the page puts white behind it."""
    drawn = segno.make(address, error="m").svg_inline(border=2, omitsize=True)
    return mark_safe(drawn)  # noqa: S308  (numbers and paths of our own library, nothing of the address)
