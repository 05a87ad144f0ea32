"""Addresses of the account pages, under /accounts/."""

from django.urls import path
from django.views.i18n import set_language

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("signup/", views.sign_up, name="signup"),
    path("login/", views.log_in, name="login"),
    path("logout/", views.log_out, name="logout"),
    path("me/", views.me, name="me"),
    path("me/password/", views.change_password, name="password"),
    path("me/delete/", views.delete_account, name="delete"),
    path("appearance/", views.choose_appearance, name="appearance"),
    path("language/", set_language, name="language"),
]
