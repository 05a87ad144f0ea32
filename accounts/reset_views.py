"""The pages of a forgotten password."""

from django.contrib import messages
from django.contrib.auth.views import INTERNAL_RESET_SESSION_TOKEN, PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import known_browsers, mail, resetting
from accounts.addresses import address_of, site_of
from accounts.forms import ForgottenForm, NewPasswordForm, marked, posted, show_refusal
from accounts.refusals import Refusal


@never_cache
@require_http_methods(["GET", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for the address and send the link; on a site without mail say that none comes."""
    if not mail.is_sent_here():
        return render(request, "accounts/no_mail.html")
    form = ForgottenForm(posted(request))
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        try:
            resetting.send_link(email=email, address=address_of(request), site=site_of(request))
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("accounts:link-sent")
    return marked(render(request, "accounts/forgotten.html", {"form": form}), form)


@require_safe
def link_sent(request: HttpRequest) -> HttpResponse:
    """The same whether there is an account or not."""
    return render(request, "accounts/link_sent.html")


class ChooseNewPassword(PasswordResetConfirmView):
    """Where the link leads. Django's view keeps its token in the session and out of the address, so that no
    later page tells it."""

    template_name = "accounts/reset.html"
    form_class = NewPasswordForm

    def form_valid(self, form: NewPasswordForm) -> HttpResponse:
        """Set it. The browser is a known one from now on: strangers' guesses do not keep its owner out."""
        token = self.request.session.get(INTERNAL_RESET_SESSION_TOKEN, "")
        try:
            user = resetting.reset_password(
                user=self.user, token=token, new=form.cleaned_data["new_password"]
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
            return self.form_invalid(form)
        self.request.session.pop(INTERNAL_RESET_SESSION_TOKEN, None)
        messages.success(self.request, _("The password was changed. Log in with the new one."))
        answer = redirect("accounts:login")
        known_browsers.remember(self.request, answer, user.email)
        return answer
