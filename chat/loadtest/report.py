"""The result of a load test: numbers, what failed, and whether the load generator was itself the limit."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from chat.loadtest.plan import Plan
from chat.loadtest.tally import LATENCIES, Outcome

_OWN_CPU_LIMIT = 0.9
_OWN_LAG_LIMIT_MS = 50
_OWN_LATENESS_LIMIT_MS = 20


@dataclass
class Report:
    """One finished load. `began` is Unix seconds."""

    plan: Plan
    outcome: Outcome
    servers: list[dict]
    hardware: str
    began: float

    @property
    def seconds(self) -> float:
        """From the first send to the last delivery."""
        return max((self.outcome.last_delivery_us - self.outcome.first_send_us) / 1e6, 0.001)

    def failures(self) -> list[str]:
        """Why the exit code is 1: whatever was lost, doubled, out of order or errored, and limits missed."""
        outcome = self.outcome
        found = [
            f"{name.replace('_', ' ')}: {getattr(outcome, name)}"
            for name in ("lost", "doubled", "out_of_order")
            if getattr(outcome, name)
        ]
        found += [f"{count} x {error}" for error, count in outcome.errors.items()]
        if not outcome.acked:
            found.append("nothing was acknowledged")
        return found + self._limits_missed()

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
        """Everything, for report.json."""
        outcome = self.outcome
        return {
            "began_at": datetime.fromtimestamp(self.began, UTC).isoformat(timespec="seconds"),
            "settings": self.plan.settings(),
            "hardware": self.hardware,
            "seconds": round(self.seconds, 3),
            "sent": outcome.sent,
            "acknowledged": outcome.acked,
            "deliveries": outcome.deliveries,
            "lost": outcome.lost,
            "members_with_loss": outcome.members_with_loss,
            "doubled": outcome.doubled,
            "out_of_order": outcome.out_of_order,
            "errors": dict(outcome.errors),
            "nacks": dict(outcome.nacks),
            "closes": dict(outcome.closes),
            "gaps": outcome.gaps,
            "paged_messages": outcome.paged,
            "messages_per_second": round(outcome.acked / self.seconds, 1),
            "deliveries_per_second": round(outcome.deliveries / self.seconds),
            "frames": outcome.frames,
            "distinct_frames": outcome.distinct_frames,
            "bytes_per_delivery": round(outcome.frame_bytes / max(1, outcome.deliveries), 1),
            "received_bytes": outcome.wire_bytes,
            "latencies": {name: outcome.latencies[name].summary() for name in LATENCIES},
            "load_generator_cores": outcome.own_cpu_cores,
            "servers": self.servers,
            "load_generator_was_the_limit": self.own_limits(),
            "failures": self.failures(),
        }

    def text(self) -> str:
        """The same for people, in a few lines."""
        outcome, found = self.outcome, self.as_dict()
        lines = [
            f"{len(self.plan.users)} users, {self.plan.senders} send, {self.plan.receivers} receive, "
            f"{self._loop()}, {self.hardware}",
            f"{outcome.sent:,} sent, {outcome.acked:,} acknowledged, {outcome.deliveries:,} delivered "
            f"in {self.seconds:.1f} s",
            f"{found['messages_per_second']:,} messages/s, {found['deliveries_per_second']:,} deliveries/s, "
            f"{found['bytes_per_delivery']} bytes a delivery",
            f"lost {outcome.lost}, doubled {outcome.doubled}, out of order {outcome.out_of_order}, "
            f"errors {dict(outcome.errors) or 0}, nacks {dict(outcome.nacks) or 0}, "
            f"closed {dict(outcome.closes) or 0}, gaps {outcome.gaps}",
            f"{'ms':>24}  {'mean':>9} {'p50':>9} {'p95':>9} {'p99':>9} {'max':>9}",
        ]
        lines += [self._latency_line(name) for name in LATENCIES]
        cores = [f"load {cores}" for cores in outcome.own_cpu_cores]
        cores += [f"{server['name']} ({server['pid']}) {server['cores']}" for server in self.servers]
        lines.append("cores: " + ", ".join(cores))
        lines += [f"THE LOAD GENERATOR WAS THE LIMIT: {reason}" for reason in self.own_limits()]
        lines += [f"FAILED: {reason}" for reason in self.failures()]
        return "\n".join(lines)

    def write(self, folder: Path) -> Path:
        """Write report.json into the folder and return its path."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "report.json"
        path.write_text(json.dumps(self.as_dict(), indent=2, ensure_ascii=False) + "\n")
        return path

    def _loop(self) -> str:
        if self.plan.rate:
            return f"open loop {self.plan.rate:g}/s for {self.plan.duration_seconds:g} s"
        return f"closed loop, {self.plan.messages} each"

    def _latency_line(self, name: str) -> str:
        summary = self.outcome.latencies[name].summary()
        columns = [summary.get(f"{name}_ms") for name in ("mean", "p50", "p95", "p99", "max")]
        values = " ".join(f"{'-':>9}" if value is None else f"{value:9.1f}" for value in columns)
        return f"{name.replace('_', ' '):>24}  {values}"

    def _limits_missed(self) -> list[str]:
        limits, latencies = self.plan.limits, self.outcome.latencies
        own, every = latencies["send_to_own_receipt"].summary(), latencies["send_to_every_receiver"].summary()
        checks = (
            ("mean send to own receipt", own.get("mean_ms"), limits.mean_ms),
            ("maximum send to every receiver", every.get("max_ms"), limits.max_ms),
            ("p99 send to every receiver", every.get("p99_ms"), limits.p99_ms),
        )
        return [
            f"{what} {value} ms, limit {limit:g} ms"
            for what, value, limit in checks
            if limit is not None and (value is None or value > limit)
        ]
