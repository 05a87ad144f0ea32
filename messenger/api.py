"""What every API class shares: refusals as problem documents, JSON bodies, pages by cursor.

DRF loads these while it builds its own APIView, so no view may be imported here.
"""

import logging

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import JSONParser
from rest_framework.response import Response

from accounts.refusals import Refusal
from chat.pipeline.ports import LogUnavailable, StoreUnavailable
from messenger.problems import CONTENT_TYPE, problem, retry_after

logger = logging.getLogger(__name__)

_CODES = {
    exceptions.ParseError: "malformed",
    exceptions.ValidationError: "validation_failed",
    exceptions.NotAuthenticated: "not_authenticated",
    exceptions.AuthenticationFailed: "not_authenticated",
    exceptions.PermissionDenied: "not_allowed",
    exceptions.NotFound: "not_found",
    exceptions.MethodNotAllowed: "method_not_allowed",
    exceptions.NotAcceptable: "not_acceptable",
    exceptions.UnsupportedMediaType: "unsupported_media_type",
    exceptions.Throttled: "too_many_requests",
}
# Parts that may be away for a while: the caller repeats the same request after so many seconds.
_AWAY = {
    LogUnavailable: ("log_unavailable", _("Messages cannot be taken right now."), 2),
    StoreUnavailable: ("store_unavailable", _("Past messages cannot be read right now."), 5),
    OperationalError: ("database_unavailable", _("The database cannot be reached right now."), 2),
    InterfaceError: ("database_unavailable", _("The database cannot be reached right now."), 2),
}


class TooLarge(exceptions.APIException):
    """A body beyond DATA_UPLOAD_MAX_MEMORY_SIZE."""

    status_code = 413
    default_detail = _("The request is too large.")
    default_code = "too_large"


class ShallowJSONParser(JSONParser):
    """JSON, where nesting too deep for Python is a malformed body and no fault of ours."""

    def parse(self, stream, media_type=None, parser_context=None):
        """The parsed body. Raises ParseError."""
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as too_deep:
            raise exceptions.ParseError(_("The JSON is nested too deeply.")) from too_deep


class CursorPages(CursorPagination):
    """`{"results", "next", "previous"}`, newest first; `?limit=` sets the size of a page."""

    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200
    ordering = "-id"

    def get_ordering(self, request, queryset, view) -> tuple[str, ...]:
        """The order that the queryset has; every page of it costs the same."""
        return tuple(queryset.query.order_by) or (self.ordering,)

    def paginate_queryset(self, queryset, request, view=None):
        """One page. A cursor that is none is malformed, however it was tampered with."""
        try:
            return super().paginate_queryset(queryset, request, view)
        except (exceptions.NotFound, ValueError, OverflowError) as tampered:
            raise exceptions.ParseError(_("This cursor is not valid.")) from tampered


def problem_response(error: Exception, context: dict) -> Response | None:
    """DRF's EXCEPTION_HANDLER: every refusal as a problem document; None for a fault of ours."""
    headers: dict[str, str] = {}
    if isinstance(error, Refusal):
        errors = {error.field: [str(error.detail)]} if error.field else None
        document = problem(error.status, error.code, error.detail, errors) | error.more
        if error.retry_after_seconds is not None:
            headers |= retry_after(error.retry_after_seconds)
        if error.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
    elif away := next((_AWAY[kind] for kind in _AWAY if isinstance(error, kind)), None):
        logger.warning("%s: %s", away[0], error)
        document = problem(503, away[0], away[1])
        headers |= retry_after(away[2])
    else:
        refusal = _as_api_exception(error)
        if refusal is None:
            return None
        document, headers = _from_api_exception(refusal)
    response = Response(document, status=document["status"], headers=headers)
    renderer = getattr(context.get("request"), "accepted_renderer", None)
    if renderer is None or renderer.format == "json":
        response.content_type = CONTENT_TYPE
    return response


def _as_api_exception(error: Exception) -> exceptions.APIException | None:
    if isinstance(error, Http404):
        return exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(error, RequestDataTooBig):
        return TooLarge()
    return error if isinstance(error, exceptions.APIException) else None


def _from_api_exception(error: exceptions.APIException) -> tuple[dict, dict[str, str]]:
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header
    if getattr(error, "wait", None):
        headers |= retry_after(error.wait)
    code = next((_CODES[kind] for kind in type(error).mro() if kind in _CODES), error.default_code)
    if isinstance(error, exceptions.ValidationError):
        errors = error.detail if isinstance(error.detail, dict) else {"non_field_errors": error.detail}
        detail = _("Some values are not allowed.")
        return problem(error.status_code, code, detail, errors), headers
    return problem(error.status_code, code, error.detail), headers
