"""Which admin site this is. Apart from the site itself, for apps are listed before models can be imported."""

from django.contrib.admin.apps import AdminConfig


class OperatorAdmin(AdminConfig):
    """Makes `admin.site` ours."""

    default_site = "accounts.admin_site.OperatorSite"
