"""The books of a wallet over HTTP: pages of entries, and all of them as a table. Parse, call the service,
present."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, generics, serializers
from rest_framework.views import APIView

from accounts.api import OneFormat
from wallets.api import asked
from wallets.models import LedgerEntry, TransferKind
from wallets.services.history import IN, OUT, Narrowing, history
from wallets.shapes import EntrySerializer
from wallets.statement import statement


class DaysSerializer(serializers.Serializer):
    """Days in Korea, both included."""

    def get_fields(self) -> dict[str, serializers.Field]:
        """`from` is no name in Python."""
        return {
            "from": serializers.DateField(required=False, source="first_day"),
            "to": serializers.DateField(required=False, source="last_day"),
            **super().get_fields(),
        }


class NarrowingSerializer(DaysSerializer):
    """Which entries to leave out; `q` is looked for in the memo and in the name of the other side, `min` and
    `max` bound the amount without its sign."""

    direction = serializers.ChoiceField(choices=[IN, OUT], required=False)
    kind = serializers.ChoiceField(choices=TransferKind.choices, required=False)
    q = serializers.CharField(required=False, allow_blank=True, max_length=100, source="words")
    min = serializers.IntegerField(required=False, min_value=0, max_value=2**62, source="least")
    max = serializers.IntegerField(required=False, min_value=0, max_value=2**62, source="most")


@extend_schema(parameters=[NarrowingSerializer])
class Entries(generics.ListAPIView):
    """The books of a wallet, newest first, for those who joined it.

    A page looks through 5,000 entries at most: where a filter leaves out many it may hold fewer than `limit`,
    even none, and `next` goes on from there until it is null.
    """

    serializer_class = EntrySerializer
    queryset = LedgerEntry.objects.none()

    def get_queryset(self):
        """The entries that were asked for."""
        narrowing = Narrowing(**asked(NarrowingSerializer, self.request))
        self.history = history(
            user=self.request.user, wallet_id=self.kwargs["wallet_id"], narrowing=narrowing
        )
        return self.history.entries

    def paginate_queryset(self, queryset):
        """One page, found within one portion, so that no page reads a whole wallet."""
        position, backwards = self._position()
        portion = self.history.portion(position, backwards=backwards)
        inside = queryset.filter(sequence__gte=portion.start, sequence__lt=portion.stop)
        page = super().paginate_queryset(inside)
        links, numbers = self.paginator, self.history.numbers
        if backwards and not links.has_previous and portion.stop < numbers.stop:
            links.has_previous, links.previous_position = True, portion.stop - 1
        if not backwards and not links.has_next and portion.start > numbers.start:
            links.has_next, links.next_position = True, portion.start
        if not page and position is not None:  # else the links back would leave out the entry at `position`
            if backwards:
                links.next_position = position + 1
            else:
                links.previous_position = position - 1
        return page

    def _position(self) -> tuple[int | None, bool]:
        """Where the cursor stands and which way it looks; one that is none is refused by the paginator."""
        try:
            cursor = self.paginator.decode_cursor(self.request)
            return (int(cursor.position), cursor.reverse) if cursor else (None, False)
        except (exceptions.NotFound, TypeError, ValueError):
            return None, False


class Statement(APIView):
    """The books of a wallet as a table for a spreadsheet."""

    content_negotiation_class = OneFormat

    @extend_schema(parameters=[DaysSerializer], responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request, wallet_id: int):
        """The days' entries, oldest first; the last row adds up: opening + in − out = closing."""
        return statement(user=request.user, wallet_id=wallet_id, **asked(DaysSerializer, request))
