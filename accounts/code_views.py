"""The pages of one-time codes: giving one at the log-in, switching them on and off."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import codes, devices, half_in, services
from accounts.credentials import credential_of_session
from accounts.forms import CodeForm, ConfirmForm, EndCodesForm, marked, posted, show_refusal
from accounts.qr import qr_code
from accounts.refusals import Refusal
from accounts.views import enter, wanted_page


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def give_code(request: HttpRequest) -> HttpResponse:
    """The second step of a log-in."""
    user = half_in.held(request)
    if user is None:
        return redirect("accounts:login")
    form = CodeForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            codes.check(user, form.cleaned_data["code"])
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            half_in.let_go(request)
            return enter(request, user)
    return marked(render(request, "accounts/code.html", {"form": form, "next": wanted_page(request)}), form)


def _page(request: HttpRequest, form) -> HttpResponse:
    on = codes.is_on(request.user)
    state = {"on": on, "form": form, "tab": "me"}
    if on:
        state["left"] = codes.recovery_codes_left(request.user)
    return marked(render(request, "accounts/codes.html", state), form)


@sensitive_post_parameters()
@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def my_codes(request: HttpRequest) -> HttpResponse:
    """Whether my log-ins ask for codes. A POST with the password begins to set them up."""
    if codes.is_on(request.user):
        return _page(request, EndCodesForm())
    form = ConfirmForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.confirm_password(user=request.user, password=form.cleaned_data["password"])
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return _set_up(request, codes.begin(request.user), CodeForm())
    return _page(request, form)


def _set_up(request: HttpRequest, app, form: CodeForm) -> HttpResponse:
    state = {"form": form, "qr": qr_code(app.config_url), "secret": codes.secret_of(app), "tab": "me"}
    return marked(render(request, "accounts/codes_set_up.html", state), form)


@sensitive_post_parameters()
@never_cache
@login_required
@require_POST
def turn_on(request: HttpRequest) -> HttpResponse:
    """The first code of the app: from now on codes are asked for, and every other log-in ends."""
    app = codes.begun(request.user)
    if app is None:
        return redirect("accounts:codes")
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            recovery_codes = codes.turn_on(app, form.cleaned_data["code"])
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            here = credential_of_session(request.session.session_key)
            devices.end_others(user=request.user, credential=here)
            return render(request, "accounts/codes_on.html", {"codes": recovery_codes, "tab": "me"})
    return _set_up(request, app, form)


@sensitive_post_parameters()
@never_cache
@login_required
@require_POST
def turn_off(request: HttpRequest) -> HttpResponse:
    """No codes any more, against the password and a code."""
    if not codes.is_on(request.user):
        return redirect("accounts:codes")
    form = EndCodesForm(request.POST)
    if form.is_valid():
        try:
            services.confirm_password(user=request.user, password=form.cleaned_data["password"])
            codes.check(request.user, form.cleaned_data["code"])
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            codes.turn_off(request.user)
            messages.success(request, _("Log-ins ask for no codes any more."))
            return redirect("accounts:codes")
    return _page(request, form)
