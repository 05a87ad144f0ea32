"""Who somebody is. This app owns people and what proves who they are; it imports no other app."""

from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

USERNAME_LENGTH = 30
AGENT_LENGTH = 300


class UserAccounts(BaseUserManager):
    """Makes users. E-mail addresses are kept in lower case, so that one address is one account."""

    def create_user(self, *, email: str, username: str, password: str | None = None, **fields) -> "User":
        """Save and return a user. Raises IntegrityError when the e-mail address is taken."""
        user = self.model(email=email.strip().lower(), username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, *, email: str, username: str, password: str, **fields) -> "User":
        """An operator who may do everything in the admin site."""
        return self.create_user(
            email=email, username=username, password=password, is_staff=True, is_superuser=True, **fields
        )

    def get_by_natural_key(self, email: str) -> "User":
        """Log-in looks the address up in lower case, as it is kept."""
        return self.get(email=email.strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person. `email` logs in, `username` is the name that others see (not unique)."""

    email = models.EmailField(_("e-mail address"), unique=True, max_length=190)
    username = models.CharField(_("name"), max_length=USERNAME_LENGTH)
    email_verified_at = models.DateTimeField(_("e-mail address confirmed"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may use the admin site"), default=False)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True)

    objects = UserAccounts()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["username"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.username

    @property
    def public_name(self) -> str:
        """What others see."""
        return public_name(self.username, self.deleted_at)


def public_name(username: str, deleted_at: datetime | None) -> str:
    """What others see of a person: a deleted account keeps its messages and books under “former member”."""
    return str(_("former member")) if deleted_at else username


class Device(models.Model):
    """One living log-in of a person, by browser or by token. See accounts/devices.py."""

    user = models.ForeignKey(User, models.CASCADE, related_name="devices")
    credential = models.CharField(max_length=20, unique=True)
    session_key = models.CharField(max_length=40, blank=True)
    token = models.OneToOneField("knox.AuthToken", models.CASCADE, null=True, related_name="device")
    agent = models.CharField(max_length=AGENT_LENGTH, blank=True)
    first_seen_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.credential


class Attempt(models.Model):
    """Wrong guesses at one secret, e.g. `login:alice@example.com`, counted where a refused request cannot
    roll them back. See accounts/attempts.py."""

    key = models.CharField(max_length=255, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("counted guess")
        verbose_name_plural = _("counted guesses")

    def __str__(self) -> str:
        return self.key
