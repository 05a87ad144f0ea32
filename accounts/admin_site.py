"""The admin site, whose door knows one-time codes."""

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import codes, half_in


class OperatorSite(AdminSite):
    """For operators; with ADMIN_NEEDS_CODE only for those whose log-ins ask for a code."""

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether this person may use it."""
        return super().has_permission(request) and not self._lacks_codes(request)

    def login(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """The log-in; whoever has to give a code or to set codes up is led there."""
        if super().has_permission(request) and self._lacks_codes(request):
            messages.info(request, _("Operators switch one-time codes on first; then the admin site opens."))
            return redirect("accounts:codes")
        try:
            return super().login(request, extra_context)
        except codes.CodeNeeded as needed:
            return half_in.hold(request, needed.user, request.GET.get("next") or reverse("admin:index"))

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list:
        """What there is, by names that operators know: the library of the tokens names them after itself."""
        listed = super().get_app_list(request, app_label)
        for app in listed:
            if app["app_label"] == "knox":
                app["name"] = app["models"][0]["name"] = _("Log-ins of programs")
        return listed

    def _lacks_codes(self, request: HttpRequest) -> bool:
        return settings.ADMIN_NEEDS_CODE and not codes.is_on(request.user)
