"""What people may write into names: one line or several, tidied, without characters that deceive a reader."""

import unicodedata

from django.utils.translation import gettext_lazy as _

from accounts.refusals import Refusal

# Embeddings, overrides and isolates turn the reading direction: "gpj.exe" shows as "exe.jpg".
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Letters by category, yet nothing to see: a name made of them looks like no name at all.
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")


class InvalidInput(Refusal):
    """One input that breaks its rule; `field` names it."""

    code = "validation_failed"
    status = 400
    detail = _("This value is not allowed.")


def tidy_line(value: str, *, field: str, longest: int, required: bool = True) -> str:
    """The text on one line: NFC, trimmed, inner blanks collapsed; at most `longest` characters. Raises
    InvalidInput."""
    line = value.strip(" \t\r\n")
    _refuse_deception(line, field)
    return _measured(" ".join(unicodedata.normalize("NFC", line).split()), field, longest, required)


def tidy_lines(value: str, *, field: str, longest: int, required: bool = False) -> str:
    """The same for a text of several lines; its line breaks become \\n."""
    text = value.replace("\r\n", "\n").strip()
    _refuse_deception(text.replace("\n", " "), field)
    return _measured(unicodedata.normalize("NFC", text), field, longest, required)


def _refuse_deception(text: str, field: str) -> None:
    if any(unicodedata.category(mark) in {"Cc", "Cs"} for mark in text):
        raise InvalidInput(_("Control characters are not allowed."), field=field)
    if not _BIDI_CONTROLS.isdisjoint(text):
        raise InvalidInput(_("Characters that turn the reading direction are not allowed."), field=field)


def _measured(text: str, field: str, longest: int, required: bool) -> str:
    if not any(unicodedata.category(mark)[0] not in "ZC" and mark not in _FILLERS for mark in text):
        if required:
            raise InvalidInput(_("This field may not be empty."), field=field)
        return ""
    if len(text) > longest:
        too_long = _("At most %(longest)d characters are allowed.")
        raise InvalidInput(too_long % {"longest": longest}, field=field)
    return text
