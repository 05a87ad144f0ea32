"""What a console is made of: groups of actions, each one request of the HTTP API with the fields it takes."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

API = "/api/v1/"
INPUT_TYPES = {
    "pin": "password",
    "password": "password",
    "email": "email",
    "moment": "datetime-local",
    "day": "date",
    "month": "month",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a request.

    `place` is where it goes: body, path, query or header. `kind` is what it is: text, email, password, pin,
    number, won, moment, day, month, switch, choice or fresh (made anew after each success). An empty optional
    value is left out. `things` names what the page may know ids of: channel, personal, group, plan, transfer,
    schedule, position (of a message).
    """

    name: str
    label: str | Promise
    kind: str = "text"
    place: str = "body"
    optional: bool = False
    help: str | Promise = ""
    things: str = ""
    choices: tuple[tuple[str, str | Promise], ...] = ()

    @property
    def input_type(self) -> str:
        """The `type` of its <input>."""
        return INPUT_TYPES.get(self.kind, "text")

    @property
    def is_secret(self) -> bool:
        """Nobody reads it over a shoulder, no browser offers to keep it."""
        return self.input_type == "password"

    @property
    def is_number(self) -> bool:
        """Phones show digits for it."""
        return self.kind in ("number", "won", "pin")


@dataclass(frozen=True, slots=True)
class Action:
    """A button: one request, or with `page` a page of the site to open.

    `path` is as in the OpenAPI description, below /api/v1/. `gives` is what the answer tells ids of; `then`
    is what the page does after success besides writing the log: log-in and log-out change who asks.
    """

    key: str
    label: str | Promise
    method: str
    path: str
    fields: tuple[Field, ...] = ()
    gives: str = ""
    then: str = ""
    note: str | Promise = ""
    page: str = ""

    @property
    def address(self) -> str:
        """Where it goes, with the names of what is still to be filled in."""
        return self.page or API + self.path

    @property
    def short_address(self) -> str:
        """So much of it as a button has room for."""
        path = self.page or self.path
        head, found, _name = path.partition("/{")
        beyond = path.rpartition("}/")[2]
        if not found:
            return path
        return f"…/{beyond}" if beyond else f"{head}/…/"

    @property
    def opens_form(self) -> bool:
        """Without anything to fill in or to read first it is sent at once."""
        return bool(self.fields or self.note)


@dataclass(frozen=True, slots=True)
class Group:
    """Actions that belong together."""

    key: str
    icon: str
    title: str | Promise
    actions: tuple[Action, ...]


def channel_field(place: str = "path", name: str = "channel_id") -> Field:
    """Which channel."""
    return Field(name, pgettext_lazy("console", "Channel"), kind="number", place=place, things="channel")
