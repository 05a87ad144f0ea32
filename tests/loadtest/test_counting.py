"""Every lost, doubled and reordered message of every member is counted, whatever the frames look like."""

from hypothesis import given
from hypothesis import strategies as st

from chat.loadtest.counting import Acknowledged, Batch, MessageOrder, Receipts


def key(number: int) -> tuple[int, str]:
    return (1, f"client-{number}")


def batch(order: MessageOrder, numbers: list[int]) -> Batch:
    return Batch(order, [key(number) for number in numbers], [f"{number:08d}" for number in numbers])


def receive(frames: list[list[int]], expected: int) -> tuple[int, int, int]:
    """Lost, doubled and out of order of a member, while another member sees the log as it is."""
    order, member = MessageOrder(), Receipts()
    Receipts().accept(batch(order, list(range(expected))))
    for frame in frames:
        member.accept(batch(order, frame))
    acked = Acknowledged(order, {key(number) for number in range(expected)})
    return acked.missing_from(member), member.doubled, member.out_of_order


def test_a_member_that_received_the_log_has_no_faults():
    assert receive([[0, 1, 2], [3], [4, 5]], expected=6) == (0, 0, 0)


def test_a_lost_message_is_counted():
    assert receive([[0, 1], [3, 4]], expected=5) == (1, 0, 0)


def test_the_lost_end_of_the_log_is_counted():
    assert receive([[0, 1]], expected=5) == (3, 0, 0)


def test_a_doubled_message_is_counted_in_one_frame_and_in_two():
    assert receive([[0, 1, 1, 2], [2, 3]], expected=4) == (0, 2, 0)


def test_a_message_behind_its_successor_is_out_of_order_and_not_lost():
    assert receive([[0, 2], [1, 3]], expected=4) == (0, 0, 1)


def test_a_frame_that_is_reversed_inside_is_out_of_order():
    assert receive([[0], [2, 1], [3]], expected=4) == (0, 0, 1)


def test_an_acknowledged_message_that_nobody_saw_is_lost_to_everybody():
    order, member = MessageOrder(), Receipts()
    member.accept(batch(order, [0, 1]))
    assert Acknowledged(order, {key(0), key(1), key(2)}).missing_from(member) == 1


def test_what_comes_late_is_heeded_by_a_second_look():
    order, member = MessageOrder(), Receipts()
    other = Receipts()
    other.accept(batch(order, [2, 0]))
    acked = Acknowledged(order, {key(number) for number in range(4)})
    assert (acked.missing_from(other), acked.missing_from(member)) == (2, 4)
    member.accept(batch(order, [0, 1, 3]))
    acked.look_again()
    assert not acked.unseen
    assert (acked.missing_from(other), acked.missing_from(member)) == (2, 1)


def test_a_message_that_the_log_has_twice_is_doubled():
    order, member = MessageOrder(), Receipts()
    member.accept(Batch(order, [key(0), key(1), key(0)], ["00", "01", "02"]))
    assert (member.doubled, member.out_of_order, member.received) == (1, 0, 2)


def test_a_member_of_another_process_may_see_the_log_first():
    order, early, late = MessageOrder(), Receipts(), Receipts()
    early.accept(batch(order, [0, 1, 4]))
    late.accept(batch(order, [0, 1, 2, 3, 4]))
    early.fill(batch(order, [2, 3]))
    assert (early.doubled, early.out_of_order, late.doubled, late.out_of_order) == (0, 0, 0, 0)
    assert (early.received, late.received) == (5, 5)


def test_a_page_of_history_closes_a_gap_without_being_out_of_order():
    order, member = MessageOrder(), Receipts()
    member.accept(batch(order, [0]))
    member.accept(batch(order, [3, 4]))
    member.fill(batch(order, [1, 2]))
    acked = Acknowledged(order, {key(number) for number in range(5)})
    assert (acked.missing_from(member), member.doubled, member.out_of_order) == (0, 0, 0)


@given(
    received=st.lists(st.integers(0, 30), max_size=60),
    cuts=st.lists(st.integers(1, 7), min_size=60, max_size=60),
    in_order=st.booleans(),
    seen_by_others=st.booleans(),
)
def test_counts_are_exact_for_any_sequence_in_any_frames(received, cuts, in_order, seen_by_others):
    received = sorted(set(received)) if in_order else received
    order, member = MessageOrder(), Receipts()
    if seen_by_others:
        Receipts().accept(batch(order, list(range(31))))
    rest = list(received)
    for size in cuts:
        frame, rest = rest[:size], rest[size:]
        if frame:
            member.accept(batch(order, frame))
    acked = Acknowledged(order, {key(number) for number in range(31)})

    firsts = list(dict.fromkeys(received))
    late = sum(1 for place, number in enumerate(firsts) if any(other > number for other in firsts[:place]))
    assert acked.missing_from(member) == 31 - len(firsts)
    assert member.doubled == len(received) - len(firsts)
    assert member.out_of_order == late
    assert member.received == len(firsts)
