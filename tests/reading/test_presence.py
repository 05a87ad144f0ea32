"""Who looks, over several windows and processes."""

from chat.reading.presence import BELIEVED_SECONDS, Presence


def test_a_person_with_two_windows_looks_until_both_are_gone():
    presence = Presence()
    presence.come(1)
    presence.come(1)
    presence.go(1)
    assert presence.people(0) == [1]
    presence.go(1)
    assert presence.people(0) == []


def test_people_of_several_processes_count_once():
    presence = Presence()
    presence.come(1)
    presence.hear("a", [1, 2], now=0)
    presence.hear("b", [2, 3], now=0)
    assert presence.people(1) == [1, 2, 3]
    presence.hear("b", [], now=1)
    assert presence.people(1) == [1, 2]


def test_a_process_that_fell_silent_is_believed_no_longer():
    presence = Presence()
    presence.hear("a", [1], now=0)
    presence.hear("b", [2], now=20)
    assert presence.people(BELIEVED_SECONDS - 1) == [1, 2]
    assert presence.people(BELIEVED_SECONDS) == [2]
