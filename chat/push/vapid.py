"""How push services know this site: the public half of its key (RFC 8292)."""

from base64 import urlsafe_b64encode

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid02


def public_key() -> str:
    """The key that browsers subscribe with: a point of P-256 without compression, in base64url."""
    vapid = Vapid02.from_string(settings.VAPID_PRIVATE_KEY)
    point = vapid.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return urlsafe_b64encode(point).rstrip(b"=").decode()
