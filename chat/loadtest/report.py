"""The result of one load: numbers, what failed, and whether the load generator was itself the limit."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from chat.loadtest.histogram import LatencyHistogram
from chat.loadtest.plan import Plan
from chat.loadtest.storage import Stored
from chat.loadtest.tally import LATENCIES, Outcome

_OWN_CPU_LIMIT = 0.9
_OWN_LAG_LIMIT_MS = 50
_OWN_LATENESS_LIMIT_MS = 20
_BARS = 40
_RATE_LIMITED = ("rate_limited", "too_many_requests")


@dataclass
class Report:
    """One finished load. `began` is Unix seconds, `cores` the CPU of both sides by second, `published` what
    the predecessor published of the same load, by version."""

    plan: Plan
    outcome: Outcome
    stored: Stored
    servers: list[dict]
    cores: dict[int, dict[str, float]]
    hardware: str
    began: float
    interrupted: bool = False
    published: dict[str, dict | None] | None = field(default=None)

    @property
    def seconds(self) -> float:
        """From the first send to the last delivery, or to the last answer where nobody receives."""
        return max((self.outcome.last_event_us - self.outcome.first_send_us) / 1e6, 0.001)

    @property
    def answer(self) -> LatencyHistogram:
        """How long a user waits: until the own message is back, where nobody receives until the answer."""
        return self.outcome.latencies["send_to_own_receipt" if self.plan.receivers else "send_to_ack"]

    @property
    def refused(self) -> int:
        """Tries that the site refused, for whatever reason."""
        return sum(self.outcome.nacks.values())

    def measures(self) -> dict[str, float | None]:
        """The numbers that goals are about. A refusal that was obeyed is no error, but `failed` counts it."""
        outcome = self.outcome
        errors = sum(outcome.errors.values())
        # A refusal without a time to come back is among the errors already.
        failed = (
            errors
            + self.refused
            - sum(count for error, count in outcome.errors.items() if error.startswith("refused "))
        )
        every = outcome.latencies["send_to_every_receiver"].summary()
        found, twice = self.stored.messages, self.stored.twice
        return {
            "errors": errors,
            "failed": failed,
            "failed_percent": round(100 * failed / outcome.sent, 3) if outcome.sent else None,
            "lost": outcome.lost,
            "doubled": outcome.doubled,
            "out_of_order": outcome.out_of_order,
            "not_stored": None if found is None else outcome.acked - found,
            "stored_twice": twice,
            "mean_ms": self.answer.summary().get("mean_ms"),
            "every_max_ms": every.get("max_ms"),
            "every_p99_ms": every.get("p99_ms"),
        }

    def goals(self) -> list[dict]:
        """The plan's goals beside what was measured."""
        measures = self.measures()
        return [goal.judge(measures) for goal in self.plan.goals]

    def failures(self) -> list[str]:
        """Why the exit code is 1: the goals that were missed, and what exactly went wrong."""
        found = [
            f"{goal['name']}: {goal['measured']}, limit {goal['limit']:g}"
            for goal in self.goals()
            if not goal["met"]
        ]
        found += [f"{count} x {error}" for error, count in self.outcome.errors.items()]
        if not self.outcome.acked:
            found.append("nothing was acknowledged")
        return found

    def notes(self) -> list[str]:
        """What a reader must know to read the numbers."""
        limited = sum(self.outcome.nacks[code] for code in _RATE_LIMITED)
        return [f"{limited:,} tries met rate limits: start the site with RATE_LIMITS=off"] if limited else []

    def own_limits(self) -> list[str]:
        """Why these numbers may be the load generator's own and not the server's; empty when they are not."""
        found = [
            f"load process {number} used {cores} of a core"
            for number, cores in enumerate(self.outcome.own_cpu_cores)
            if cores >= _OWN_CPU_LIMIT
        ]
        lag_ms = self.outcome.latencies["loop_lag"].percentile_ms(99) or 0
        if lag_ms > _OWN_LAG_LIMIT_MS:
            found.append(f"its event loop was {lag_ms:.0f} ms late at p99")
        lateness_ms = self.outcome.latencies["send_lateness"].percentile_ms(99) or 0
        if lateness_ms > _OWN_LATENESS_LIMIT_MS:
            found.append(f"its messages left {lateness_ms:.0f} ms late at p99")
        return found

    def as_dict(self) -> dict:
        """Everything, as one row of report.json."""
        return {
            "name": self.plan.name,
            "transport": self.plan.transport,
            "began_at": datetime.fromtimestamp(self.began, UTC).isoformat(timespec="seconds"),
            "settings": self.plan.settings(),
            "hardware": self.hardware,
            "interrupted": self.interrupted,
            **self._counts(),
            **self._rates(),
            "stored": self.stored.messages,
            "stored_twice": self.stored.twice,
            "archived_after_seconds": self.stored.after_seconds,
            "latencies": {name: self.outcome.latencies[name].summary() for name in LATENCIES},
            "timeline": self.outcome.timeline.rows(self.cores),
            "histogram": self.answer.bars(_BARS),
            "load_generator_cores": self.outcome.own_cpu_cores,
            "servers": self.servers,
            "load_generator_was_the_limit": self.own_limits(),
            "notes": self.notes(),
            "published": self.published,
            "goals": self.goals(),
            "failures": self.failures(),
        }

    def _counts(self) -> dict:
        outcome = self.outcome
        return {
            "sent": outcome.sent,
            "acknowledged": outcome.acked,
            "deliveries": outcome.deliveries,
            "lost": outcome.lost,
            "members_with_loss": outcome.members_with_loss,
            "doubled": outcome.doubled,
            "out_of_order": outcome.out_of_order,
            "errors": dict(outcome.errors),
            "refused": self.refused,
            "held_back": outcome.held_back,
            "nacks": dict(outcome.nacks),
            "closes": dict(outcome.closes),
            "gaps": outcome.gaps,
            "paged_messages": outcome.paged,
        }

    def _rates(self) -> dict:
        outcome = self.outcome
        return {
            "seconds": round(self.seconds, 3),
            "messages_per_second": round(outcome.acked / self.seconds, 1),
            "deliveries_per_second": round(outcome.deliveries / self.seconds),
            "frames": outcome.frames,
            "distinct_frames": outcome.distinct_frames,
            "bytes_per_delivery": round(outcome.frame_bytes / max(1, outcome.deliveries), 1),
            "received_bytes": outcome.wire_bytes,
        }

    def text(self) -> str:
        """The same for people, in a few lines."""
        outcome, found = self.outcome, self.as_dict()
        lines = [
            f"{self.plan.transport}: {len(self.plan.users)} users, {self.plan.senders} send, "
            f"{self.plan.receivers} receive, {self._loop()}, {self.hardware}",
            f"{outcome.sent:,} sent, {outcome.acked:,} acknowledged, {outcome.deliveries:,} delivered "
            f"in {self.seconds:.1f} s",
            f"{found['messages_per_second']:,} messages/s, {found['deliveries_per_second']:,} deliveries/s, "
            f"{found['bytes_per_delivery']} bytes a delivery",
            f"lost {outcome.lost}, doubled {outcome.doubled}, out of order {outcome.out_of_order}, "
            f"errors {dict(outcome.errors) or 0}, refused {dict(outcome.nacks) or 0}, "
            f"held back {outcome.held_back}, closed {dict(outcome.closes) or 0}, gaps {outcome.gaps}",
            f"{'ms':>24}  {'mean':>9} {'p50':>9} {'p95':>9} {'p99':>9} {'max':>9}",
        ]
        lines += [self._latency_line(name) for name in LATENCIES]
        if self.plan.stored:
            lines.append(f"stored {self.stored.messages}, complete after {self.stored.after_seconds} s")
        cores = [f"load {cores}" for cores in outcome.own_cpu_cores]
        cores += [f"{server['name']} ({server['pid']}) {server['cores']}" for server in self.servers]
        lines.append("cores: " + ", ".join(cores))
        lines += [f"THE LOAD GENERATOR WAS THE LIMIT: {reason}" for reason in self.own_limits()]
        lines += [f"NOTE: {note}" for note in self.notes()]
        lines += [f"FAILED: {reason}" for reason in self.failures()]
        return "\n".join(lines)

    def line(self) -> str:
        """The same as one line of a matrix."""
        measures, stored = self.measures(), self.stored
        missed = [goal["name"] for goal in self.goals() if not goal["met"]]
        mean, p99 = measures["mean_ms"], self.answer.summary().get("p99_ms")
        return (
            f"{self.plan.name:<34} {self.seconds:6.1f} s  {self.outcome.acked / self.seconds:8,.0f}/s  "
            f"mean {mean if mean is None else round(mean)} ms  p99 {p99 if p99 is None else round(p99)} ms  "
            f"failed {measures['failed']}  lost {self.outcome.lost}  stored {stored.messages} of "
            f"{self.outcome.acked} after {stored.after_seconds} s  "
            + "".join(f"LOAD GENERATOR: {limit}  " for limit in self.own_limits())
            + (f"MISSED: {', '.join(missed)}" if missed else "INTERRUPTED" if self.interrupted else "ok")
        )

    def _loop(self) -> str:
        if self.plan.rate:
            return f"open loop {self.plan.rate:g}/s for {self.plan.duration_seconds:g} s"
        return f"closed loop, {self.plan.messages} each"

    def _latency_line(self, name: str) -> str:
        summary = self.outcome.latencies[name].summary()
        columns = [summary.get(f"{name}_ms") for name in ("mean", "p50", "p95", "p99", "max")]
        values = " ".join(f"{'-':>9}" if value is None else f"{value:9.1f}" for value in columns)
        return f"{name.replace('_', ' '):>24}  {values}"
