"""Opens, changes and closes wallets. Whatever changes who may do what holds the wallet's lock and grows its
`rights_version`, so that no transfer goes by a right that is gone."""

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from accounts.confirming import refuse_unconfirmed
from accounts.services import confirm_password
from accounts.text import tidy_line, tidy_lines
from chat.services.locking import lock_active_person, lock_channel, membership_of, refuse_direct
from wallets import pins
from wallets.audit import note
from wallets.models import Pin, Wallet, WalletKind, WalletMember, WalletRole
from wallets.models.wallet import DESCRIPTION_LENGTH, NAME_LENGTH
from wallets.refusals import NameTaken, WalletExists, WalletHasSchedules, WalletNotEmpty
from wallets.rights import visible_to, wallet_for, with_role
from wallets.schedules.services import has_open_schedules
from wallets.services.locking import check_still_owner, lock_wallet, owned_group, owned_wallet
from wallets.services.transfers import check_amount


def open_personal(*, user, pin: object) -> Wallet:
    """My one wallet; a closed one is opened again with its history. Raises WalletExists,
    PinMalformed or AddressUnconfirmed. Of two at once one gets WalletExists."""
    refuse_unconfirmed(user)
    hashed = pins.hash_pin(pins.check_new_pin(pin))
    try:
        with transaction.atomic():
            lock_active_person(user.pk)
            wallet, new = Wallet.objects.get_or_create(owner=user, defaults={"kind": WalletKind.PERSONAL})
            if not new and wallet.closed_at is None:
                raise WalletExists
            Wallet.objects.filter(pk=wallet.pk).update(closed_at=None)
            Pin.objects.update_or_create(
                wallet=wallet, defaults={"hash": hashed, "tries": 0, "locked_at": None}
            )
            note(actor=user, action="opened", wallet=wallet)
    except IntegrityError as taken:
        raise WalletExists from taken
    return wallet_for(user=user, wallet_id=wallet.pk)


def open_group(*, user, channel_id: int, name: str, pin: object, description: str = "") -> Wallet:
    """A wallet of a channel that I am in; I become its owner. Raises ChannelNotFound, DirectChannel,
    NameTaken, PinMalformed, AddressUnconfirmed or InvalidInput. Locks the channel."""
    refuse_unconfirmed(user)
    name = tidy_line(name, field="name", longest=NAME_LENGTH)
    description = tidy_lines(description, field="description", longest=DESCRIPTION_LENGTH)
    hashed = pins.hash_pin(pins.check_new_pin(pin))
    with transaction.atomic():
        channel = lock_channel(channel_id)
        membership_of(user, channel)
        refuse_direct(channel)
        if Wallet.objects.open().filter(channel=channel, name=name).exists():
            raise NameTaken
        wallet = Wallet.objects.create(
            kind=WalletKind.GROUP, channel=channel, name=name, description=description
        )
        WalletMember.objects.create(wallet=wallet, user=user, role=WalletRole.OWNER)
        Pin.objects.create(wallet=wallet, hash=hashed)
        note(actor=user, action="opened", wallet=wallet, name=name)
    return wallet_for(user=user, wallet_id=wallet.pk)


def change_wallet(*, user, wallet_id: int, **changes) -> Wallet:
    """Change `name`, `description` or `approval_limit` (won, None for no limit) of a group wallet; the
    owner's right. Raises WalletNotFound, OwnerOnly, NameTaken, AmountInvalid or InvalidInput."""
    wallet = owned_group(user, wallet_id)
    if "name" in changes:
        changes["name"] = tidy_line(changes["name"], field="name", longest=NAME_LENGTH)
    if "description" in changes:
        changes["description"] = tidy_lines(
            changes["description"], field="description", longest=DESCRIPTION_LENGTH
        )
    if changes.get("approval_limit") is not None:
        check_amount(changes["approval_limit"])
    with transaction.atomic():
        lock_channel(wallet.channel_id)  # names are unique among the open wallets of a channel
        locked = lock_wallet(wallet_id)
        check_still_owner(user, locked)
        same = Wallet.objects.open().filter(channel=locked.channel_id, name=changes.get("name", ""))
        if same.exclude(pk=locked.pk).exists():
            raise NameTaken
        before = {name: getattr(locked, name) for name in changes}
        # Growing the version makes a transfer under way look at the new approval limit.
        Wallet.objects.filter(pk=wallet_id).update(**changes, rights_version=F("rights_version") + 1)
        note(actor=user, action="changed", wallet=locked, before=before, after=changes)
    return wallet_for(user=user, wallet_id=wallet_id)


