"""What the site writes to people by mail, in the language of the request. No letter holds a name: whoever
signs up with a stranger's address would choose what the stranger reads."""

from django.utils.translation import gettext as _

from accounts.mail import Letter


def about_new_password(to: str, link: str) -> Letter:
    """With the link by which the person chooses a new password."""
    text = _(
        "Hello,\n\n"
        "open this address to choose a new password. It works once and for one hour.\n\n"
        "%(link)s\n\n"
        "If you did not ask for it, leave this mail alone: your password stays as it is.\n"
    )
    return _letter(to, _("Choose a new password"), text % {"link": link})


def about_changed_password(to: str) -> Letter:
    """After the password was changed, whoever did it."""
    text = _(
        "Hello,\n\n"
        "the password of your account was changed, and other devices were logged out.\n\n"
        "If that was not you, choose a new password with “Forgot your password?” on the log-in page, and "
        "write to whoever runs this site.\n"
    )
    return _letter(to, _("Your password was changed"), text)


def about_confirming(to: str, link: str) -> Letter:
    """With the link by which the person says that this address is theirs."""
    text = _(
        "Hello,\n\n"
        "somebody gave this address for an account. If it was you, open this address to confirm it. It works "
        "for three days.\n\n"
        "%(link)s\n\n"
        "If it was not you, leave this mail alone.\n"
    )
    return _letter(to, _("Confirm the address"), text % {"link": link})


def about_changed_address(to: str) -> Letter:
    """To the address that an account had until now."""
    text = _(
        "Hello,\n\n"
        "your account has another e-mail address from now on, and this one no longer logs in.\n\n"
        "If that was not you, write to whoever runs this site.\n"
    )
    return _letter(to, _("Your e-mail address was changed"), text)


def about_codes_on(to: str) -> Letter:
    """After one-time codes were switched on."""
    text = _(
        "Hello,\n\n"
        "log-ins to your account ask for a one-time code from now on, and other devices were logged out.\n\n"
        "If that was not you, write to whoever runs this site.\n"
    )
    return _letter(to, _("One-time codes are on"), text)


def about_codes_off(to: str) -> Letter:
    """After one-time codes were switched off, whoever did it."""
    text = _(
        "Hello,\n\n"
        "log-ins to your account ask for no one-time code any more.\n\n"
        "If you do not know why, change your password, switch the codes on again, and write to whoever runs "
        "this site.\n"
    )
    return _letter(to, _("One-time codes are off"), text)


def _letter(to: str, subject: str, text: str) -> Letter:
    return Letter(to, f"[{_('Dues Messenger')}] {subject}", text)
