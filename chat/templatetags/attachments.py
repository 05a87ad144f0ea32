"""What photos and files are drawn with: their sizes, and the limits that the page tells its script."""

from datetime import date

from django import template
from django.conf import settings
from django.template.defaultfilters import date as format_date
from django.urls import reverse
from django.utils import formats
from django.utils.translation import pgettext

from chat.models import Attachment, Channel

register = template.Library()
MEGABYTE = 1024 * 1024
PHOTO_WIDTH, PHOTO_HEIGHT = 320, 400  # static/js/attachments/sizes.js draws by the same rule


@register.filter
def drawn_width(photo) -> int:
    """How wide a photo stands in the talk."""
    return max(1, round(photo.width * _scale(photo)))


@register.filter
def drawn_height(photo) -> int:
    """How high."""
    return max(1, round(photo.height * _scale(photo)))


def _scale(photo) -> float:
    return min(1, PHOTO_WIDTH / photo.width, PHOTO_HEIGHT / photo.height)


@register.filter
def spoken_size(size: int) -> str:
    """312 KB, 3.4 MB; static/js/attachments/sizes.js says the same."""
    if size < MEGABYTE:
        return f"{formats.number_format(max(1, round(size / 1024)), use_l10n=True)} KB"
    return f"{formats.number_format(size / MEGABYTE, decimal_pos=1, use_l10n=True)} MB"


@register.filter
def photos_of(attachments: list) -> list:
    """The photos among them."""
    return [one for one in attachments if one.width]


@register.simple_tag
def most_bytes(kind: str) -> int:
    """How large a "photo" or a "file" may be."""
    return (settings.PHOTO_MEGABYTES if kind == "photo" else settings.FILE_MEGABYTES) * MEGABYTE


@register.simple_tag
def album_jump(channel: Channel, attachment: Attachment) -> str:
    """Where the message stands that shows it."""
    talk = reverse("chat:conversation", args=[channel.pk])
    return f"{talk}?at={attachment.position}"


@register.filter
def month_line(month: date) -> str:
    """2026년 11월."""
    return format_date(month, pgettext("month, Django date format", "F Y"))
