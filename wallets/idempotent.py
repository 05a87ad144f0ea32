"""Requests that move money, over HTTP: the key they carry, who they come from, how they are answered."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.response import Response

from accounts.credentials import credential_of_session, credential_of_token
from wallets.ledger.orders import Posted
from wallets.models import Transfer
from wallets.services.transfers import check_key
from wallets.shapes import TransferSerializer

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"


def key_parameter(*, required: bool) -> OpenApiParameter:
    """The header in the OpenAPI description."""
    return OpenApiParameter(
        HEADER,
        OpenApiTypes.STR,
        OpenApiParameter.HEADER,
        required=required,
        description="1 to 255 printable characters, new for each intention. The same key and body again are "
        f"answered with the first answer and `{REPLAYED}: true`; another body is 422.",
    )


_replayed = OpenApiParameter(
    REPLAYED,
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    response=[201],
    description="“true” where the key had been used: nothing moved again.",
)


def moves_money(request):
    """Describes a POST that takes a key and answers 201 with a transfer."""
    return extend_schema(
        parameters=[key_parameter(required=True), _replayed],
        request=request,
        responses={201: TransferSerializer},
    )


def key_of(request) -> str:
    """The request's key. Raises KeyRequired or KeyMalformed."""
    return check_key(request.headers.get(HEADER))


def credential_of(request) -> str:
    """The id of the token or the session that the request came with; a right PIN is remembered for it."""
    if request.auth is not None:
        return credential_of_token(request.auth.token_key)
    session_key = request.session.session_key
    return credential_of_session(session_key) if session_key else ""


def answer_posted(posted: Posted) -> Response:
    """201 with the transfer, the first time and every time."""
    transfer = Transfer.objects.select_related("source__owner", "target__owner", "actor", "reversal")
    answer = TransferSerializer(transfer.get(pk=posted.transfer.pk)).data
    return Response(answer, status=status.HTTP_201_CREATED, headers=replay_header(posted.replayed))


def replay_header(replayed: bool) -> dict[str, str]:
    """What tells a repeat."""
    return {REPLAYED: "true"} if replayed else {}
