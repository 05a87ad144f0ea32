"""Whose money it is: wallets, who may do what with a group's, and the PIN that guards each."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

NAME_LENGTH = 50
DESCRIPTION_LENGTH = 500
MOST_BALANCE = 10**13  # won; with MOST_AMOUNT it keeps every sum far inside 64 bits
EXTERNAL_ID = 1


class WalletKind(models.TextChoices):
    """EXTERNAL stands for the world outside: deposits come from it. It is one row and stores no balance, or
    every deposit of the site would wait for its lock."""

    PERSONAL = "personal", _("personal wallet")
    GROUP = "group", _("group wallet")
    EXTERNAL = "external", _("outside")


class WalletRole(models.TextChoices):
    """Owner and treasurer spend from a group wallet; the owner also gives roles, changes and closes it."""

    OWNER = "owner", _("owner")
    TREASURER = "treasurer", _("treasurer")
    MEMBER = "member", _("member")


SPENDERS = (WalletRole.OWNER, WalletRole.TREASURER)


class Wallets(models.QuerySet):
    """Wallets by what may be done with them."""

    def open(self) -> "Wallets":
        return self.exclude(kind=WalletKind.EXTERNAL).filter(closed_at=None)

    def of(self, user) -> "Wallets":
        """The open wallets that this person owns or is a member of."""
        mine = Q(owner=user) | Q(pk__in=WalletMember.objects.filter(user=user).values("wallet"))
        return self.open().filter(mine)


class Wallet(models.Model):
    """A personal wallet (`owner`) or a group wallet (`channel`).

    `balance` and `last_sequence` repeat what the entries say, so that nothing has to be summed; they change
    only with an entry, under this row's lock. `rights_version` grows with every change of a role, so that a
    transfer that was allowed before the lock notices a right that is gone.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=WalletKind.choices)
    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("owner"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="wallet",
    )
    channel = models.ForeignKey(
        "chat.Channel",
        verbose_name=_("channel"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="wallets",
    )
    name = models.CharField(_("name"), max_length=NAME_LENGTH, blank=True)
    description = models.CharField(_("description"), max_length=DESCRIPTION_LENGTH, blank=True)
    balance = models.BigIntegerField(_("balance"), default=0)
    last_sequence = models.BigIntegerField(default=0)
    sent_on = models.DateField(null=True, help_text="The day (KST) that sent_that_day counts.")
    sent_that_day = models.BigIntegerField(default=0)
    rights_version = models.PositiveIntegerField(default=0)
    approval_limit = models.BigIntegerField(
        _("approval limit"), null=True, blank=True, help_text=_("Above it a second person has to approve.")
    )
    created_at = models.DateTimeField(_("opened"), auto_now_add=True)
    locked_at = models.DateTimeField(_("locked"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    objects = Wallets.as_manager()

    class Meta:
        verbose_name = _("wallet")
        verbose_name_plural = _("wallets")
        constraints = [
            models.CheckConstraint(
                condition=Q(balance__gte=0, balance__lte=MOST_BALANCE), name="wallet_balance_in_bounds"
            ),
            models.CheckConstraint(
                condition=Q(kind="personal", owner__isnull=False, channel__isnull=True)
                | Q(kind="group", owner__isnull=True, channel__isnull=False)
                | Q(kind="external", owner__isnull=True, channel__isnull=True, balance=0),
                name="wallet_belongs_to_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(balance=0), name="wallet_closed_only_when_empty"
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.get_kind_display()} {self.pk}"

    @property
    def label(self) -> str:
        """How people call it: a group wallet by its name, a personal one by its owner's."""
        if self.kind == WalletKind.PERSONAL:
            return self.owner.public_name
        return self.name or self.get_kind_display()


class WalletMember(models.Model):
    """One person in one group wallet; always a member of its channel too."""

    wallet = models.ForeignKey(Wallet, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(_("role"), max_length=10, choices=WalletRole.choices, default=WalletRole.MEMBER)
    joined_at = models.DateTimeField(_("joined"), auto_now_add=True)

    class Meta:
        verbose_name = _("wallet member")
        verbose_name_plural = _("wallet members")
        constraints = [
            models.UniqueConstraint(fields=["wallet", "user"], name="one_wallet_membership_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.wallet_id}"


class Pin(models.Model):
    """What spending from a wallet asks for. Beside the wallet, so that guessing never waits for its lock.

    `tries` counts guesses since the last right one, each before it is compared (wallets/pins.py).
    """

    wallet = models.OneToOneField(Wallet, on_delete=models.CASCADE, primary_key=True, related_name="pin")
    hash = models.CharField(max_length=200, editable=False)
    tries = models.PositiveSmallIntegerField(_("wrong guesses"), default=0)
    locked_at = models.DateTimeField(_("locked"), null=True, blank=True)

    class Meta:
        verbose_name = _("PIN")
        verbose_name_plural = _("PINs")

    def __str__(self) -> str:
        return f"PIN of {self.wallet_id}"
