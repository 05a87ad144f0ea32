"""Payments are laid on months oldest first, and no won of them gets lost."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as some

from wallets.dues.allocation import DuesStatus, Payment, Terms, lay
from wallets.dues.periods import months_after

JANUARY, FEBRUARY, MARCH = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)


def terms(**changed) -> Terms:
    return Terms(**{"amount": 30_000, "day": 5, "grace_days": 0, "first": JANUARY, **changed})


def paid(*amounts: int, on=datetime(2026, 2, 3, 3, tzinfo=UTC)) -> list[Payment]:
    return [Payment(amount, on + timedelta(minutes=number)) for number, amount in enumerate(amounts)]


def test_the_oldest_month_is_paid_first():
    standing = lay(paid(40_000), terms())

    assert standing.paid == {JANUARY: 30_000, FEBRUARY: 10_000}
    assert standing.status(JANUARY) == DuesStatus.PAID
    assert standing.status(FEBRUARY) == DuesStatus.PARTIAL
    assert standing.status(MARCH) == DuesStatus.UNPAID
    assert standing.missing_until(MARCH) == {FEBRUARY: 20_000, MARCH: 30_000}
    assert standing.paid_through() == JANUARY


def test_two_parts_make_a_month():
    standing = lay(paid(10_000, 20_000), terms())

    assert standing.status(JANUARY) == DuesStatus.PAID
    assert standing.missing(JANUARY) == 0


def test_what_is_over_pays_the_months_to_come():
    standing = lay(paid(90_000), terms())

    assert standing.status(FEBRUARY) == DuesStatus.PAID  # it was complete after the month had begun
    assert standing.status(MARCH) == DuesStatus.PREPAID
    assert standing.paid_through() == MARCH


def test_a_month_begins_at_midnight_in_korea():
    before = lay(paid(30_000, on=datetime(2025, 12, 31, 14, 59, tzinfo=UTC)), terms())
    after = lay(paid(30_000, on=datetime(2025, 12, 31, 15, 0, tzinfo=UTC)), terms())

    assert before.status(JANUARY) == DuesStatus.PREPAID
    assert after.status(JANUARY) == DuesStatus.PAID


def test_an_exempt_month_takes_no_money():
    standing = lay(paid(60_000), terms(exempt=frozenset({FEBRUARY})))

    assert standing.status(FEBRUARY) == DuesStatus.EXEMPT
    assert standing.missing(FEBRUARY) == 0
    assert standing.paid == {JANUARY: 30_000, MARCH: 30_000}


def test_who_is_always_exempt_owes_nothing_and_keeps_a_surplus():
    standing = lay(paid(5_000), terms(always_exempt=True))

    assert standing.status(JANUARY) == DuesStatus.EXEMPT
    assert standing.missing_until(MARCH) == {}
    assert standing.surplus == 5_000


def test_money_past_the_last_month_is_a_surplus():
    standing = lay(paid(100_000), terms(last=FEBRUARY))

    assert standing.surplus == 40_000
    assert standing.missing(MARCH) == 0


def test_late_is_what_is_missing_after_the_due_day():
    standing = lay(paid(10_000), terms(grace_days=2))

    assert not standing.late(JANUARY, date(2026, 1, 7))
    assert standing.late(JANUARY, date(2026, 1, 8))
    assert not lay(paid(30_000), terms()).late(JANUARY, date(2027, 1, 1))


MONTHS = [months_after(JANUARY, number) for number in range(36)]
AMOUNTS = some.integers(20_000, 100_000)
TERMS = some.builds(
    terms,
    amount=AMOUNTS,
    last=some.none() | some.sampled_from(MONTHS),
    exempt=some.frozensets(some.sampled_from(MONTHS)),
    always_exempt=some.booleans(),
)


@given(amounts=some.lists(some.integers(1, 300_000), max_size=12), agreed=TERMS)
def test_nothing_is_lost_or_minted(amounts, agreed):
    standing = lay(paid(*amounts), agreed)

    assert sum(standing.paid.values()) + standing.surplus == sum(amounts)
    assert all(0 < part <= agreed.amount for part in standing.paid.values())
    assert not any(agreed.is_exempt(period) or not agreed.owes_in(period) for period in standing.paid)


@given(amounts=some.lists(some.integers(1, 300_000), max_size=12), agreed=TERMS)
def test_a_month_gets_money_only_when_all_before_it_are_complete(amounts, agreed):
    standing = lay(paid(*amounts), agreed)

    for period in standing.paid:
        assert not standing.missing_until(months_after(period, -1))
    if standing.surplus:
        assert not standing.missing_until(MONTHS[-1]) or agreed.last is None


@given(amounts=some.lists(some.integers(1, 300_000), min_size=1, max_size=8), agreed=TERMS)
def test_one_payment_leaves_the_member_where_many_do(amounts, agreed):
    assert lay(paid(*amounts), agreed).paid == lay(paid(sum(amounts)), agreed).paid