def close_wallet(*, user, wallet_id: int) -> None:
    """Close a wallet that is empty and has no planned transfer. Raises WalletNotFound, OwnerOnly,
    WalletNotEmpty or WalletHasSchedules. The books stay."""
    owned_wallet(user, wallet_id)
    with transaction.atomic():
        wallet = lock_wallet(wallet_id)
        if wallet.kind == WalletKind.GROUP:
            check_still_owner(user, wallet)
        close_locked(wallet, user)


def set_pin(*, user, wallet_id: int, password: str, pin: object) -> None:
    """A new PIN, proved by the account's password: this also unlocks it. The owner's right.

    Raises WalletNotFound, OwnerOnly, PinMalformed, WrongPassword or TooManyAttempts.
    """
    wallet = owned_wallet(user, wallet_id)
    hashed = pins.hash_pin(pins.check_new_pin(pin))
    confirm_password(user=user, password=password)
    with transaction.atomic():
        if wallet.kind == WalletKind.GROUP:
            check_still_owner(user, lock_wallet(wallet_id))
        Pin.objects.filter(pk=wallet_id).update(hash=hashed, tries=0, locked_at=None)
        note(actor=user, action="pin_set", wallet=wallet)


def my_wallets(user) -> QuerySet[Wallet]:
    """The open wallets I own or am a member of, with `my_role`; the own one first."""
    return with_role(Wallet.objects.of(user), user).order_by("-kind", "-pk")


def wallets_of_channel(user, channel_id: int) -> QuerySet[Wallet]:
    """The open group wallets of a channel that I am in, joined or not; none to a stranger."""
    seen = visible_to(user).filter(kind=WalletKind.GROUP, channel_id=channel_id, closed_at=None)
    return seen.filter(channel__memberships__user=user).order_by("-pk")


def lock_as_operator(*, operator, wallet_id: int, reason: str) -> None:
    """Stop a wallet: nothing moves in or out. A second call changes nothing. Raises WalletNotFound."""
    _set_lock(operator, wallet_id, reason, timezone.now())


def unlock_as_operator(*, operator, wallet_id: int, reason: str) -> None:
    """Let a stopped wallet go on, and its PIN be tried again. Raises WalletNotFound."""
    _set_lock(operator, wallet_id, reason, None)
    if pins.unlock(wallet_id):
        note(actor=operator, action="pin_unlocked", wallet=Wallet(pk=wallet_id), reason=reason)


def close_of_deleted_account(user) -> None:
    """Close the personal wallet in the transaction that deletes the account. Raises WalletNotEmpty or
    WalletHasSchedules."""
    wallet = Wallet.objects.open().filter(owner=user).first()
    if wallet is not None:
        close_locked(lock_wallet(wallet.pk), user)


def close_locked(wallet: Wallet, actor) -> None:
    """Close a wallet whose lock the caller holds. Raises WalletNotEmpty or WalletHasSchedules, naming it."""
    for refusal, stands in (
        (WalletNotEmpty, wallet.balance != 0),
        (WalletHasSchedules, has_open_schedules(wallet)),
    ):
        if stands:
            raise refusal(f"{wallet.label}: {refusal.detail}")
    Wallet.objects.filter(pk=wallet.pk).update(
        closed_at=timezone.now(), rights_version=F("rights_version") + 1
    )
    note(actor=actor, action="closed", wallet=wallet)


def _set_lock(operator, wallet_id: int, reason: str, locked_at) -> None:
    with transaction.atomic():
        wallet = lock_wallet(wallet_id)
        if (wallet.locked_at is None) != (locked_at is None):
            Wallet.objects.filter(pk=wallet_id).update(locked_at=locked_at)
            note(actor=operator, action="locked" if locked_at else "unlocked", wallet=wallet, reason=reason)
