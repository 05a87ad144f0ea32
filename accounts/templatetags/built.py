"""The built scripts and styles, which `make bundle` joins and names by their content."""

import json
from functools import cache

from django import template
from django.conf import settings
from django.templatetags.static import static

register = template.Library()


@register.simple_tag
def built(name: str) -> str:
    """The address of `main.js`, `console.js` or `style.css` as built last; KeyError for another name.

    The note is read once a process, as WhiteNoise lists the files at its start; with DEBUG both look again.
    """
    if settings.DEBUG:
        read_names.cache_clear()
    return static(f"built/{read_names()[name]}")


@cache
def read_names() -> dict[str, str]:
    """Each built file's name, by the name of its entry."""
    note = settings.BASE_DIR / "static" / "built" / "built.json"
    return json.loads(note.read_text())["files"]
