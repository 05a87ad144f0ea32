"""`manage.py web`: one web process."""

import signal

import uvicorn
from django.conf import settings
from django.core.management.base import BaseCommand

DRAIN_SECONDS = 10
BACKLOG = 4_096


class Command(BaseCommand):
    """Serves pages, API and sockets on HOST and PORT until SIGTERM, then drains."""

    help = "Serve pages, API and sockets on HOST:PORT."

    def handle(self, *args, **options) -> None:
        # uvicorn raises the signal again once it has drained; a clean end is no death by a signal.
        for stop in (signal.SIGTERM, signal.SIGINT):
            signal.signal(stop, lambda *_: None)
        uvicorn.run(
            "messenger.asgi:application",
            host=settings.HOST,
            port=settings.PORT,
            loop="uvloop",
            http="httptools",
            ws="chat.websocket:SharedFrameProtocol",
            ws_ping_interval=25,
            ws_ping_timeout=25,
            lifespan="on",
            backlog=BACKLOG,
            access_log=False,
            log_level="warning",
            timeout_graceful_shutdown=DRAIN_SECONDS,
        )
