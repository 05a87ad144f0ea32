"""What the counted hour costs each engine in its busiest minute, and how many processes a site takes."""

import math

import numpy as np

from benchmarks.sizing.costs import Costs
from benchmarks.sizing.following import Following
from benchmarks.sizing.hour import HOUR, Hour, Shape
from benchmarks.sizing.people import People

PARTITIONS = (12, 24, 48, 96, 192, 384)
SHARED = ("accepting", "writing", "pages and money", "idle sockets")  # more processes lessen these for each
READERS = 2  # archive and search, each reads all


def run_hour(people: People, costs: Costs, chance: np.random.Generator) -> Hour:
    """The hour on as many web processes as hold the sockets and share the work at the `goal`; what each hears
    of the whole site does not count, for more processes do not lessen it."""
    sockets = people.members * costs["online_share"] * (1 + costs["second_socket_share"])
    processes = math.ceil(sockets / costs["most_sockets"])
    while True:
        hour = Hour(people, Shape(max(1, processes)), costs, chance)
        cores = web_cores(hour, 0, costs)
        fullness = sum(cores[name] for name in SHARED) / costs["goal"]
        if fullness <= 1:
            return hour
        processes = math.ceil(hour.shape.processes * fullness)


def web_cores(hour: Hour, records: float, costs: Costs) -> dict[str, float]:
    """Cores of the fullest web process, by what they are spent on, when its tail reads so many records in the
    hour."""
    burst, processes = costs["minute_burst"] / HOUR, hour.shape.processes
    writing = hour.frames_of * costs["frame"] + hour.deliveries_of * costs["written"]
    fullest = int((hour.accepted_of * costs["accepted"] + writing).argmax())
    heard, others = whispers_per_second(hour, costs), processes - 1
    sends = costs["whisper_sends_per_second"] if others else 0
    requests = hour.online * costs["pages_per_hour"] * burst / processes
    transfers = transfers_per_second(hour.people.members, costs) / processes
    whispers = heard * costs["whisper_heard"] + heard / processes * others * costs["whisper_said"]
    whispers += sends * others * (costs["whisper_send"] + costs["whisper_receive"])
    return {
        "accepting": float(hour.accepted_of[fullest]) * burst * costs["accepted"],
        "writing": float(writing[fullest]) * burst,
        "reading the log": float(records) * burst * costs["record_read"],
        "whispers": float(whispers),
        "pages and money": float(requests * costs["request"] + transfers * costs["transfer_request"]),
        "idle sockets": float(hour.sockets_of[fullest]) * costs["socket_idle"] + costs["process_idle"],
    }


def transfers_per_second(members: int, costs: Costs) -> float:
    """In the busiest hour of the day on which dues are paid."""
    return members * costs["transfers_per_month"] * costs["dues_day_share"] * costs["hour_share"] / HOUR


def whispers_per_second(hour: Hour, costs: Costs) -> float:
    """Small notices of all processes: who looks, repeated; read marks; who writes. 0 with one process: nobody
    hears them."""
    if hour.shape.processes == 1:
        return 0.0
    moving = hour.marks + hour.records * costs["typing_per_message"]
    return hour.watched / costs["presence_repeats"] + moving * costs["minute_burst"] / HOUR


def weigh(hour: Hour, costs: Costs) -> dict:
    """All of a site, as the JSON has it. “all”: each process follows the whole log; “needed”: the partitions
    that its people need."""
    following = Following(hour, choose_partitions(hour, costs))
    members, per_second = hour.people.members, hour.records / HOUR
    burst = per_second * costs["minute_burst"]
    return {
        "members": members,
        "channels": hour.people.channels,
        "online": hour.online,
        "sockets": hour.sockets,
        "messages_per_second": per_second,
        "burst_messages_per_second": burst,
        "burst_deliveries_per_second": float(hour.deliveries_of.sum()) / HOUR * costs["minute_burst"],
        "burst_marks_per_second": hour.marks * costs["minute_burst"] / HOUR,
        "whispers_per_second": whispers_per_second(hour, costs),
        "transfers_per_second": transfers_per_second(members, costs),
        "web": _weigh_web(hour, following, costs),
        "kafka": _weigh_kafka(hour, following, costs),
        "workers": {
            "archive": burst / costs["archived_per_second"],
            "search": per_second / costs["indexed_per_second"],
        },
        "mongodb": _weigh_mongodb(members, costs),
        "mysql": {
            "transfers": transfers_per_second(members, costs) / costs["transfers_applied_per_second"],
            "marks": hour.marks * costs["minute_burst"] / HOUR / costs["marks_written_per_second"],
            "connections": hour.shape.processes * costs["database_threads"],
        },
        "redis": _weigh_redis(hour, costs),
    }


def choose_partitions(hour: Hour, costs: Costs) -> int:
    """Twelve, or the next number that the workers of the search index can share at the `goal`."""
    workers = hour.records / HOUR / costs["indexed_per_second"] / costs["goal"]
    return next(number for number in PARTITIONS if number >= workers)


def _weigh_web(hour: Hour, following: Following, costs: Costs) -> dict:
    sockets = float(hour.sockets_of.max())
    memory = (
        costs["process_megabytes"] + costs["recent_megabytes"] + sockets * costs["socket_kilobytes"] / 1024
    )
    return {
        "processes": hour.shape.processes,
        "sockets_each": sockets,
        "megabytes_each": memory,
        "cores_all": web_cores(hour, hour.records, costs),
        "cores_needed": web_cores(hour, following.records.max(), costs),
        "partitions_followed": float(following.followed.mean()),
        "records_needed_share": float(following.records.mean()) / max(1, hour.records),
    }


def _weigh_kafka(hour: Hour, following: Following, costs: Costs) -> dict:
    megabytes, per_second = costs["log_bytes"] / 1e6, costs["minute_burst"] / HOUR
    burst = hour.records * per_second
    fullest = float(following.records_of_partition.max()) * per_second
    return {
        "partitions": following.partitions,
        "written_mb_per_second": burst * megabytes * costs["log_copies"],
        "read_mb_per_second_all": burst * (hour.shape.processes + READERS) * megabytes,
        "read_mb_per_second_needed": (float(following.records.sum()) * per_second + burst * READERS)
        * megabytes,
        "fullest_partition": fullest / costs["one_partition"],
        "resume_seconds": costs["recent_records"] / burst if burst else math.inf,
        "start_seconds": following.partitions * costs["rewound_records"] * costs["record_read"],
        "gigabytes_a_year": _messages_a_year(hour.people.members, costs) * costs["log_bytes"] / 1e9,
    }


def _weigh_mongodb(members: int, costs: Costs) -> dict:
    messages = _messages_a_year(members, costs)
    gigabytes = messages * (costs["store_bytes"] + costs["search_bytes"]) / 1e9
    return {"messages_a_year": messages, "gigabytes_a_year": gigabytes}


def _weigh_redis(hour: Hour, costs: Costs) -> dict:
    others = hour.shape.processes - 1
    copies = whispers_per_second(hour, costs) * others
    sends = costs["whisper_sends_per_second"] * hour.shape.processes * others
    cores = copies * costs["redis_whisper"] + sends * costs["redis_send"]
    return {"cores": cores, "mb_per_second": copies * costs["whisper_bytes"] / 1e6}


def _messages_a_year(members: int, costs: Costs) -> float:
    return members * costs["messages_per_day"] * 365
