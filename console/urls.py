"""The address of the console."""

from django.urls import path

from console import views

app_name = "console"
urlpatterns = [path("console/", views.console, name="console")]
