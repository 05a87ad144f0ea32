"""Who may read the numbers: this machine, or whoever has the token."""

from ipaddress import ip_address

from django.conf import settings
from django.utils.crypto import constant_time_compare


def may_read(address: str, authorization: str) -> bool:
    """Whether a request from this address with this `Authorization` header may see the metrics.

    With METRICS_TOKEN only the token counts: behind a proxy on this machine every client seems to be it. It
    is compared in constant time, so that a wrong one does not tell how much of it was right.
    """
    if settings.METRICS_TOKEN:
        scheme, _, given = authorization.partition(" ")
        return scheme.lower() == "bearer" and constant_time_compare(given, settings.METRICS_TOKEN)
    return is_this_machine(address)


def is_this_machine(address: str) -> bool:
    """Whether this is a loopback address; what is no address at all is not."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)  # ::ffff:127.0.0.1, how a socket for both sees IPv4
    return (mapped or found).is_loopback
