"""Marks as rows: they only move forward, in any order and however often they are told."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat.models import Membership
from chat.pipeline.events import Position
from chat.reading.marks import RecentMarks, marks_before, marks_of_channel, marks_of_person, move_forward


def at(number: int) -> str:
    """A position in the far future of every joining."""
    return str(Position(4_000_000_000_000 + number, number, 0))


@pytest.fixture
def mark_of(channel):
    """How far somebody's row says they have read."""
    return lambda user: Membership.objects.get(channel=channel, user=user).read_position


def test_a_mark_moves_forward_only_and_a_repeat_changes_nothing(channel, alice, bob, mark_of):
    before = mark_of(bob)
    for number in (5, 3, 5):
        move_forward([(channel.pk, alice.pk, at(number))])
    assert mark_of(alice) == at(5)
    assert mark_of(bob) == before


def test_a_batch_is_one_statement(channel, alice, bob, private_channel, mark_of):
    batch = [(one.pk, user.pk, at(7)) for one in (channel, private_channel) for user in (alice, bob)]
    with CaptureQueriesContext(
        connection,
    ) as statements:
        move_forward(batch)
    assert len(statements) == 1
    assert mark_of(alice) == mark_of(bob) == at(7)
    assert marks_of_person(alice.pk, [channel.pk, private_channel.pk]) == {
        channel.pk: at(7),
        private_channel.pk: at(7),
    }


def test_strangers_and_those_who_left_get_no_row(channel, charlie):
    move_forward([(channel.pk, charlie.pk, at(1)), (channel.pk + 999, charlie.pk, at(1))])
    assert not Membership.objects.filter(user=charlie).exists()
    move_forward([])


def test_who_joins_has_read_what_stood_there_before(channel, alice):
    mark = marks_of_person(alice.pk, [channel.pk])[channel.pk]
    assert Position.parse(mark).appended_at_ms > 1_700_000_000_000
    assert marks_of_channel(channel.pk)[alice.pk] == mark


def test_marks_before_a_position_are_those_who_have_not_read_it(channel, alice, bob):
    move_forward([(channel.pk, alice.pk, at(3)), (channel.pk, bob.pk, at(5))])
    assert marks_before(channel.pk, at(5)) == {alice.pk: at(3)}
    assert marks_before(channel.pk, at(3)) == {}
    assert set(marks_before(channel.pk, at(9))) == {alice.pk, bob.pk}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@given(batches=st.lists(st.lists(st.integers(0, 50), max_size=4), max_size=8))
def test_whatever_the_order_the_furthest_mark_stands(channel, alice, batches):
    Membership.objects.filter(channel=channel, user=alice).update(read_position=at(0))
    for batch in batches:
        move_forward([(channel.pk, alice.pk, at(number)) for number in batch[:1]])
    said = [0, *(batch[0] for batch in batches if batch)]
    assert marks_of_channel(channel.pk)[alice.pk] == at(max(said))


def test_recent_marks_are_forgotten_after_two_rounds():
    recent = RecentMarks()
    assert recent.note(1, 2, at(3))
    assert not recent.note(1, 2, at(3))
    assert not recent.note(1, 2, at(1))
    recent.age()
    assert recent.get(1, 2) == at(3)
    assert recent.of(1) == {2: at(3)}
    assert not recent.note(1, 2, at(2))
    recent.age()
    assert recent.get(1, 2) == ""
