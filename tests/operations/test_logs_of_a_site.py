"""Real web and worker processes at DEBUG, in both forms: what people write and what they keep secret is in no
log, not even when we fail; and each JSON line says who and what it is about."""

import json
import time
import uuid
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.site import PASSWORD, Site

PIN, OTHER_PIN = "731946", "2846"
TEXT = "sesame: what people say"
CHANNEL_PASSWORD = "sesame-of-the-channel"
WRONG_PASSWORD = "sesame-that-is-wrong"
WAIT_SECONDS = 20


class Visit:
    """Somebody uses the site in every way that carries a secret, and meets our faults."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.secrets = {PASSWORD, PIN, OTHER_PIN, "sesame"}
        self.user, self.token = site.sign_up("alice")
        _bob, other = site.sign_up("bob")
        self.secrets |= {self.token, other}
        self.channel = site.channel_of([self.token, other], is_private=True, password=CHANNEL_PASSWORD)

    def talk(self) -> None:
        """Messages by every entrance, good and bad."""
        client_id = str(uuid.uuid4())
        address = self.site.url().replace("http", "ws") + "/ws/"
        with connect(address, additional_headers={"Authorization": f"Bearer {self.token}"}) as socket:
            message = {"op": "send", "channel": self.channel, "client_id": client_id, "text": TEXT}
            for frame in (message, {**message, "text": TEXT * 1_000}, {**message, "op": "sesame"}):
                socket.send(json.dumps(frame))
                socket.recv()
            socket.send(f'{{"op": "{TEXT}", ')
        with self.site.api(self.token) as api:
            for fields in ({"text": TEXT}, {"text": TEXT * 1_000}, {"text": [TEXT]}):
                body = {"client_id": str(uuid.uuid4()), **fields}
                api.post(f"channels/{self.channel}/messages/", json=body)
            api.post(f"channels/{self.channel}/messages/", content=TEXT.encode())
            api.get("channels/search/?q=sesame")
        stranger = connect(f"{address}?sesame", additional_headers={"Authorization": "Bearer sesame"})
        with stranger as socket, pytest.raises(ConnectionClosed):
            socket.recv()

    def post_from_outside(self) -> None:
        """To the address of a webhook, right and wrong, with a body that is none and by a slip."""
        with self.site.api(self.token) as api:
            made = api.post(f"channels/{self.channel}/webhooks/", json={"name": "봇"})
            assert made.status_code == 201, made.text
        address = made.json()["url"]
        token = address.rstrip("/").rpartition("/")[2]
        self.secrets |= {token, token[5:]}
        assert httpx.post(address, json={"text": TEXT}).status_code == 201
        for wrong in (
            address.rstrip("/"),
            f"{address}x",
            f"{address}?{token}",
            address.replace("hooks/", "hooks//"),
        ):
            httpx.post(wrong, content=TEXT.encode(), headers={"Referer": address})
            httpx.get(wrong)
        with pytest.raises(InvalidStatus):
            connect(address.replace("http", "ws"))

    def move_money(self) -> None:
        """With good and wrong PINs."""
        with self.site.api(self.token) as api:
            own = api.post("wallets/", json={"pin": PIN}).json()["id"]
            shared = {"channel": self.channel, "name": "회비", "description": "", "pin": PIN}
            group = api.post("wallets/", json=shared).json()["id"]
            api.post(f"wallets/{own}/deposits/", json={"amount": 500}, headers={"Idempotency-Key": "1"})
            for number, pin in enumerate((PIN, OTHER_PIN, "sesame")):
                order = {"source": own, "target": group, "amount": 5, "memo": "sesame", "pin": pin}
                api.post("transfers/", json=order, headers={"Idempotency-Key": f"t{number}"})
            plan = {"source": own, "target": group, "amount": 5, "pin": PIN, "repeat": "once"}
            plan["first_run_at"] = (datetime.now(UTC) + timedelta(days=30)).isoformat()
            answer = api.post("scheduled-transfers/", json=plan, headers={"Idempotency-Key": "s"})
            assert answer.status_code == 201, answer.text

    def log_in_and_fail(self) -> None:
        """Through the pages; then one of them meets a row that says nonsense."""
        with httpx.Client(base_url=self.site.url(), follow_redirects=True) as browser:
            for password in (WRONG_PASSWORD, PASSWORD):
                browser.get("/accounts/login/")
                form = {"email": "alice@example.com", "password": password}
                form["csrfmiddlewaretoken"] = browser.cookies["csrftoken"]
                browser.post("/accounts/login/", data=form)
            self.secrets |= {browser.cookies["sessionid"], browser.cookies["csrftoken"]}
            fallen = browser.get("/wallets/?q=sesame", headers={"X-Request-ID": "the-fallen"})
            assert (fallen.status_code, fallen.headers["x-request-id"]) == (500, "the-fallen")

    def spoil_rows(self) -> None:
        """What the page and the worker's schedule then fail on; both exceptions quote it."""
        self.site.manage(
            "shell",
            "-v0",
            "-c",
            "from django.utils import timezone\n"
            "from wallets.models import ScheduledTransfer, WalletMember\n"
            "WalletMember.objects.update(role='sesame')\n"
            "due = timezone.now()\n"
            "ScheduledTransfer.objects.update(repeat='sesame', occurrence=1, next_run_at=due)",
        )


