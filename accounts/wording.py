"""Sentences of Django that our pages say in their own voice. Named here, so that makemessages finds them and
locale/ has our words for them instead of Django's."""

from django.utils.translation import gettext_noop, ngettext_lazy

OWN_WORDS = (
    gettext_noop("This password is too common."),
    gettext_noop("This password is entirely numeric."),
    gettext_noop("The password is too similar to the %(verbose_name)s."),
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
        8,
    ),
    gettext_noop("Select a valid choice. %(value)s is not one of the available choices."),
)
