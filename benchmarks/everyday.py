"""What people do in a club besides talking, at a steady rate over the public protocols: come, read, search,
react, change, take back, show photos, pay and go. Whatever is not answered as it should counts as a fault."""

import io
import json
import random
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass

import httpx
from PIL import Image
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from chat.loadtest.plan import VirtualUser

PIN = "246810"
START_WON = 10_000_000
_PATIENCE_SECONDS = 30
_WORDS = ("회비", "모임", "산행", "사진", "토요일")


@dataclass
class Visit:
    """Somebody who looks at the newest page of the talk."""

    api: httpx.Client
    person: VirtualUser
    page: list[dict]
    chance: random.Random


class Everyday:
    """`with Everyday(site, people, channel, visits_per_second):` lets people come and go until it ends.

    Each visit opens a socket, subscribes, hears, reads a page of history, then does one other thing.
    """

    def __init__(self, url: str, people: list[VirtualUser], channel: int, visits_per_second: float) -> None:
        self._url, self._people, self._channel = url, people, channel
        self._pause = len(people) / visits_per_second
        self._over = threading.Event()
        self._photo = _photo()
        self._group = 0
        self._wallets: dict[int, int] = {}
        self.done: Counter = Counter()
        self.faults: Counter = Counter()
        self.paid = 0
        self._counting = threading.Lock()
        self._threads = [
            threading.Thread(target=self._visit_again, args=(person, number))
            for number, person in enumerate(people)
        ]

    def __enter__(self) -> "Everyday":
        self._open_wallets()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _open_wallets(self) -> None:
        for person in self._people:
            with self._api(person) as api:
                if not self._group:
                    made = api.post("wallets/", json={"pin": PIN, "channel": self._channel, "name": "회비"})
                    self._group = made.raise_for_status().json()["id"]
                made = api.post("wallets/", json={"pin": PIN}).raise_for_status().json()
                self._wallets[person.user_id] = made["id"]
                headers = {"Idempotency-Key": uuid.uuid4().hex}
                paid = {"amount": START_WON}
                api.post(f"wallets/{made['id']}/deposits/", json=paid, headers=headers).raise_for_status()

    def _visit_again(self, person: VirtualUser, number: int) -> None:
        chance = random.Random(number)
        deeds = [self._search, self._react, self._change, self._take_back, self._show_photo, self._pay]
        self._over.wait(self._pause * chance.random())
        while not self._over.is_set():
            began = time.monotonic()
            deed = chance.choice(deeds)
            try:
                self._visit(person, deed, chance)
                self._count(self.done, deed.__name__.strip("_"))
            except (OSError, TimeoutError, httpx.HTTPError, WebSocketException) as error:
                self._count(self.faults, f"{deed.__name__.strip('_')}: {_told(error)}")
            self._over.wait(max(0.0, began + self._pause - time.monotonic()))

    def _visit(self, person: VirtualUser, deed, chance: random.Random) -> None:
        address = self._url.replace("http", "ws", 1) + "/ws/"
        headers = {"Authorization": f"Bearer {person.token}"}
        with connect(address, additional_headers=headers, open_timeout=_PATIENCE_SECONDS) as socket:
            socket.send(json.dumps({"op": "subscribe", "channel": self._channel}))
            while json.loads(socket.recv(timeout=_PATIENCE_SECONDS).split("\n")[0])["op"] != "subscribed":
                pass
            with self._api(person) as api:
                page = _checked(api.get(self._messages, params={"limit": 50}))["results"]
                if page:
                    read = {"op": "read", "channel": self._channel, "position": page[0]["position"]}
                    socket.send(json.dumps(read))
                deed(Visit(api, person, page, chance))

    def _search(self, visit: Visit) -> None:
        _checked(
            visit.api.get(
                "messages/search/", params={"q": visit.chance.choice(_WORDS), "channel": self._channel}
            )
        )

    def _react(self, visit: Visit) -> None:
        said = [one["id"] for one in visit.page if one["kind"] == "message"]
        if said:
            body = {"emoji": "👍", "on": True, "client_id": uuid.uuid4().hex}
            address = f"{self._messages}{visit.chance.choice(said)}/reactions/"
            answer = visit.api.post(address, json=body)
            if answer.status_code != httpx.codes.CONFLICT:  # taken back since the page was read
                _checked(answer)

    def _change(self, visit: Visit) -> None:
        body = {"text": "회비 모임 안내, 시간이 바뀌었어요", "client_id": uuid.uuid4().hex}
        _checked(visit.api.patch(f"{self._messages}{self._say(visit.api)}/", json=body))

    def _take_back(self, visit: Visit) -> None:
        answer = visit.api.delete(f"{self._messages}{self._say(visit.api)}/")
        answer.raise_for_status()

    def _show_photo(self, visit: Visit) -> None:
        form = {"file": ("사진.jpg", self._photo, "image/jpeg")}
        file = _checked(visit.api.post(f"channels/{self._channel}/attachments/", files=form))
        self._say(visit.api, text="", attachments=[file["id"]])

    def _pay(self, visit: Visit) -> None:
        body = {"source": self._wallets[visit.person.user_id], "target": self._group, "amount": 1, "pin": PIN}
        _checked(visit.api.post("transfers/", json=body, headers={"Idempotency-Key": uuid.uuid4().hex}))
        with self._counting:
            self.paid += 1

    def _say(self, api: httpx.Client, **message) -> str:
        body = {"client_id": uuid.uuid4().hex, "text": "토요일 산행 사진이에요", **message}
        return _checked(api.post(self._messages, json=body))["id"]

    @property
    def _messages(self) -> str:
        return f"channels/{self._channel}/messages/"

    def _api(self, person: VirtualUser) -> httpx.Client:
        headers = {"Authorization": f"Bearer {person.token}"}
        return httpx.Client(base_url=f"{self._url}/api/v1/", headers=headers, timeout=_PATIENCE_SECONDS)

    def _count(self, counter: Counter, what: str) -> None:
        with self._counting:
            counter[what] += 1


def _checked(answer: httpx.Response) -> dict:
    """What was answered. Raises HTTPStatusError for a refusal."""
    return answer.raise_for_status().json()


def _told(error: Exception) -> str:
    if isinstance(error, httpx.HTTPStatusError):
        return f"HTTP {error.response.status_code}"
    return type(error).__name__


def _photo() -> bytes:
    picture = Image.effect_noise((1280, 960), 60).convert("RGB")
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=80)
    return stream.getvalue()
