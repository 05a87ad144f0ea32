"""Answers in text leave compressed."""

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

TEXT = ("text/", "application/json", "application/problem+json", "application/manifest+json", "image/svg+xml")


class CompressText(GZipMiddleware):
    """Django's compression (with its guard against BREACH), for text only: photos and zips would cost the
    work and gain nothing. What the posting lane answers does not come by here.

    What is made while it is sent leaves as it is: Django would compress each piece on its own, and browsers
    show the first one and take it for the whole.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Compress it if the client takes that."""
        if not getattr(response, "is_async", False) and response.get("Content-Type", "").startswith(TEXT):
            return super().process_response(request, response)
        return response
