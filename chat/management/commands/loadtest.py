"""`manage.py loadtest`: prepares users where the database is, and plays loads over the public protocols."""

import json
import math
import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chat.loadtest import matrix
from chat.loadtest.conduct import LoadTestFailed, conduct
from chat.loadtest.document import document, write_folder
from chat.loadtest.goals import NO_FAULTS, STORED, Goal
from chat.loadtest.machine import listening_pids
from chat.loadtest.plan import Plan, VirtualUser, read_users, write_users
from chat.loadtest.progress import Progress
from chat.loadtest.report import Report
from chat.loadtest.transports import TRANSPORTS

_USERS = 100
_MESSAGES = 10
_USERS_A_PROCESS = 1_000
_MATRIX_SETS = ("users", "messages", "rate", "duration", "senders", "receivers", "ramp_up")


class Command(BaseCommand):
    """Exit code 1: a goal was missed, or anything was lost, doubled, out of order or errored."""

    help = "Real connections of real users in one channel; counts every delivery exactly."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """What to play, and what to hold it against."""
        _add_load(parser.add_argument_group("load").add_argument)
        _add_matrix(parser.add_argument_group("many loads").add_argument)
        _add_people(parser.add_argument_group("people").add_argument)
        _add_result(parser.add_argument_group("result").add_argument)

    def handle(self, *args, **options) -> None:
        """Prepare, or play and report."""
        _refuse_contradictions(options)
        users, channel = self._people(options)
        if options["prepare"]:
            write_users(options["prepare"], users, channel)
            self.stderr.write(f"{len(users)} users, channel {channel}: {options['prepare']}")
            return
        plan = _plan(options, users, channel)
        try:
            found = self._play_matrix(plan, options) if options["matrix"] else self._play(plan, options)
        except LoadTestFailed as failure:
            raise CommandError(str(failure)) from failure
        if options["report"]:
            write_folder(found, options["report"])
            self.stderr.write(f"report: {options['report'] / 'index.html'}")
        if not found["passed"]:
            sys.exit(1)

    def _play(self, plan: Plan, options: dict) -> dict:
        report = _conduct(plan, plan.name)
        found = document("single", [report], _configuration(plan, options), planned=1)
        row = found["rows"][0]
        self.stdout.write(json.dumps(row, ensure_ascii=False) if options["json"] else report.text())
        return found

    def _play_matrix(self, plan: Plan, options: dict) -> dict:
        rows = tuple(row for row in matrix.ROWS if row.name in options["rows"])
        transports = (options["transport"],) if options["transport"] else TRANSPORTS
        reports: list[Report] = []
        try:
            for report in matrix.play(plan, rows, transports, _conduct):
                reports.append(report)
                if not options["json"]:
                    self.stdout.write(report.line())
        except LoadTestFailed as failure:
            if not reports:
                raise
            # What was measured before is still shown; the report is not passed, for rows are missing.
            self.stderr.write(str(failure))
        planned = len(matrix.plans(plan, rows, transports))
        found = document("matrix", reports, _configuration(plan, options), planned)
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False))
        return found

    def _people(self, options: dict) -> tuple[list[VirtualUser], int]:
        count = _users_asked_for(options)
        if not options["users_from"]:
            # Playing with a file needs no database, so that the load can come from another machine.
            from chat.management.crowd import assemble

            return assemble(count=count, channel_id=options["channel"])
        try:
            users, channel = read_users(options["users_from"])
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        if len(users) < count:
            raise CommandError(f"the file has {len(users)} users, {count} are asked for")
        return users[:count], options["channel"] or channel


def _add_load(add: Callable) -> None:
    add("--url", default="http://127.0.0.1:8000")
    add("--transport", choices=TRANSPORTS, help="default ws; of a matrix all three")
    add("--users", type=int, help=f"virtual users (default {_USERS})")
    add("--messages", type=int, help=f"per sender in a closed loop (default {_MESSAGES})")
    add("--rate", type=float, help="messages/s of all: an open loop (default: closed loop)")
    add("--duration", type=float, help="seconds; required with --rate")
    add("--ramp-up", type=float, help="seconds over which a closed loop's users start")
    add("--senders", type=int, help="how many users send (default all)")
    add("--receivers", type=int, help="how many users receive (default all, over http none)")
    add("--processes", type=int, help="load processes (default: one for 1,000 users, as cores allow)")
    add("--busy-poll", action="store_true", help="readers never sleep (costs a core)")
    add("--receipt-timeout", type=float, default=30, help="seconds (default 30)")
    add("--stored", action="store_true", help="wait for the archive and look for every message")


