"""Every door of the site, read from the code itself: addresses and their methods, ops, destinations."""

import re
from collections.abc import Iterator
from typing import get_args

from django.urls import URLPattern, URLResolver, get_resolver

from chat import protocol
from chat.stomp import requests
from chat.stomp.messages import ROOM

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")
METHODS = ("get", "post", "put", "patch", "delete")


def addresses() -> Iterator[tuple[str, str]]:
    """`("GET", "channels/<int:channel_id>/")` and so on. A page answers GET and POST, or 405."""
    for route, pattern in _patterns(get_resolver(), ""):
        view = getattr(pattern.callback, "cls", None)
        for method in METHODS:
            if hasattr(view, method) if view else method in ("get", "post"):
                yield method.upper(), route


def _patterns(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route, pattern
        else:
            yield from _patterns(pattern, route)


def filled(route: str, places: dict[str, object]) -> str:
    """The address with these values in it. Raises KeyError for a name that has none."""
    address = PARAMETER.sub(lambda found: str(places[found[1] or found[2]]), route)
    return "/" + address.replace("^", "").replace("$", "").replace("/?", "/")


def ops() -> list[str]:
    """What may be said on `/ws/`, from the types that the decoder knows."""
    return sorted(each.__struct_config__.tag for each in get_args(protocol.Frame))


def destinations() -> list[tuple[str, str]]:
    """STOMP's commands with the destinations that they know."""
    return [
        ("CONNECT", ""),
        ("SEND", requests.POST),
        ("SUBSCRIBE", requests.ERRORS),
        ("SUBSCRIBE", f"{ROOM}{{channel}}"),
    ]
