"""The console page: buttons for the HTTP API, and what its scripts may begin with."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from chat import services
from console import money, talk
from wallets.services.wallets import my_wallets

COLUMNS = ((talk.PEOPLE, talk.CHANNELS, money.PERSONAL), (money.GROUP, money.TRANSFERS))
MOST_KNOWN = 20


@never_cache
@ensure_csrf_cookie
@login_required
@require_safe
def console(request: HttpRequest) -> HttpResponse:
    """Everything on one page. Its scripts call the API as the caller, or with tokens that they are given."""
    return render(request, "console/console.html", {"columns": COLUMNS, "known": _known(request.user)})


def _known(user) -> list[dict]:
    """The newest channels and wallets of the caller, so that their ids need not be looked up."""
    channels = services.my_channels(user)[:MOST_KNOWN]
    wallets = my_wallets(user).select_related("owner")[:MOST_KNOWN]
    return [
        *({"thing": "channel", "id": channel.pk, "name": channel.title} for channel in channels),
        *({"thing": wallet.kind, "id": wallet.pk, "name": wallet.label} for wallet in wallets),
    ]
