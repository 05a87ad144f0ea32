"""What every money page keeps to: who may open it, that nobody keeps a copy, and how a question that moves
money is asked and answered."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.credentials import credential_of_session
from accounts.refusals import Refusal

SECRETS = ("pin", "pin_again", "password")


def read_page(view: Callable) -> Callable:
    """A page that is only looked at."""
    return _guarded(view, ["GET", "HEAD"])


def form_page(view: Callable) -> Callable:
    """A page with a form on it."""
    return _guarded(view, ["GET", "HEAD", "POST"])


def post_only(view: Callable) -> Callable:
    """An address that forms of other pages post to."""
    return _guarded(view, ["POST"])


def _guarded(view: Callable, methods: list[str]) -> Callable:
    """For people who are logged in; kept by no cache; PINs stay out of error reports. What the services
    refuse to show is not found here either, so that nobody can try out which wallets exist; what they
    refuse to do stands on a page of its own where no form shows it."""

    @sensitive_post_parameters(*SECRETS)
    @never_cache
    @login_required
    @require_http_methods(methods)
    @wraps(view)
    def page(request: HttpRequest, **given) -> HttpResponse:
        try:
            return view(request, **given)
        except Refusal as refusal:
            if refusal.status == 404:
                raise Http404 from refusal
            if refusal.status == 403:
                raise PermissionDenied from refusal
            if _is_script(request):
                return _told(refusal)
            return render(request, "wallets/refused.html", {"refusal": refusal}, status=refusal.status)

    return page


def ask(request: HttpRequest, template: str, context: dict, act: Callable[[str], str]) -> HttpResponse:
    """A question with the PIN under it. A POST hands the PIN to `act`, which moves the money and says where
    to go then; what it refuses stands above the pad.

    The page's script asks for JSON and asks again with the same key when no answer came.
    """
    refusal = None
    if request.method == "POST":
        try:
            url = act(request.POST.get("pin", ""))
        except Refusal as refused:
            if refused.status == 404:
                raise
            refusal = refused
        else:
            return JsonResponse({"next": url}) if _is_script(request) else redirect(url)
    status = refusal.status if refusal else 200
    if refusal and _is_script(request):
        return _told(refusal)
    return render(request, template, context | {"refusal": refusal}, status=status)


@contextmanager
def saying_refusals(request: HttpRequest) -> Iterator[None]:
    """What the services refuse stands on the next page, but for what this person may not see or do at all."""
    try:
        yield
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        messages.error(request, str(refusal.detail))


def credential(request: HttpRequest) -> str:
    """What a right PIN is remembered for: this log-in, by the name that is no secret."""
    return credential_of_session(request.session.session_key)


def _told(refusal: Refusal) -> JsonResponse:
    return JsonResponse({"code": refusal.code, "detail": str(refusal.detail)}, status=refusal.status)


def _is_script(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"
