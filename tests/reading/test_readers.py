"""The staircase of read marks: never too few who have not read, exact where it matters, bounded."""

from hypothesis import given
from hypothesis import strategies as st

from chat.reading.readers import COARSE_STEPS, EXACT_STEPS, count_before, staircase

marks = st.lists(st.integers(0, 400).map(lambda number: f"{number:024x}"), max_size=300)


def unread_by_steps(steps, members: int, position: str) -> int:
    """What a page makes of the steps (static/js/reading/unread_by.js)."""
    read = 0
    for mark, count in steps:
        if mark < position:
            break
        read = count
    return members - read


@given(marks, st.integers(0, 401))
def test_steps_tell_never_too_few_who_have_not_read(found, number):
    position = f"{number:024x}"
    steps = staircase(found)
    true = count_before(sorted(found), position)
    told = unread_by_steps(steps, len(found), position)
    assert told >= true
    exact = steps[EXACT_STEPS - 1][0] if len(steps) > EXACT_STEPS else ""
    if position > exact:
        assert told == true


@given(marks)
def test_steps_are_few_and_fall(found):
    steps = staircase(found)
    assert len(steps) <= EXACT_STEPS + COARSE_STEPS
    assert [mark for mark, _ in steps] == sorted({mark for mark, _ in steps}, reverse=True)
    assert [count for _, count in steps] == sorted({count for _, count in steps})
    assert not found or steps[-1] == (min(found), len(found))


def test_two_thousand_readers_at_two_thousand_places_are_64_steps_of_two_kilobytes():
    from chat.protocol import readers

    found = [f"{number:024x}" for number in range(2_000)]
    steps = staircase(found)
    assert len(steps) == 64
    assert len(readers(7, 2_000, steps)) < 2_500
    assert unread_by_steps(steps, 2_000, found[-1]) == 1_999
