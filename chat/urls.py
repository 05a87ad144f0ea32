"""Addresses of the channel pages."""

from django.urls import path

from chat import views

app_name = "chat"
urlpatterns = [
    path("", views.channels, name="channels"),
    path("channels/new/", views.new_channel, name="new"),
    path("channels/search/", views.search, name="search"),
    path("channels/<int:channel_id>/", views.conversation, name="conversation"),
    path("channels/<int:channel_id>/about/", views.about, name="about"),
    path("channels/<int:channel_id>/change/", views.change, name="change"),
    path("channels/<int:channel_id>/join/", views.join, name="join"),
    path("channels/<int:channel_id>/leave/", views.leave, name="leave"),
    path("channels/<int:channel_id>/close/", views.close, name="close"),
    path("channels/<int:channel_id>/members/<int:user_id>/", views.member, name="member"),
]
