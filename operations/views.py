"""What the web process answers to those who run the site."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.addresses import address_of
from operations import exposition
from operations.door import may_read


@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """The numbers of this process as Prometheus' text; 404 to strangers, whatever they ask."""
    if not may_read(address_of(request), request.headers.get("Authorization", "")):
        raise Http404
    return _exposed(request)


@require_safe
def _exposed(request: HttpRequest) -> HttpResponse:
    return HttpResponse(exposition.text(), content_type=exposition.CONTENT_TYPE)
