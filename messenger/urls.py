"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path, re_path

from chat.webhooks.api import Hook
from messenger.health import healthz, readyz
from operations.room import room
from operations.views import metrics

urlpatterns = [
    path("", include("chat.urls")),
    path("", include("wallets.urls")),
    path("", include("console.urls")),
    path("accounts/", include("accounts.urls")),
    path("api/", include("messenger.api_urls")),
    path("admin/operations/", admin.site.admin_view(room), name="operations"),
    path("admin/", admin.site.urls),
    # With or without the last slash: a redirect would turn the POST of most programs into a GET.
    re_path(r"^hooks/(?P<token>[^/]+)/?$", Hook.as_view(), name="hook"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("healthz", healthz, name="healthz"),
    path("metrics", metrics, name="metrics"),
    path("readyz", readyz, name="readyz"),
]

handler400 = "messenger.problems.bad_request"
handler403 = "messenger.problems.permission_denied"
handler404 = "messenger.problems.page_not_found"
handler500 = "messenger.problems.server_error"
