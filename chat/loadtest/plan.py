"""What a load test is asked to do, and who takes part."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

from chat.loadtest.goals import NO_FAULTS, Goal

CSV_COLUMNS = ["user_id", "username", "token", "channel_id"]


@dataclass(frozen=True, slots=True)
class VirtualUser:
    """A real account with a token that works."""

    user_id: int
    username: str
    token: str


@dataclass(frozen=True)
class Plan:
    """One load: rate 0 is a closed loop, in which the next message is sent when the own one came back.

    `messages` is per sender and bounds a closed loop, `duration_seconds` bounds either; an open loop sends
    `rate` messages a second over all senders, each at its intended time. The first `senders` users send and
    the first `receivers` users subscribe. With `busy_poll` the load process never sleeps: in a virtual
    machine, waking a sleeping reader costs the writing process more than the write itself, which real
    readers, on other machines, do not charge it. With `stored` the run ends only when the history has the
    last acknowledged message, and every acknowledged one is looked for there. `ramp_up_seconds` belongs to a
    closed loop: its users start spread over it.
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
    ramp_up_seconds: float = 0.0
    stored: bool = False
    goals: tuple[Goal, ...] = NO_FAULTS

    @property
    def name(self) -> str:
        """A short title: transport, users, and how much they send."""
        amount = f"{self.rate:,g}/s" if self.rate else f"{self.messages:,}"
        everybody = ", all receive" if self.transport == "http" and self.receivers else ""
        return f"{self.transport} {len(self.users):,} × {amount}{everybody}"

    @property
    def expected_messages(self) -> int:
        """How many are to be sent when nothing ends it earlier."""
        if self.rate and self.senders:
            return round(self.rate * self.duration_seconds)
        return self.senders * self.messages

    def settings(self) -> dict:
        """What the report says about the load; no tokens."""
        left_out = ("users", "goals")
        settings = {each.name: getattr(self, each.name) for each in fields(self) if each.name not in left_out}
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