def _add_matrix(add: Callable) -> None:
    names = [row.name for row in matrix.ROWS]
    add("--matrix", choices=["predecessor"], help="its nine published loads, on each transport")
    add("--rows", nargs="+", choices=names, default=names, help="only these of the matrix")


def _add_people(add: Callable) -> None:
    add("--channel", type=int, help="an existing channel (default: one for load tests)")
    add("--prepare", type=Path, metavar="FILE", help="only make the users, write a CSV")
    add("--users-from", type=Path, metavar="FILE", help="play with the users in the CSV")


def _add_result(add: Callable) -> None:
    add("--report", type=Path, metavar="DIR", help="write a page, JSON and CSV there")
    add("--json", action="store_true", help="print the row as JSON, of a matrix the whole report")
    add("--note", action="append", default=[], metavar="NAME=TEXT", help="goes into the report")
    add("--server-pid", type=int, action="append", default=[], help="measure its CPU too")
    add("--mean-limit-ms", type=float, help="until the own message is back, or the answer if nobody receives")
    add("--max-limit-ms", type=float, help="of send to every receiver")
    add("--p99-limit-ms", type=float, help="of send to every receiver")


def _refuse_contradictions(options: dict) -> None:
    if options["rate"] and not options["duration"]:
        raise CommandError("--rate needs --duration")
    if options["rate"] and options["ramp_up"]:
        raise CommandError("--ramp-up is of a closed loop; a timetable spreads its users already")
    if any("=" not in note for note in options["note"]):
        raise CommandError("--note needs NAME=TEXT")
    fixed = [name for name in _MATRIX_SETS if options[name] is not None]
    if options["matrix"] and fixed:
        raise CommandError(f"--matrix sets --{fixed[0].replace('_', '-')} itself")


def _users_asked_for(options: dict) -> int:
    if options["matrix"]:
        return max(row.users for row in matrix.ROWS if row.name in options["rows"])
    return _USERS if options["users"] is None else options["users"]


def _conduct(plan: Plan, title: str) -> Report:
    progress = Progress(title, plan.expected_messages, plan.duration_seconds)
    progress.say(f"connecting {len(plan.users):,} users")
    try:
        return conduct(plan, progress)
    finally:
        progress.end()


def _plan(options: dict, users: list[VirtualUser], channel: int) -> Plan:
    transport = options["transport"] or "ws"
    receivers = 0 if transport == "http" else len(users)
    if options["receivers"] is not None:
        receivers = min(options["receivers"], len(users))
    return Plan(
        url=options["url"],
        channel=channel,
        users=users,
        senders=min(options["senders"] or len(users), len(users)),
        receivers=receivers,
        messages=_MESSAGES if options["messages"] is None else options["messages"],
        rate=options["rate"] or 0.0,
        duration_seconds=options["duration"] or 0.0,
        processes=options["processes"] or _processes(options["url"], len(users)),
        busy_poll=options["busy_poll"],
        transport=transport,
        receipt_timeout_seconds=options["receipt_timeout"],
        server_pids=tuple(options["server_pid"]),
        ramp_up_seconds=options["ramp_up"] or 0.0,
        stored=options["stored"],
        goals=_goals(options),
    )


def _processes(url: str, users: int) -> int:
    """Enough not to be the limit; a site on this machine keeps a core for itself."""
    cores = (os.cpu_count() or 1) - (1 if listening_pids(url) else 0)
    return max(1, min(cores, math.ceil(users / _USERS_A_PROCESS)))


def _goals(options: dict) -> tuple[Goal, ...]:
    limits = (
        Goal("mean of the answers, ms", "mean_ms", options["mean_limit_ms"]),
        Goal("maximum send to every receiver, ms", "every_max_ms", options["max_limit_ms"]),
        Goal("p99 send to every receiver, ms", "every_p99_ms", options["p99_limit_ms"]),
    )
    stated = tuple(goal for goal in limits if goal.limit is not None)
    return (*NO_FAULTS, *(STORED if options["stored"] else ()), *stated)


def _configuration(plan: Plan, options: dict) -> dict:
    return {
        "command": shlex.join(["manage.py", *sys.argv[1:]]),
        "url": plan.url,
        "channel": plan.channel,
        "load_processes": plan.processes,
        "receipt_timeout_seconds": plan.receipt_timeout_seconds,
        **dict(note.split("=", 1) for note in options["note"]),
    }
