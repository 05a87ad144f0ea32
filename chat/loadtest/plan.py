"""What a load test is asked to do, and who takes part."""

import csv
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

CSV_COLUMNS = ["user_id", "username", "token", "channel_id"]


@dataclass(frozen=True, slots=True)
class VirtualUser:
    """A real account with a token that works."""

    user_id: int
    username: str
    token: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What send to every receiver may take, in ms, None without limit; `mean_ms`: send to own receipt."""

    mean_ms: float | None = None
    max_ms: float | None = None
    p99_ms: float | None = None


@dataclass(frozen=True)
class Plan:
    """One load: rate 0 is a closed loop, in which the next message is sent when the own one came back.

    `messages` is per sender and bounds a closed loop, `duration_seconds` bounds either; an open loop sends
    `rate` messages a second over all senders, each at its intended time. The first `senders` users send and
    the first `receivers` users subscribe. With `busy_poll` the load process never sleeps: in a virtual
    machine, waking a sleeping reader costs the writing process more than the write itself, which real
    readers, on other machines, do not charge it.
    """

    url: str
    channel: int
    users: list[VirtualUser]
    senders: int
    receivers: int
    messages: int = 10
    rate: float = 0.0
    duration_seconds: float = 0.0
    processes: int = 1
    busy_poll: bool = False
    transport: str = "ws"
    receipt_timeout_seconds: float = 30.0
    server_pids: tuple[int, ...] = ()
    limits: Limits = field(default_factory=Limits)

    def settings(self) -> dict:
        """What the report says about the load; no tokens."""
        settings = {name: value for name, value in asdict(self).items() if name != "users"}
        return {**settings, "users": len(self.users), "loop": "open" if self.rate else "closed"}


def write_users(path: Path, users: Iterable[VirtualUser], channel: int) -> None:
    """Write the users with their tokens as CSV, readable for the owner only."""
    path.touch(mode=0o600)
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(CSV_COLUMNS)
        rows.writerows((user.user_id, user.username, user.token, channel) for user in users)


def read_users(path: Path) -> tuple[list[VirtualUser], int]:
    """The users and the channel of such a file. Raises ValueError when it is none."""
    with path.open(newline="") as file:
        rows = csv.DictReader(file)
        if rows.fieldnames != CSV_COLUMNS:
            raise ValueError(f"{path} must have the columns {','.join(CSV_COLUMNS)}")
        found = list(rows)
    if not found:
        raise ValueError(f"{path} names no users")
    users = [VirtualUser(int(row["user_id"]), row["username"], row["token"]) for row in found]
    return users, int(found[0]["channel_id"])
