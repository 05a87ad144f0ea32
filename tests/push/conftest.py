"""A push service on this machine, and browsers that subscribe there with keys of their own."""

import json
import os
import threading
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Browser:
    """What a browser keeps of a subscription, and what it read of the notifications it got."""

    endpoint: str
    key: ec.EllipticCurvePrivateKey
    secret: bytes
    told: list[dict] = field(default_factory=list)

    @property
    def subscription(self) -> dict:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {
            "endpoint": self.endpoint,
            "keys": {"p256dh": base64url(point), "auth": base64url(self.secret)},
        }

    def decrypt(self, body: bytes) -> None:
        plain = http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret, version="aes128gcm")
        self.told.append(json.loads(plain))


class PushService:
    """Takes what the site posts; `answers` says with which status, by path."""

    def __init__(self) -> None:
        self.browsers: dict[str, Browser] = {}
        self.answers: dict[str, int] = {}
        self.headers: list[dict] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.headers.append({name.lower(): value for name, value in self.headers.items()})
                status = service.answers.get(self.path, 201)
                if status == 201:
                    service.browsers[self.path].decrypt(body)
                self.send_response(status)
                if status == 307:
                    self.send_header("Location", f"{service.origin}/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def browser(self, name: str) -> Browser:
        path = f"/send/{name}"
        key = ec.generate_private_key(ec.SECP256R1())
        self.browsers[path] = Browser(self.origin + path, key, os.urandom(16))
        return self.browsers[path]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def push_service(settings):
    """Known to the site, which sends notifications."""
    service = PushService()
    settings.VAPID_SUBJECT = "mailto:operator@example.com"
    settings.PUSH_SERVICES = [service.origin]
    yield service
    service.close()


SUBSCRIPTIONS = "/api/v1/push/subscriptions/"


@pytest.fixture
def listens(push_service):
    """`listens(as_bob, "bob")`: a browser that is told."""

    def subscribe(api, name: str) -> Browser:
        browser = push_service.browser(name)
        assert api.post(SUBSCRIPTIONS, browser.subscription).status_code == 204
        return browser

    return subscribe
