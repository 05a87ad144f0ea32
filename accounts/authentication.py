"""How the API recognises who asks: a Bearer token, or the session of the pages."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

from accounts.credentials import token_row
from accounts.sightings import token_used


class BearerAuthentication(TokenAuthentication):
    """`Authorization: Bearer <token>`. `request.auth` is the kept token.

    Looks the token up in one query; knox's own way reads all tokens of the person at every request.
    """

    def authenticate(self, request):
        """The person and the kept token, which is noted as used; None without one. Raises
        AuthenticationFailed."""
        found = super().authenticate(request)
        if found is not None:
            token_used(found[1], request.META.get("HTTP_USER_AGENT", ""))
        return found

    def authenticate_credentials(self, token: bytes):
        """The person and the kept token. Raises AuthenticationFailed."""
        row = token_row(token.decode("ascii", "replace"))
        if row is None:
            raise AuthenticationFailed
        return row.user, row


class BearerScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI page offers the token."""

    target_class = "accounts.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema) -> dict:
        """An HTTP Bearer scheme."""
        return {"type": "http", "scheme": "bearer"}
