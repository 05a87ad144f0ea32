"""Addresses of the channel pages."""

from django.urls import path

from chat import views
from chat.attachments import views as attachment_views
from chat.cards import views as card_views
from chat.export import views as export_views
from chat.people import direct_views, invitation_views
from chat.people import views as people_views
from chat.push import views as push_views
from chat.reports import views as report_views
from chat.search import views as search_views
from chat.webhooks import views as webhook_views

app_name = "chat"
urlpatterns = [
    path("", views.channels, name="channels"),
    path("notifications/", push_views.notifications, name="notifications"),
    path("sw.js", push_views.service_worker, name="service-worker"),
    path("manifest.webmanifest", push_views.manifest, name="manifest"),
    path("offline/", push_views.offline, name="offline"),
    path("channels/new/", views.new_channel, name="new"),
    path("channels/search/", views.search, name="search"),
    path("channels/direct/", direct_views.direct, name="direct"),
    path("channels/<int:channel_id>/", views.conversation, name="conversation"),
    path("channels/<int:channel_id>/row/", views.row, name="row"),
    path("search/", search_views.everywhere, name="search-messages"),
    path("channels/<int:channel_id>/search/", search_views.within, name="search-channel"),
    path("channels/<int:channel_id>/about/", people_views.about, name="about"),
    path("channels/<int:channel_id>/album/", attachment_views.album, name="album"),
    path(
        "channels/<int:channel_id>/attachments/<uuid:attachment_id>/",
        attachment_views.content,
        name="attachment",
    ),
    path(
        "channels/<int:channel_id>/attachments/<uuid:attachment_id>/thumbnail/",
        attachment_views.thumbnail,
        name="thumbnail",
    ),
    path("channels/<int:channel_id>/change/", views.change, name="change"),
    path("channels/<int:channel_id>/join/", views.join, name="join"),
    path("channels/<int:channel_id>/leave/", people_views.leave, name="leave"),
    path("channels/<int:channel_id>/close/", views.close, name="close"),
    path("channels/<int:channel_id>/members/<int:user_id>/", people_views.member, name="member"),
    path("channels/<int:channel_id>/notify/", people_views.choose_notify, name="notify"),
    path("channels/<int:channel_id>/slow/", people_views.choose_pause, name="slow"),
    path("channels/<int:channel_id>/bans/", people_views.bans, name="bans"),
    path("channels/<int:channel_id>/invitations/", invitation_views.invitations, name="invitations"),
    path(
        "channels/<int:channel_id>/invitations/<int:invitation_id>/",
        invitation_views.invitation,
        name="invitation",
    ),
    path("invite/<str:token>/", invitation_views.invited, name="invited"),
    path("channels/<int:channel_id>/polls/", card_views.polls, name="polls"),
    path("channels/<int:channel_id>/polls/new/", card_views.new_poll, name="new-poll"),
    path("channels/<int:channel_id>/events/", card_views.events, name="events"),
    path("channels/<int:channel_id>/events/new/", card_views.new_event, name="new-event"),
    path("channels/<int:channel_id>/notices/", card_views.notices, name="notices"),
    path("channels/<int:channel_id>/messages/<str:message_id>/notice/", card_views.notice, name="notice"),
    path("channels/<int:channel_id>/messages/<str:message_id>/answers/", card_views.answers, name="answers"),
    path("channels/<int:channel_id>/messages/<str:message_id>/report/", report_views.report, name="report"),
    path("channels/<int:channel_id>/export/", export_views.export, name="export"),
    path("channels/<int:channel_id>/webhooks/", webhook_views.channel_webhooks, name="webhooks"),
    path(
        "channels/<int:channel_id>/webhooks/<int:webhook_id>/revoke/",
        webhook_views.revoke,
        name="webhook-revoke",
    ),
]
