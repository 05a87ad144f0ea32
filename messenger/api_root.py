"""The first page of the API."""

from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView


class ApiRoot(APIView):
    """Where to begin: the lists, the description and the way to log in."""

    permission_classes = [AllowAny]
    schema = None
    entrances = {
        "accounts": "api-accounts",
        "login": "api-login",
        "logout": "api-logout",
        "me": "api-me",
        "channels": "api-channels",
        "channel_search": "api-channel-search",
        "wallets": "api-wallets",
        "transfers": "api-transfers",
        "scheduled_transfers": "api-schedules",
        "docs": "api-docs",
        "schema": "api-schema",
    }

    def get(self, request) -> Response:
        """The addresses."""
        return Response({name: reverse(address, request=request) for name, address in self.entrances.items()})
