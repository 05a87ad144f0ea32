"""What every page is drawn with: icons and seals."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

HUES = 6


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """One drawing of static/icons.svg; words beside it say what it means."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#{}"/></svg>', extra, static("icons.svg"), name
    )


@register.filter
def person_mark(name: str) -> str:
    """Two signs of a person's name: the given name of a Korean one, else the beginning.

    static/js/seals.js draws the same for messages that arrive live.
    """
    letters = name.replace(" ", "")
    is_korean_name = len(letters) == 3 and all("가" <= letter <= "힣" for letter in letters)
    return letters[1:] if is_korean_name else letters[:2]


@register.filter
def channel_mark(name: str) -> str:
    """The first two signs of a channel's name."""
    return name.replace(" ", "")[:2]


@register.filter
def hue(owner_id: int) -> int:
    """Which of the six seal colours this id has, for `data-hue`."""
    return owner_id % HUES
