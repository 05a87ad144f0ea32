"""One row of a report as the page speaks of it: which load it was, and which of its latencies counts."""

from dataclasses import dataclass
from functools import cached_property

from chat.loadtest.page.words import LATENCIES, transport

PERCENTILES = {50: "p50_ms", 90: "p90_ms", 95: "p95_ms", 99: "p99_ms", 99.9: "p999_ms", 99.99: "p9999_ms"}
VERSIONS = ("0.1", "0.2", "0.3")


@dataclass(frozen=True)
class Row:
    """`data` is one of the report's rows, as report.json has it."""

    data: dict

    @cached_property
    def settings(self) -> dict:
        """What the load was asked to do."""
        return self.data.get("settings") or {}

    @property
    def transport(self) -> str:
        """`ws`, `stomp` or `http`."""
        return self.data.get("transport") or self.settings.get("transport") or ""

    @property
    def users(self) -> int:
        """Virtual users."""
        return self.settings.get("users") or 0

    @property
    def receivers(self) -> int:
        """Who subscribed; without any, nothing is known of delivery."""
        return self.settings.get("receivers") or 0

    @property
    def messages(self) -> int | None:
        """Of each sender in a closed loop; None in an open one."""
        return None if self.settings.get("rate") else self.settings.get("messages")

    @property
    def load(self) -> str:
        """2,000명 × 50개, or 500명 · 초당 5,000개; the report's own name when the settings do not tell."""
        if not self.users:
            return self.data.get("name") or ""
        senders = self.settings.get("senders") or self.users
        amount = f"초당 {self.settings['rate']:,g}개" if self.messages is None else f"{self.messages:,}개"
        words = f"{self.users:,}명 {'·' if self.messages is None else '×'} {amount}"
        if senders < self.users:
            words += f" · {senders:,}명이 보냄"
        if self.receivers != (0 if self.transport == "http" else self.users):
            words += f" · {self.receivers:,}명이 받음"
        return words

    @property
    def title(self) -> str:
        """The transport and the load."""
        return f"{transport(self.transport)} {self.load}".strip()

    @cached_property
    def latency_name(self) -> str:
        """The own message back where anybody was to receive, else the acknowledgement."""
        return "send_to_own_receipt" if self.receivers else "send_to_ack"

    @property
    def latency_words(self) -> str:
        """Until when the latency runs."""
        return LATENCIES[self.latency_name][0]

    @property
    def latency(self) -> dict:
        """Summary of the latency that counts, in ms."""
        return self.latency_of(self.latency_name)

    def latency_of(self, name: str) -> dict:
        """Summary of this one; empty when it was not measured."""
        return (self.data.get("latencies") or {}).get(name) or {}

    @property
    def errors(self) -> int | None:
        """How many errors of any kind."""
        found = self.data.get("errors")
        return None if found is None else sum(found.values())

    @property
    def failed_percent(self) -> float | None:
        """Errors and refusals of all messages sent, as the predecessor's test counted them."""
        sent = self.data.get("sent")
        if not sent or self.errors is None:
            return None
        # A refusal without a time to come back is already among the errors.
        final = sum(count for what, count in self.data["errors"].items() if what.startswith("refused "))
        return (self.errors + (self.data.get("refused") or 0) - final) * 100 / sent

    @property
    def is_exact(self) -> bool:
        """Whether all that was counted is right; what was not counted is not promised."""
        faults = [self.delivery(name) for name in ("lost", "doubled", "out_of_order")]
        return not any([*faults, self.errors, self.is_stored_wrong]) and bool(self.data.get("acknowledged"))

    @property
    def is_stored_wrong(self) -> bool:
        """Fewer or more in the history than accepted; false when nobody looked."""
        stored = self.data.get("stored")
        is_other = stored is not None and stored != self.data.get("acknowledged")
        return is_other or bool(self.data.get("stored_twice"))

    def delivery(self, name: str) -> int | None:
        """`deliveries`, `lost`, `doubled` or `out_of_order`; None when nobody was there to receive."""
        return self.data.get(name) if self.receivers else None

    @cached_property
    def goals(self) -> list[dict]:
        """What was to be reached."""
        return self.data.get("goals") or []

    @property
    def missed(self) -> list[dict]:
        """The goals that were not met."""
        return [goal for goal in self.goals if not goal.get("met")]

    @property
    def timeline(self) -> list[dict]:
        """One entry a second."""
        return self.data.get("timeline") or []

    def published(self, version: str) -> dict:
        """What the predecessor published of this load; empty when it did not run it."""
        return (self.data.get("published") or {}).get(version) or {}
