"""The groups of people and channels."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from console.actions import Action, Field, Group, channel_field

_email = Field("email", _("E-mail"), kind="email")
_password = Field("password", _("Password"), kind="password")
_channel = channel_field()

PEOPLE = Group(
    "people",
    "person",
    pgettext_lazy("console", "People"),
    (
        Action(
            "sign-up",
            _("Sign up"),
            "POST",
            "accounts/",
            (_email, Field("username", _("Name")), _password),
        ),
        Action(
            "log-in",
            _("Log in"),
            "POST",
            "accounts/login/",
            (_email, _password),
            then="log-in",
            note=_("Whoever logs in here asks from then on. You yourself stay logged in."),
        ),
        Action("me", _("My details"), "GET", "accounts/me/"),
        Action(
            "log-out",
            _("Log out"),
            "POST",
            "accounts/logout/",
            then="log-out",
            note=_("Ends the log-in of whoever asks. As yourself you have to log in to this page again."),
        ),
    ),
)

CHANNELS = Group(
    "channels",
    "talk",
    pgettext_lazy("console", "Channels"),
    (
        Action(
            "make-channel",
            _("Make a channel"),
            "POST",
            "channels/",
            (
                Field("name", _("Name")),
                Field("description", _("Description"), optional=True),
                Field("is_private", _("Private, with a password"), kind="switch"),
                Field("password", _("Channel password"), kind="password", optional=True),
            ),
            gives="channel",
        ),
        Action("my-channels", _("My channels"), "GET", "channels/", gives="channel"),
        Action(
            "search-channels",
            _("Search public channels"),
            "GET",
            "channels/search/",
            (Field("q", _("Words"), place="query"),),
            gives="channel",
        ),
        Action(
            "join-channel",
            pgettext_lazy("console", "Join a channel"),
            "POST",
            "channels/{channel_id}/join/",
            (_channel, Field("password", _("Channel password"), kind="password", optional=True)),
        ),
        Action(
            "open-channel",
            _("Go to a channel"),
            "",
            "",
            (_channel,),
            page="/channels/{channel_id}/",
            note=_("Opens the conversation in a new tab, as yourself."),
        ),
        Action("members", _("Members"), "GET", "channels/{channel_id}/members/", (_channel,)),
        Action(
            "post-message",
            _("Send a message"),
            "POST",
            "channels/{channel_id}/messages/",
            (
                _channel,
                Field("text", pgettext_lazy("console", "Message")),
                Field(
                    "client_id", "client_id", kind="fresh", help=_("The same one sent twice is one message.")
                ),
            ),
            gives="position",
        ),
        Action(
            "history",
            _("Past messages"),
            "GET",
            "channels/{channel_id}/messages/",
            (_channel,),
            gives="position",
        ),
        Action(
            "search-messages",
            _("Search messages"),
            "GET",
            "channels/{channel_id}/messages/search/",
            (_channel, Field("q", _("Words"), place="query")),
        ),
        Action(
            "mark-read",
            _("Mark as read"),
            "POST",
            "channels/{channel_id}/read/",
            (_channel, Field("position", _("Up to which position"), things="position")),
        ),
        Action("leave-channel", _("Leave a channel"), "POST", "channels/{channel_id}/leave/", (_channel,)),
    ),
)
