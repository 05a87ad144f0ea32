"""Addresses of the account pages, under /accounts/."""

from django.urls import path
from django.views.i18n import set_language

from accounts import code_views, confirm_views, device_views, reset_views, views

app_name = "accounts"
urlpatterns = [
    path("signup/", views.sign_up, name="signup"),
    path("login/", views.log_in, name="login"),
    path("login/code/", code_views.give_code, name="code"),
    path("logout/", views.log_out, name="logout"),
    path("forgotten/", reset_views.forgotten, name="forgotten"),
    path("forgotten/sent/", reset_views.link_sent, name="link-sent"),
    path("reset/<uidb64>/<token>/", reset_views.ChooseNewPassword.as_view(), name="reset"),
    path("confirm/<token>/", confirm_views.confirm, name="confirm"),
    path("me/confirm/", confirm_views.send_again, name="send-again"),
    path("me/", views.me, name="me"),
    path("me/password/", views.change_password, name="password"),
    path("me/codes/", code_views.my_codes, name="codes"),
    path("me/codes/on/", code_views.turn_on, name="codes-on"),
    path("me/codes/off/", code_views.turn_off, name="codes-off"),
    path("me/data/", views.download, name="data"),
    path("me/devices/", device_views.my_devices, name="devices"),
    path("me/devices/others/", device_views.end_other_devices, name="devices-others"),
    path("me/devices/<int:device_id>/end/", device_views.end_device, name="device-end"),
    path("me/delete/", views.delete_account, name="delete"),
    path("appearance/", views.choose_appearance, name="appearance"),
    path("language/", set_language, name="language"),
]
