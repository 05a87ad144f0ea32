"""The simulated hour, in cases that can be counted by hand, and what holds in any."""

import numpy as np
import pytest

from benchmarks.sizing.costs import read_costs
from benchmarks.sizing.engines import run_hour, web_cores, weigh
from benchmarks.sizing.following import Following, expected_partitions, partitions_of
from benchmarks.sizing.hour import HOUR, Hour, Shape
from benchmarks.sizing.people import People, make_people
from chat.pipeline.kafka import KafkaLogReader

COSTS = read_costs()
EVERYBODY_THERE = COSTS.but(online_share=1.1, second_socket_share=0, looking_share=0)


def chance() -> np.random.Generator:
    return np.random.default_rng(7)


def one_channel(members: int) -> People:
    """Everybody is in one channel."""
    people = np.arange(members, dtype=np.int32)
    return People(members, np.array([members], np.int32), np.zeros(members, np.int32), people)


def some_site(processes: int, members: int = 3_000, *, together: bool = False) -> Hour:
    random = chance()
    return Hour(make_people(members, COSTS, random), Shape(processes, together), COSTS, random)


def test_a_channel_of_everybody_on_one_process_delivers_each_message_to_everybody():
    hour = Hour(one_channel(100), Shape(1), EVERYBODY_THERE, chance())
    assert hour.sockets == hour.online == 100
    assert hour.records > 0
    assert hour.deliveries_of.tolist() == [hour.records * 100]
    assert hour.frames_of.tolist() == [hour.records]
    assert hour.accepted_of.tolist() == [hour.records]
    # Channel 1, and the control channel, which is in another of twelve partitions and in the same one of one.
    assert Following(hour, 12).followed.tolist() == [2]
    assert Following(hour, 1).followed.tolist() == [1]
    assert Following(hour, 12).records.tolist() == [hour.records]


def test_people_say_as_much_as_the_costs_file_says():
    hour = Hour(one_channel(2_000), Shape(1), EVERYBODY_THERE, chance())
    said = 2_000 * COSTS["messages_per_day"] * COSTS["hour_share"]
    assert hour.records == pytest.approx(said, rel=0.1)


def test_a_second_socket_of_everybody_doubles_what_is_delivered():
    twice = EVERYBODY_THERE.but(second_socket_share=1.1)
    hour = Hour(one_channel(50), Shape(4), twice, chance())
    assert hour.sockets == 100
    assert hour.deliveries_of.sum() == hour.records * 100


@pytest.mark.parametrize("processes", [1, 5, 60])
def test_every_message_reaches_every_socket_of_its_channel_once_however_many_processes(processes):
    hour = some_site(processes)
    people = hour.people
    sockets = np.bincount(hour.socket_person, minlength=people.members)
    by_channel = np.bincount(people.channel, sockets[people.person], people.channels)
    assert hour.deliveries_of.sum() == (hour.said * by_channel).sum()
    assert hour.accepted_of.sum() == hour.records == hour.said.sum()
    assert hour.sockets_of.sum() == hour.sockets == sockets.sum()


def test_sizes_of_channels_add_up_to_the_memberships():
    people = make_people(20_000, COSTS, chance())
    assert people.size.sum() == len(people.channel) == len(people.person)
    assert len(people.channel) == pytest.approx(20_000 * COSTS["channels_per_person"], rel=0.02)
    assert people.size.min() >= COSTS["least_members"]
    assert people.size.max() == COSTS["large_members"]
    assert people.person.min() >= 0
    assert people.person.max() < 20_000


@pytest.mark.parametrize("partitions", [12, 48, 192])
def test_partitions_needed_are_what_the_formula_gives(partitions):
    hour = some_site(40, 20_000)
    following = Following(hour, partitions)
    assert following.followed.mean() == pytest.approx(following.expected, rel=0.02)
    by_hand = 1 + (partitions - 1) * (1 - (1 - 1 / partitions) ** 30)
    assert expected_partitions(np.array([30, 30]), partitions) == pytest.approx(by_hand)


def test_channels_lie_in_the_partitions_that_the_log_puts_them_in():
    reader = KafkaLogReader.__new__(KafkaLogReader)  # without a broker: only its arithmetic
    reader._partitions = 48
    assert partitions_of(500, 48).tolist() == [reader.partition_of(number) for number in range(1, 501)]


def test_who_follows_only_what_is_needed_reads_no_more_than_who_follows_all_and_all_that_is_delivered():
    hour = some_site(200)
    following = Following(hour, 192)
    assert (following.records <= hour.records).all()
    assert (following.records >= hour.frames_of).all()
    assert following.records.mean() < hour.records / 2
    assert following.records_of_partition.sum() == hour.records


def test_neighbours_together_need_fewer_partitions():
    anywhere, together = (Following(some_site(100, together=near), 192) for near in (False, True))
    assert together.records.mean() < 0.9 * anywhere.records.mean()


def test_processes_hold_the_sockets_and_the_goal_for_their_own_people():
    random = chance()
    people = make_people(3_000, COSTS, random)
    hour = run_hour(people, COSTS.but(most_sockets=300), random)
    assert hour.shape.processes >= hour.sockets / 300 * 0.9
    dear = COSTS.but(accepted=0.5)
    hour = run_hour(people, dear, random)
    assert web_cores(hour, 0, dear)["accepting"] <= COSTS["goal"]
    assert hour.shape.processes > 1


def test_engines_are_charged_what_was_counted():
    hour = Hour(one_channel(100), Shape(1), EVERYBODY_THERE, chance())
    found = weigh(hour, EVERYBODY_THERE)
    burst = hour.records / HOUR * COSTS["minute_burst"]
    cores = found["web"]["cores_all"]
    assert cores["accepting"] == pytest.approx(burst * COSTS["accepted"])
    assert cores["reading the log"] == pytest.approx(burst * COSTS["record_read"])
    assert cores["writing"] == pytest.approx(burst * (COSTS["frame"] + 100 * COSTS["written"]))
    assert cores == found["web"]["cores_needed"]
    assert found["whispers_per_second"] == found["redis"]["cores"] == 0
    assert found["workers"]["archive"] == pytest.approx(burst / COSTS["archived_per_second"])
    assert found["kafka"]["fullest_partition"] == pytest.approx(burst / COSTS["one_partition"])
