"""`manage.py web`: pages, API and sockets, by one process or by several behind one address."""

import signal
import sys
import time

import uvicorn
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from chat.management import siblings
from chat.sockets.node import Node

DRAIN_SECONDS = 10
BACKLOG = 4_096


class Command(BaseCommand):
    """Serves on HOST and PORT until SIGTERM or SIGINT, then drains and ends with status 0.

    Several processes need Redis, which carries what they tell each other besides the log: small notices and
    the cache. Messages reach all of them through the log.
    """

    help = "Serve pages, API and sockets on HOST:PORT."

    def add_arguments(self, parser) -> None:
        default = settings.WEB_PROCESSES
        parser.add_argument(
            "--processes", type=int, default=default, help=f"how many behind one address (default {default})"
        )

    def handle(self, *args, processes: int, **options) -> None:
        number = siblings.own_number()
        if number:
            siblings.end_with_parent(settings.LEAVE_SECONDS + DRAIN_SECONDS)
            serve(siblings.bind_shared(settings.HOST, settings.PORT))
        elif processes == 1:
            serve(None)
        else:
            _refuse_what_cannot_be(processes)
            sys.exit(siblings.Siblings(processes, settings.LEAVE_SECONDS + DRAIN_SECONDS).run())


def _refuse_what_cannot_be(processes: int) -> None:
    if processes < 1:
        raise CommandError(f"--processes {processes}: a whole number of at least 1 is needed.")
    if not settings.REDIS_URL:
        raise CommandError(f"WEB_PROCESSES={processes} needs REDIS_URL: without Redis there is one process.")
    try:
        siblings.refuse_taken_address(settings.HOST, settings.PORT)
    except OSError as error:
        raise CommandError(f"Cannot listen on {settings.HOST}:{settings.PORT} ({error}).") from error


class LeavingServer(uvicorn.Server):
    """Serves on for LEAVE_SECONDS after the first signal, while `/readyz` says that it leaves: whoever shares
    out the requests sends it no new ones by the time it stops listening. A second signal cuts this short."""

    _ends_at: float | None = None

    def handle_exit(self, sig: int, frame) -> None:
        """The signal's handler."""
        node = Node.running()
        if self._ends_at is None and node and settings.LEAVE_SECONDS:
            node.leaving = True
            self._ends_at = time.monotonic() + settings.LEAVE_SECONDS
            return
        super().handle_exit(sig, frame)

    async def on_tick(self, counter: int) -> bool:
        """Whether to end, asked ten times a second."""
        if self._ends_at is not None and time.monotonic() >= self._ends_at:
            self.should_exit = True
        return await super().on_tick(counter)


def serve(sockets: list | None) -> None:
    """Serve on these sockets, or on HOST:PORT, until a signal; ends the process when it cannot start."""
    # uvicorn raises the signal again once it has drained; a clean end is no death by a signal.
    for stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stop, lambda *_: None)
    config = uvicorn.Config(
        "messenger.asgi:application",
        host=settings.HOST,
        port=settings.PORT,
        loop="uvloop",
        http="chat.sockets.http:PatientProtocol",
        ws="chat.sockets.websocket:SharedFrameProtocol",
        ws_ping_interval=25,
        ws_ping_timeout=25,
        lifespan="on",
        backlog=BACKLOG,
        access_log=False,
        proxy_headers=False,  # whom to believe is settings.TRUSTED_PROXIES' to say
        log_config=None,  # uvicorn's loggers write as ours do
        log_level="warning",
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )
    server = LeavingServer(config)
    server.run(sockets)
    if not server.started:
        sys.exit(1)
