"""The PIN of a wallet: kept as a hash that a stolen table does not give away, guessed five times at most.

A try is counted before the guess is compared, in a statement of its own: simultaneous guesses cannot slip
past the limit, a refused request does not take its count back, and no row is locked while the hash is
computed.
"""

import hmac
import threading
import time
from collections import OrderedDict
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.hashers import ScryptPasswordHasher
from django.db.models import F
from django.utils import timezone

from wallets import metrics
from wallets.models import Pin
from wallets.refusals import PinLocked, PinMalformed, PinWrong

MOST_TRIES = 5
# For guesses under way, when they took the last tries. A second was too short where a disk stalls: of sixteen
# right PINs at once the last were told that the PIN is locked.
WAIT_SECONDS = 5.0
POLL_SECONDS = 0.02
REMEMBERED_SECONDS = 180
REMEMBERED_MOST = 10_000


class HeldPin(NamedTuple):
    """What was read of a PIN's row."""

    hash: str
    locked_at: datetime | None


class PinHasher(ScryptPasswordHasher):
    """scrypt with 16 MB (N=2^14, r=8, p=1): about 40 ms of one core. With at most five guesses it need not be
    slower, and the pepper, not the work, protects four digits against whoever has the table."""

    algorithm = "pin_scrypt"
    parallelism = 1


def check_new_pin(pin: object) -> str:
    """A PIN that may be set: 4 to 6 digits. Raises PinMalformed."""
    if not isinstance(pin, str) or not (pin.isascii() and pin.isdecimal() and 4 <= len(pin) <= 6):
        raise PinMalformed
    return pin


def hash_pin(pin: str) -> str:
    """The hash to keep. Slow: outside any transaction."""
    hasher = PinHasher()
    return hasher.encode(_peppered(pin), hasher.salt())


def check_pin(
    *, wallet_id: int, pin: object, user_id: int, credential: str = "", held: HeldPin | None = None
) -> None:
    """Raises PinWrong with the tries left, or PinLocked. Not inside a transaction. `held` is the row, where
    the caller has read it already.

    A right PIN is remembered by this process for three minutes for the same person and log-in, so that a
    treasurer who pays twenty people does not wait for twenty hashes; another PIN forgets it at once.
    """
    held = held or Pin.objects.get(wallet_id=wallet_id)
    if held.locked_at is not None:
        raise PinLocked
    guess = pin if isinstance(pin, str) and len(pin) <= 6 else ""
    proof = (user_id, credential, held.hash)
    if credential and _remembered.fits(proof, guess):
        return
    _take_try(wallet_id)
    if PinHasher().verify(_peppered(guess), held.hash):
        # A lock that other guesses brought about meanwhile stands.
        if not Pin.objects.filter(pk=wallet_id, locked_at=None).update(tries=0):
            raise PinLocked
        _remembered.keep(proof, guess)
        return
    _remembered.forget(proof)
    tries = Pin.objects.values_list("tries", flat=True).get(pk=wallet_id)
    if tries >= MOST_TRIES:
        unlocked = Pin.objects.filter(pk=wallet_id, locked_at=None, tries__gte=MOST_TRIES)
        if unlocked.update(locked_at=timezone.now()):
            metrics.pin_locks.add()
        raise PinLocked
    raise PinWrong(MOST_TRIES - tries)


def unlock(wallet_id: int) -> bool:
    """Let the PIN be tried again; whether it was locked."""
    was_locked = Pin.objects.filter(pk=wallet_id).exclude(locked_at=None).exists()
    Pin.objects.filter(pk=wallet_id).update(locked_at=None, tries=0)
    return was_locked


def _take_try(wallet_id: int) -> None:
    """Count one try. When all are taken by guesses under way, a right one among them may give them back."""
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        if Pin.objects.filter(pk=wallet_id, locked_at=None, tries__lt=MOST_TRIES).update(
            tries=F("tries") + 1
        ):
            return
        locked = Pin.objects.filter(pk=wallet_id).exclude(locked_at=None).exists()
        if locked or time.monotonic() > deadline:
            raise PinLocked
        time.sleep(POLL_SECONDS)


def _peppered(pin: str) -> str:
    return hmac.new(settings.PIN_PEPPER.encode(), pin.encode(), sha256).hexdigest()


class _Remembered:
    """Right PINs of the last minutes, as keyed hashes, in this process only."""

    def __init__(self) -> None:
        self._proofs: OrderedDict[tuple, tuple[float, str]] = OrderedDict()
        self._lock = threading.Lock()

    def fits(self, proof: tuple, pin: str) -> bool:
        with self._lock:
            until, known = self._proofs.get(proof, (0.0, ""))
        return time.monotonic() < until and hmac.compare_digest(known, _peppered(pin))

    def keep(self, proof: tuple, pin: str) -> None:
        with self._lock:
            self._proofs[proof] = (time.monotonic() + REMEMBERED_SECONDS, _peppered(pin))
            self._proofs.move_to_end(proof)
            while len(self._proofs) > REMEMBERED_MOST:
                self._proofs.popitem(last=False)

    def forget(self, proof: tuple) -> None:
        with self._lock:
            self._proofs.pop(proof, None)


_remembered = _Remembered()
