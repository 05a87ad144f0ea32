"""`/metrics` of a process without a site of its own: the worker, and each of several web processes behind one
address."""

import logging
import socket
import socketserver
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from django.conf import settings
from django.db import connection

from chat import processes
from operations import exposition
from operations.door import may_read

logger = logging.getLogger(__name__)
PATH = "/metrics"
READ_SECONDS = 5  # that a reader may let us wait: it holds a thread


class _Answering(BaseHTTPRequestHandler):
    timeout = READ_SECONDS

    def do_GET(self) -> None:
        if self.path.partition("?")[0] != PATH or not may_read(
            self.client_address[0], self.headers.get("Authorization", "")
        ):
            self._answer(HTTPStatus.NOT_FOUND, b"", "text/plain")
            return
        try:
            self._answer(HTTPStatus.OK, exposition.text(), exposition.CONTENT_TYPE)
        finally:
            connection.close()  # each request has a thread, and with it a connection, of its own

    def _answer(self, status: HTTPStatus, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def version_string(self) -> str:
        """Says nothing of the versions behind it."""
        return "messenger"

    def log_message(self, format: str, *arguments) -> None:
        """One line a scrape would drown the log."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, host: str, port: int) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), _Answering)

    def server_bind(self) -> None:
        """Without HTTPServer's look-up of the host's name, which may take seconds and is used for nothing."""
        socketserver.TCPServer.server_bind(self)

    def handle_error(self, request, client_address) -> None:
        """A reader that went away is no event."""
        logger.debug("metrics: a reader went away", exc_info=True)


def begin(kind: str, number: int) -> ThreadingHTTPServer | None:
    """Serve this process's numbers on HOST at METRICS_PORT, or so many above it, if that is set. A single web
    process answers at its own address. A port that is taken is said, and the process works on without."""
    if not settings.METRICS_PORT or (kind == processes.WEB and number == 0):
        return None
    port = settings.METRICS_PORT + number
    try:
        return serve(settings.HOST, port)
    except OSError as error:
        logger.error("metrics: port %d cannot be had (%s)", port, error)
        return None


def serve(host: str, port: int) -> ThreadingHTTPServer:
    """Answer there in a thread of this process until it ends, or until `shutdown`. Raises OSError."""
    server = _Server(host, port)
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server
