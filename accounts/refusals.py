"""The one base of every refusal. Entrances map it once: messenger/api.py for HTTP, the consumer, forms."""


class Refusal(Exception):
    """A request that is refused by a rule.

    Subclasses state `code` (stable, seen by clients), `status` (HTTP) and `detail` (a lazy translatable
    sentence for people). `field` names the input that a form shows it at; `retry_after_seconds` is set where
    the same request may succeed later.
    """

    code = "refused"
    status = 422
    detail = ""
    field: str | None = None

    def __init__(self, detail=None, *, field: str | None = None, retry_after_seconds: float | None = None):
        self.detail = detail or self.detail
        self.field = field or self.field
        self.retry_after_seconds = retry_after_seconds
        super().__init__(self.code)
