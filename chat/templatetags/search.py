"""What lists of hits are drawn with."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from chat.search import excerpts
from chat.search.finding import Hit

register = template.Library()


@register.filter
def excerpt(hit: Hit) -> SafeString:
    """The part of the text about the words that were found, these marked; everything is escaped."""
    pieces = excerpts.pieces(hit)
    return format_html_join(
        "", "{}", ((format_html("<mark>{}</mark>", one) if marked else one,) for one, marked in pieces)
    )


@register.filter
def besides(hit: Hit) -> str:
    """Names of files, the title of a card."""
    return excerpts.besides(hit)
