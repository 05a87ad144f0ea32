"""The demo's group wallet shows every kind of member, and making it again changes nothing."""

from accounts.models import User
from chat import services
from tests.wallets.club import month
from tests.wallets.conftest import PIN, balance
from wallets.demo import furnish
from wallets.models import DuesPlan, SpendRequest, Transfer
from wallets.services import dues_board

NAMES = ("mikyung", "minjun", "eunho", "jaehyun", "jiwoo")


def test_the_demo_wallet_shows_every_status_and_is_made_once(db):
    people = {
        name: User.objects.create_user(email=f"{name}@example.com", username=name, password="x")
        for name in NAMES
    }
    channel = services.create_channel(user=people["mikyung"], name="토요 등산 모임", description="")
    for name in NAMES[1:]:
        services.join(user=people[name], channel_id=channel.pk)

    first, again = (furnish(people, channel, pin=PIN) for _ in range(2))

    assert first == again
    assert balance(first) == 140_000
    board = dues_board.board(user=people["minjun"], plan_id=DuesPlan.objects.get().pk)
    assert board.counts == {"unpaid": 1, "partial": 1, "paid": 2, "prepaid": 0, "exempt": 1}
    ahead = dues_board.board(user=people["minjun"], plan_id=board.plan.pk, period=month(1))
    assert ahead.counts["prepaid"] == 1
    assert (SpendRequest.objects.count(), Transfer.objects.count()) == (1, 8)
    assert board.may_manage