def logs_of(site: Site) -> str:
    return "".join(process.log.read_text() for process in (*site.webs, *site.workers))


@pytest.fixture(scope="module", params=["json", "line"])
def visited(request, tmp_path_factory):
    """The form, who visited, and everything that was logged."""
    # With limits: without them the system checks, which are for a person at the start, would say so.
    chosen = {"LOG_FORMAT": request.param, "LOG_LEVEL": "DEBUG", "RATE_LIMITS": "on"}
    with Site(tmp_path_factory.mktemp("site"), **chosen) as site:
        visit = Visit(site)
        visit.talk()
        visit.post_from_outside()
        visit.move_money()
        visit.spoil_rows()
        visit.log_in_and_fail()
        deadline = time.monotonic() + WAIT_SECONDS
        while "could not run" not in logs_of(site) and time.monotonic() < deadline:
            time.sleep(0.1)
        for process in (*site.webs, *site.workers):
            process.end(by=15)
        yield request.param, visit, logs_of(site)


def test_no_secret_and_no_message_text_is_in_a_log(visited):
    _form, visit, logged = visited
    assert len(visit.secrets) == 10
    assert [secret for secret in visit.secrets if secret in logged] == []


def test_our_faults_are_told_with_class_and_place(visited):
    _form, _visit, logged = visited
    for told in ("Internal Server Error: /wallets/", "scheduled transfer 1 could not run"):
        assert told in logged
    assert logged.count("ValueError") >= 2
    assert "role_name" in logged
    assert "occurrence_at" in logged


def test_json_lines_say_who_and_what_they_are_about(visited):
    form, visit, logged = visited
    if form != "json":
        assert "the-fallen" in logged
        return
    lines = [json.loads(line) for line in logged.splitlines()]
    fallen = [line for line in lines if line.get("request_id") == "the-fallen"]
    assert {line["logger"] for line in fallen} == {"django.request", "access"}
    assert {line["user_id"] for line in fallen} == {visit.user}
    access = [line for line in lines if line["logger"] == "access"]
    assert all({"method", "path", "status", "ms", "request_id"} <= line.keys() for line in access)
    posted = [line for line in access if line["method"] == "POST" and line["path"].endswith("/messages/")]
    assert [line["status"] for line in posted] == [201, 400, 400, 415]
    assert len(posted[0]["message_id"]) > 10
    sockets = [line for line in access if line["method"] == "SOCKET"]
    assert {line.get("user_id") for line in sockets} == {visit.user, None}
    assert all(line["socket_id"] for line in sockets)
