"""What the pages for a new poll and a new event ask for. The rules are in chat/cards/rules.py."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import REQUIRED
from accounts.refusals import Refusal
from chat.cards import rules
from chat.cards.rules import CHOICE_LENGTH, FEWEST_CHOICES, MOST_CHOICES, PLACE_LENGTH, TITLE_LENGTH
from chat.pipeline.events import Card
from chat.protocol import CLIENT_ID

_INPUT = {"class": "field__input", "autocomplete": "off"}
_CHOICES = [f"choice_{number}" for number in range(1, MOST_CHOICES + 1)]
_FIELD_OF = {
    "card_title_invalid": "title",
    "card_choices_invalid": _CHOICES[0],
    "card_closes_in_the_past": "closes_at",
    "card_starts_at_required": "starts_at",
    "card_place_too_long": "place",
}


def _line(label, longest: int, *, required: bool = True, **attributes) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=longest,
        error_messages=REQUIRED,
        widget=forms.TextInput(attrs=_INPUT | attributes),
    )


def _moment(label, *, required: bool, help_text="") -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        required=required,
        help_text=help_text,
        input_formats=["%Y-%m-%dT%H:%M"],
        error_messages=REQUIRED | {"invalid": _("Choose a day and a time.")},
        widget=forms.DateTimeInput(attrs=_INPUT | {"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class CardForm(forms.Form):
    """What polls and events share. The same `client_id` again is the same card."""

    client_id = forms.RegexField(CLIENT_ID.pattern, max_length=64, widget=forms.HiddenInput)
    # The reader's time zone, which the page's script fills in; without it times are the site's.
    zone = forms.CharField(required=False, max_length=50, widget=forms.HiddenInput)

    def full_clean(self) -> None:
        """Read times in the reader's zone."""
        with timezone.override(_zone(self.data.get("zone", ""))):
            super().full_clean()

    def show_refusal(self, refusal: Refusal) -> None:
        """Put what is wrong with the card at the field it is about."""
        self.add_error(_FIELD_OF.get(refusal.code), str(refusal.detail))

    def card(self) -> Card:
        """The card that the fields describe, unchecked."""
        raise NotImplementedError


class PollForm(CardForm):
    """A new poll: a question and two to ten choices."""

    title = _line(_("Question"), TITLE_LENGTH, placeholder=_("Where shall we go?"))
    multiple = forms.BooleanField(label=_("Several may be chosen"), required=False)
    closes_at = _moment(_("Open until"), required=False, help_text=_("Left empty, it stays open."))

    def __init__(self, *arguments, **options) -> None:
        super().__init__(*arguments, **options)
        for number, name in enumerate(_CHOICES, start=1):
            label = _("Choice %(number)d") % {"number": number}
            self.fields[name] = _line(label, CHOICE_LENGTH, required=False)

    def choice_fields(self) -> list[forms.BoundField]:
        """The places for choices; the page shows as many as are used."""
        return [self[name] for name in _CHOICES]

    def clean(self) -> dict:
        """Say at the field which choice is missing or there twice."""
        fields = super().clean()
        given: set[str] = set()
        for name in _CHOICES:
            choice = " ".join(fields.get(name, "").split())
            if choice in given:
                self.add_error(name, _("This choice is there already."))
            given |= {choice} - {""}
        if len(given) < FEWEST_CHOICES and not any(name in self.errors for name in _CHOICES):
            missing = next(name for name in _CHOICES if not fields.get(name))
            self.add_error(missing, _("A poll needs two choices or more."))
        return fields

    def card(self) -> Card:
        fields = self.cleaned_data
        choices = [fields[name] for name in _CHOICES if fields.get(name)]
        return Card(rules.POLL, fields["title"], choices, fields["multiple"], _unix_ms(fields["closes_at"]))


class EventForm(CardForm):
    """A new event: what, when and where."""

    title = _line(_("Event name"), TITLE_LENGTH, placeholder=_("Saturday hike"))
    starts_at = _moment(_("Begins"), required=True)
    place = _line(_("Place"), PLACE_LENGTH, required=False)
    closes_at = _moment(
        _("Answers until"), required=False, help_text=_("Left empty, answers are always taken.")
    )

    def card(self) -> Card:
        fields = self.cleaned_data
        return Card(
            rules.EVENT,
            fields["title"],
            starts_at=_unix_ms(fields["starts_at"]),
            place=fields["place"],
            closes_at=_unix_ms(fields["closes_at"]),
        )


def _zone(name: str) -> ZoneInfo | None:
    """None, which means the site's, for what is no zone: the name comes from outside."""
    try:
        return ZoneInfo(name) if name else None
    except (OSError, ValueError, ZoneInfoNotFoundError):
        return None


def _unix_ms(moment: datetime | None) -> int | None:
    return int(moment.timestamp() * 1000) if moment else None
