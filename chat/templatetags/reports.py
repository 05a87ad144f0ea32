"""What waits for the operators, for the first page of the admin site."""

from django import template

from chat.models import Report, ReportState

register = template.Library()
COUNTED_AT_MOST = 1_000


@register.simple_tag
def open_reports() -> int:
    """How many reports wait; counts to COUNTED_AT_MOST."""
    return Report.objects.filter(state=ReportState.OPEN)[:COUNTED_AT_MOST].count()
