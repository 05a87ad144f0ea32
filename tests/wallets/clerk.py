"""`python -m tests.wallets.clerk SEED THREADS COUNT WALLET…`: one process of several that move money at once.

Prints how many transfers were posted or refused, as JSON; exit 1 when anything else happened.
"""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "messenger.settings")


def main() -> None:
    seed, threads, count, *ids = map(int, sys.argv[1:])
    django.setup()
    from tests.wallets.crowd import all_at_once, counted, random_transfers
    from wallets.models import Wallet
    from wallets.pins import PinHasher

    PinHasher.work_factor = 2  # as these wallets' PINs were hashed
    wallets = list(Wallet.objects.select_related("owner").filter(pk__in=ids).order_by("pk"))
    sys.stdin.readline()  # all processes begin together
    answers = all_at_once(
        *(lambda number=number: random_transfers(wallets, count, seed + number) for number in range(threads))
    )
    print(json.dumps(counted(answers)))


if __name__ == "__main__":
    main()
