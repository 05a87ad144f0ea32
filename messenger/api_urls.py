"""Every address under /api/."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from accounts import api as accounts
from chat import api as channels
from chat import message_api as messages
from messenger.api_root import ApiRoot

accounts_urls = [
    path("v1/accounts/", accounts.SignUp.as_view(), name="api-accounts"),
    path("v1/accounts/login/", accounts.LogIn.as_view(), name="api-login"),
    path("v1/accounts/logout/", accounts.LogOut.as_view(), name="api-logout"),
    path("v1/accounts/me/", accounts.Me.as_view(), name="api-me"),
    path("v1/accounts/me/password/", accounts.Password.as_view(), name="api-password"),
]

channels_urls = [
    path("v1/channels/", channels.Channels.as_view(), name="api-channels"),
    path("v1/channels/search/", channels.Search.as_view(), name="api-channel-search"),
    path("v1/channels/<int:channel_id>/", channels.OneChannel.as_view(), name="api-channel"),
    path("v1/channels/<int:channel_id>/messages/", messages.Messages.as_view(), name="api-messages"),
    path("v1/channels/<int:channel_id>/join/", channels.Join.as_view(), name="api-join"),
    path("v1/channels/<int:channel_id>/leave/", channels.Leave.as_view(), name="api-leave"),
    path("v1/channels/<int:channel_id>/members/", channels.Members.as_view(), name="api-members"),
    path(
        "v1/channels/<int:channel_id>/members/<int:user_id>/", channels.OneMember.as_view(), name="api-member"
    ),
]

urlpatterns = [
    path("", ApiRoot.as_view(), name="api-root"),
    path("v1/", ApiRoot.as_view(), name="api-v1"),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerView.as_view(url_name="api-schema"), name="api-docs"),
    *accounts_urls,
    *channels_urls,
]
