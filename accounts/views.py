"""The account pages. They parse, call accounts/services.py and present."""

from functools import partial

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import confirming, credentials, half_in, known_browsers, personal_data, services
from accounts.addresses import address_of, site_of
from accounts.codes import CodeNeeded
from accounts.forms import (
    AppearanceForm,
    DeleteAccountForm,
    DownloadForm,
    LogInForm,
    NameForm,
    PasswordForm,
    SignUpForm,
    marked,
    posted,
    show_refusal,
)
from accounts.models import User
from accounts.refusals import Refusal

THEME_COOKIE_SECONDS = 365 * 24 * 3600


def wanted_page(request: HttpRequest) -> str:
    """Where somebody was going, when that is a page of this site; a foreign address is an attack."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    own = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if own else ""


def enter(request: HttpRequest, user: User) -> HttpResponse:
    """Log in, and let the browser be a known one."""
    login(request, user)
    answer = redirect(wanted_page(request) or settings.LOGIN_REDIRECT_URL)
    known_browsers.remember(request, answer, user.email)
    return answer


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """Make an account and go straight in."""
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    form = SignUpForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            user = services.sign_up(**form.cleaned_data, address=address_of(request))
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            confirming.send_link(user, site=site_of(request))
            messages.success(request, _("Welcome, %(name)s.") % {"name": user.username})
            return enter(request, user)
    page = render(request, "accounts/signup.html", {"form": form, "next": wanted_page(request)})
    return marked(page, form)


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """Come in with address and password."""
    if request.user.is_authenticated:
        return redirect(wanted_page(request) or settings.LOGIN_REDIRECT_URL)
    form = LogInForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            user = services.authenticate_person(
                **form.cleaned_data,
                address=address_of(request),
                known_as=partial(known_browsers.known_as, request),
            )
        except CodeNeeded as needed:
            return half_in.hold(request, needed.user, wanted_page(request))
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return enter(request, user)
    return marked(render(request, "accounts/login.html", {"form": form, "next": wanted_page(request)}), form)


@never_cache
@require_http_methods(["GET", "POST"])
def log_out(request: HttpRequest) -> HttpResponse:
    """Ask on GET, so that a picture on a foreign page cannot log anybody out; leave on POST."""
    if request.method == "GET" and request.user.is_authenticated:
        return render(request, "accounts/logout.html", {"tab": "me"})
    credentials.log_out(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


def _account_page(request: HttpRequest, **bound_form) -> HttpResponse:
    forms = {
        "name_form": NameForm(initial={"username": request.user.username}),
        "password_form": PasswordForm(),
        "theme": request.COOKIES.get("theme", ""),
        "asks_to_confirm": confirming.is_missing(request.user),
        "tab": "me",
    }
    return marked(render(request, "accounts/me.html", forms | bound_form), *bound_form.values())


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def me(request: HttpRequest) -> HttpResponse:
    """My account; a POST changes the name."""
    if request.method == "GET":
        return _account_page(request)
    form = NameForm(request.POST)
    if form.is_valid():
        try:
            services.update_profile(user=request.user, username=form.cleaned_data["username"])
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The name was changed."))
            return redirect("accounts:me")
    request.user.refresh_from_db()
    return _account_page(request, name_form=form)


@sensitive_post_parameters()
@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """Another password; this browser stays logged in, all others do not."""
    if request.method == "GET":
        return redirect("accounts:me")
    form = PasswordForm(request.POST)
    if form.is_valid():
        try:
            services.change_password(
                user=request.user,
                current=form.cleaned_data["current_password"],
                new=form.cleaned_data["new_password"],
                keep_session_key=request.session.session_key,
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The password was changed. Other devices were logged out."))
            return redirect("accounts:me")
    return _account_page(request, password_form=form)


@sensitive_post_parameters()
@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def download(request: HttpRequest) -> HttpResponseBase:
    """Say what the file holds, ask for the password, and answer with it."""
    form = DownloadForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            return personal_data.download(user=request.user, password=form.cleaned_data["password"])
        except Refusal as refusal:
            show_refusal(form, refusal)
    return marked(render(request, "accounts/data.html", {"form": form, "tab": "me"}), form)


@sensitive_post_parameters()
@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def delete_account(request: HttpRequest) -> HttpResponse:
    """Say what will happen, ask for the password, and then do it."""
    form = DeleteAccountForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.delete_account(user=request.user, password=form.cleaned_data["password"])
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            credentials.log_out(request)
            messages.success(request, _("The account was deleted."))
            return redirect(settings.LOGOUT_REDIRECT_URL)
    return marked(render(request, "accounts/delete.html", {"form": form, "tab": "me"}), form)


@require_POST
def choose_appearance(request: HttpRequest) -> HttpResponse:
    """Keep light or dark in a cookie, so that the first byte of the next page has it."""
    form = AppearanceForm(request.POST)
    response = redirect("accounts:me")
    if form.is_valid():
        response.set_cookie(
            "theme",
            form.cleaned_data["theme"],
            max_age=THEME_COOKIE_SECONDS,
            samesite="Lax",
            httponly=True,
            secure=settings.HTTPS,
        )
    return response
