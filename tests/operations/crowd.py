"""People who use a site in every way that is counted, so that no panel of a dashboard stays empty."""

import contextlib
import json
import uuid
from datetime import UTC, datetime, timedelta

import httpx
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.site import Site

PIN, WRONG_PIN = "731946", "135791"


class Crowd:
    """alice and bob, a channel, a wallet each and one of the channel's."""

    def __init__(self, site: Site) -> None:
        self.site = site
        (_, self.alice), (_, self.bob) = site.sign_up("alice"), site.sign_up("bob")
        self.channel = site.channel_of([self.alice, self.bob])
        self.own, self.bobs = (self._open(token, pin=PIN) for token in (self.alice, self.bob))
        self.group = self._open(self.alice, channel=self.channel, name="회비", description="", pin=PIN)
        self._post(self.alice, f"wallets/{self.own}/deposits/", amount=1_000_000)

    def _open(self, token: str, **fields) -> int:
        return self._post(token, "wallets/", **fields).json()["id"]

    def _post(self, token: str, path: str, **body) -> httpx.Response:
        with self.site.api(token) as api:
            return api.post(path, json=body, headers={"Idempotency-Key": uuid.uuid4().hex})

    def talk(self) -> None:
        """On a socket and by HTTP, good messages and one that breaks a rule; then page back and search."""
        address = self.site.url().replace("http", "ws") + "/ws/"
        with connect(address, additional_headers={"Authorization": f"Bearer {self.bob}"}) as socket:
            socket.send(json.dumps({"op": "subscribe", "channel": self.channel}))
            for number in range(20):
                text = f"글 {number} " * 40
                message = {"op": "send", "channel": self.channel, "client_id": uuid.uuid4().hex, "text": text}
                socket.send(json.dumps(message))
            with contextlib.suppress(TimeoutError, ConnectionClosed):
                while True:
                    socket.recv(timeout=1)
        for text in ("안녕하세요", ""):
            self._post(
                self.alice, f"channels/{self.channel}/messages/", client_id=uuid.uuid4().hex, text=text
            )
        with self.site.api(self.alice) as api:
            api.get(f"channels/{self.channel}/messages/")
            api.get(f"channels/{self.channel}/messages/search/", params={"q": "글"})

    def move_money(self) -> None:
        """A transfer, one that is refused, and guesses until bob's wallet is locked."""
        good = {"source": self.own, "target": self.group, "amount": 100, "memo": "회비", "pin": PIN}
        assert self._post(self.alice, "transfers/", **good).status_code == 201
        assert self._post(self.alice, "transfers/", **{**good, "amount": 99_000_000}).status_code == 422
        guess = {"source": self.bobs, "target": self.own, "amount": 100, "pin": WRONG_PIN}
        for _ in range(5):
            self._post(self.bob, "transfers/", **guess)

    def schedule(self) -> None:
        """A transfer that has been due for a second: one cannot be planned for so soon."""
        at = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        plan = {"source": self.own, "target": self.group, "amount": 50, "pin": PIN, "repeat": "once"}
        answer = self._post(self.alice, "scheduled-transfers/", first_run_at=at, **plan)
        assert answer.status_code == 201, answer.text
        self.site.manage(
            "shell",
            "-v0",
            "-c",
            "from datetime import timedelta\n"
            "from django.utils import timezone\n"
            "from wallets.models import ScheduledTransfer\n"
            "ScheduledTransfer.objects.update(next_run_at=timezone.now() - timedelta(seconds=1))",
        )

    def stay(self):
        """A socket that stays open: the block's."""
        address = self.site.url().replace("http", "ws") + "/ws/"
        socket = connect(address, additional_headers={"Authorization": f"Bearer {self.alice}"})
        socket.send(json.dumps({"op": "subscribe", "channel": self.channel}))
        return socket
