"""The one base of every refusal. Entrances map it once: messenger/api.py for HTTP, the consumer, forms."""

import math

from django.http import HttpResponseBase


class Refusal(Exception):
    """A request that is refused by a rule.

    Subclasses state `code` (stable, seen by clients), `status` (HTTP) and `detail` (a lazy translatable
    sentence for people). `field` names the input that a form shows it at; `retry_after_seconds` is set where
    the same request may succeed later; `more` holds further facts for programs.
    """

    code = "refused"
    status = 422
    detail = ""
    field: str | None = None
    more: dict[str, object] = {}

    def __init__(self, detail=None, *, field: str | None = None, retry_after_seconds: float | None = None):
        self.detail = detail or self.detail
        self.field = field or self.field
        self.retry_after_seconds = retry_after_seconds
        super().__init__(self.code)

    def mark_answer(self, response: HttpResponseBase) -> HttpResponseBase:
        """Let a page that shows this refusal say to programs too that it came too often, and when to come
        back; any other refusal is a form to be filled in again."""
        if self.status == 429:
            response.status_code = 429
            response["Retry-After"] = str(max(1, math.ceil(self.retry_after_seconds or 1)))
        return response
