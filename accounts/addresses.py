"""Where a request comes from, as far as it can be believed."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

_NETWORK_BITS = 64  # what one household or server of IPv6 is given: each of its addresses is the same guesser


def address_of(request: HttpRequest) -> str:
    """The network address of whoever asks; "" where the server knows none.

    Each of settings.TRUSTED_PROXIES appended to X-Forwarded-For whom it heard. What stands before their
    entries anybody may have written, and with no such proxy nothing of it is believed.
    """
    peer = request.META.get("REMOTE_ADDR", "")
    heard = [one.strip() for one in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    if not settings.TRUSTED_PROXIES or len(heard) < settings.TRUSTED_PROXIES:
        return peer
    told = heard[-settings.TRUSTED_PROXIES]
    return told if _parsed(told) else peer


def site_of(request: HttpRequest) -> str:
    """How links to this site begin, as whoever asks reaches it: `https://host`, one of ALLOWED_HOSTS."""
    return f"{request.scheme}://{request.get_host()}"


def guesser(address: str) -> str:
    """Under which name guesses from this address are counted: an IPv6 address by its network."""
    found = _parsed(address)
    if found is None or found.version == 4:
        return address
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, _NETWORK_BITS), strict=False))


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(address)
    except ValueError:
        return None
