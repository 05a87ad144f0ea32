"""What every answer tells browsers: what may run, load, embed it and be asked of the device.

The values are constants: no answer is looked into for them, and there are no nonces, for no page of ours has
a script or style within it. A view that sets one of these headers itself is left alone.
"""

import re
from collections.abc import Callable

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

_PAGE = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' blob:",  # blob: photos that are shown before they are uploaded
    "connect-src": "'self'",  # 'self' covers the socket, ws: or wss:, on the same host
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
# static/js/trusted.js is the one place that makes markup or a script's address out of text.
_TRUSTED_TYPES = {"require-trusted-types-for": "'script'", "trusted-types": "messenger"}


def _policy(directives: dict[str, str]) -> str:
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


PAGE_POLICY = _policy(_PAGE | _TRUSTED_TYPES)
# Pages that are not ours: the jQuery of Django's admin site and of DRF's pages knows no Trusted Types.
_FOREIGN_PAGE = _PAGE | {"font-src": "'self'"}
FOREIGN_PAGE_POLICY = _policy(_FOREIGN_PAGE)
# Swagger UI draws with pictures that stand in its style sheet.
DOCS_POLICY = _policy(_FOREIGN_PAGE | {"img-src": "'self' data:"})
# Whatever is no page: even opened in a tab of its own it runs and loads nothing.
DATA_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "hid",
        "idle-detection",
        "local-fonts",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "publickey-credentials-create",
        "publickey-credentials-get",
        "serial",
        "usb",
        "xr-spatial-tracking",
    )
)
COMMON = {"Permissions-Policy": PERMISSIONS, "Cross-Origin-Resource-Policy": "same-origin"}

_FOREIGN = re.compile(r"/api/|/admin/(?!operations/)")
_DOCS = "/api/docs/"
_RUNS = ("text/html", "text/javascript", "application/javascript")  # a script: the service worker has its own


def policy_of(path: str, content_type: str) -> str:
    """The Content-Security-Policy of an answer of this type at this address."""
    if not content_type.startswith(_RUNS):
        return DATA_POLICY
    if path == _DOCS:
        return DOCS_POLICY
    return FOREIGN_PAGE_POLICY if _FOREIGN.match(path) else PAGE_POLICY


@sync_and_async_middleware
def protect(answer: Callable):
    """Adds the headers to whatever Django answers, static files and error pages too. messenger/bare.py does
    it for what is answered in front of Django."""

    def guard(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        headers = response.headers
        policy = policy_of(request.path_info, headers.get("Content-Type", "text/html"))
        headers.setdefault("Content-Security-Policy", policy)
        for name, value in COMMON.items():
            headers.setdefault(name, value)
        return response

    if iscoroutinefunction(answer):

        async def middleware(request: HttpRequest) -> HttpResponseBase:
            return guard(request, await answer(request))

    else:

        def middleware(request: HttpRequest) -> HttpResponseBase:
            return guard(request, answer(request))

    return middleware
