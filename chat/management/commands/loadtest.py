"""`manage.py loadtest`: prepares users where the database is, and plays a load over the public protocols."""

import json
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chat.loadtest.conduct import LoadTestFailed, conduct
from chat.loadtest.plan import Limits, Plan, VirtualUser, read_users, write_users
from chat.loadtest.report import Report


class Command(BaseCommand):
    """Exit code 1: a limit was missed, or anything was lost, doubled, out of order or errored."""

    help = "Real sockets of real users in one channel; counts every delivery exactly."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """What to play, and what to hold it against."""
        load = parser.add_argument_group("load")
        load.add_argument("--transport", choices=["ws"], default="ws")
        load.add_argument("--url", default="http://127.0.0.1:8000")
        load.add_argument("--users", type=int, default=100, help="sockets (default 100)")
        load.add_argument("--messages", type=int, default=10, help="per sender in a closed loop (default 10)")
        load.add_argument("--rate", type=float, default=0, help="messages/s of all; 0 (default): closed loop")
        load.add_argument("--duration", type=float, default=0, help="seconds; required with --rate")
        load.add_argument("--senders", type=int, help="how many users send (default all)")
        load.add_argument("--receivers", type=int, help="how many users receive (default all)")
        load.add_argument("--processes", type=int, default=1, help="load processes (default 1)")
        load.add_argument("--busy-poll", action="store_true", help="readers never sleep (costs a core)")
        load.add_argument("--receipt-timeout", type=float, default=30, help="seconds (default 30)")
        people = parser.add_argument_group("people")
        people.add_argument("--channel", type=int, help="an existing channel (default: one for load tests)")
        people.add_argument("--prepare", type=Path, metavar="FILE", help="only make the users, write a CSV")
        people.add_argument("--users-from", type=Path, metavar="FILE", help="play with the users in the CSV")
        result = parser.add_argument_group("result")
        result.add_argument("--report", type=Path, metavar="DIR", help="write report.json there")
        result.add_argument("--json", action="store_true", help="print the report as JSON")
        result.add_argument("--server-pid", type=int, action="append", default=[], help="measure its CPU too")
        result.add_argument("--mean-limit-ms", type=float, help="of send to own receipt")
        result.add_argument("--max-limit-ms", type=float, help="of send to every receiver")
        result.add_argument("--p99-limit-ms", type=float, help="of send to every receiver")

    def handle(self, *args, **options) -> None:
        """Prepare, or play and report."""
        users, channel = self._people(options)
        if options["prepare"]:
            write_users(options["prepare"], users, channel)
            self.stderr.write(f"{len(users)} users, channel {channel}: {options['prepare']}")
            return
        try:
            report = conduct(_plan(options, users, channel))
        except LoadTestFailed as failure:
            raise CommandError(str(failure)) from failure
        self._show(report, options)
        if report.failures():
            sys.exit(1)

    def _people(self, options: dict) -> tuple[list[VirtualUser], int]:
        if options["rate"] and not options["duration"]:
            raise CommandError("--rate needs --duration")
        if not options["users_from"]:
            # Playing with a file needs no database, so that the load can come from another machine.
            from chat.management.crowd import assemble

            return assemble(count=options["users"], channel_id=options["channel"])
        try:
            users, channel = read_users(options["users_from"])
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        if len(users) < options["users"]:
            raise CommandError(f"the file has {len(users)} users, --users asks for {options['users']}")
        return users[: options["users"]], options["channel"] or channel

    def _show(self, report: Report, options: dict) -> None:
        if options["report"]:
            path = report.write(options["report"])
            self.stderr.write(f"\nreport: {path}")
        if options["json"]:
            self.stdout.write(json.dumps(report.as_dict(), ensure_ascii=False))
        else:
            self.stdout.write("\n" + report.text())


def _plan(options: dict, users: list[VirtualUser], channel: int) -> Plan:
    return Plan(
        url=options["url"],
        channel=channel,
        users=users,
        senders=min(options["senders"] or len(users), len(users)),
        receivers=len(users) if options["receivers"] is None else min(options["receivers"], len(users)),
        messages=options["messages"],
        rate=options["rate"],
        duration_seconds=options["duration"],
        processes=options["processes"],
        busy_poll=options["busy_poll"],
        transport=options["transport"],
        receipt_timeout_seconds=options["receipt_timeout"],
        server_pids=tuple(options["server_pid"]),
        limits=Limits(options["mean_limit_ms"], options["max_limit_ms"], options["p99_limit_ms"]),
    )
