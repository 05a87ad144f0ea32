"""The badges of three tabs against a model, over random events."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import uuid4

from tests.browser.looking import Tab, tabs_of

EVENTS = 1_000
CHECK_EVERY = 20
SETTLED_SECONDS = 20
SEED = 20261123
PAGE = """() => {
  const log = document.querySelector("[data-log]");
  const rows = [...document.querySelectorAll("[data-rows] > li")].map(({ dataset }) => ({ ...dataset }));
  const end = log && log.scrollHeight - log.scrollTop - log.clientHeight;
  const last = [...document.querySelectorAll("[data-messages] > li")].at(-1)?.dataset.position;
  return { focus: document.hasFocus(), visible: document.visibilityState, end, last, rows };
}"""


@dataclass
class Talk:
    """One channel as it must be: who said what where, and how far alice has read."""

    number: int
    said: list[tuple[str, str]] = field(default_factory=list)  # position, author
    ids: list[str] = field(default_factory=list)  # of bob's messages
    mark: str = ""

    @property
    def unread(self) -> int:
        return self.unread_behind(self.mark)

    def unread_behind(self, mark: str) -> int:
        return sum(1 for position, author in self.said if author != "alice" and position > mark)

    def read(self, position: str) -> None:
        self.mark = max(self.mark, position)

    def read_all(self) -> None:
        if self.said:
            self.read(self.said[-1][0])


class Stage:
    """Three tabs of alice's, bob, and what must be true."""

    def __init__(self, site, cast, tabs: list[Tab]) -> None:
        self.random = random.Random(SEED)
        self.tabs = tabs
        self.talks = {number: Talk(number) for number in (cast.channel("alice", "bob") for _ in range(3))}
        self.apis = {name: site.api(cast.token(name)) for name in ("alice", "bob")}
        self.places: list[Talk | None] = [None] * len(tabs)
        self.looking: int | None = None
        self.cut: dict[int, str] = {}  # tab: up to where she read in it since, which nobody was told
        self.happened = 0
        self.history: list[str] = []

    def any_talk(self) -> Talk:
        return self.random.choice(list(self.talks.values()))

    def any_tab(self) -> int:
        return self.random.randrange(len(self.tabs))

    # What happens.

    def bob_says(self) -> None:
        self.say("bob")

    def bob_says_much(self) -> None:
        talk = self.any_talk()
        for _ in range(self.random.randint(2, 6)):
            self.say("bob", talk)

    def alice_says_elsewhere(self) -> None:
        self.say("alice")

    def say(self, name: str, talk: Talk | None = None) -> None:
        talk = talk or self.any_talk()
        message = {"client_id": uuid4().hex, "text": f"{name} {len(talk.said)}"}
        answer = self.apis[name].post(f"channels/{talk.number}/messages/", json=message)
        assert answer.status_code == 201, answer.text
        talk.said.append((answer.json()["position"], name))
        if name == "bob":
            talk.ids.append(answer.json()["id"])
        self.note_reading()

    def bob_changes_something(self) -> None:
        """Deleted messages still count, changed ones do not count again."""
        talk = self.any_talk()
        if not talk.ids:
            return
        address = f"channels/{talk.number}/messages/{self.random.choice(talk.ids)}/"
        if self.random.random() < 0.5:
            answer = self.apis["bob"].patch(address, json={"client_id": uuid4().hex, "text": "anders"})
            assert answer.status_code in (200, 404, 409), answer.text
        else:
            assert self.apis["bob"].delete(address).status_code == 204

    def alice_reads_on_another_device(self) -> None:
        """Up to anywhere, also further back than she has read."""
        talk = self.any_talk()
        if talk.said:
            position = self.random.choice(talk.said)[0]
            answer = self.apis["alice"].post(f"channels/{talk.number}/read/", json={"position": position})
            assert answer.status_code == 200, answer.text
            talk.read(position)

    def alice_looks_at_another_tab(self) -> None:
        self.alice_looks_away()
        self.looking = self.any_tab()
        self.tabs[self.looking].look()
        self.note_reading()

    def alice_looks_away(self) -> None:
        if self.looking is None:
            return
        seen = self.notice()
        self.tabs[self.looking].look(False)
        if self.looking in self.cut:
            self.cut[self.looking] = seen
        self.looking = None

    def a_tab_goes_elsewhere(self) -> None:
        number = self.any_tab()
        if number in self.cut:
            return
        if number == self.looking:
            self.notice()  # the page tells the server when it goes
        talk = self.random.choice([None, *self.talks.values()])
        self.places[number] = talk
        tab = self.tabs[number]
        if talk is None:
            tab.open("/")
        else:
            tab.enter(talk.number)
        if number == self.looking:
            tab.look()
            self.note_reading()

    def a_wire_is_cut(self) -> None:
        number = self.any_tab()
        if number != self.looking and number not in self.cut:
            self.wait_until(self.is_told, "the server does not know what was read")
            self.cut[number] = ""
            self.tabs[number].line.cut()

    def all_wires_are_mended(self) -> None:
        for number, read in self.cut.items():
            self.tabs[number].mend()
            if read:
                self.places[number].read(read)
        self.cut.clear()
        self.note_reading()

    def note_reading(self) -> None:
        """The tab that alice looks at has everything of its talk in view."""
        if self.looking is not None and self.looking not in self.cut and self.places[self.looking]:
            self.places[self.looking].read_all()

    def notice(self) -> str:
        """The tab that alice looks at sees what is in view: up to where. A cut one has only what came before,
        and tells of it when it is whole again."""
        tab, talk = self.tabs[self.looking], self.places[self.looking]
        if talk is None or not talk.said:
            return ""
        if self.looking not in self.cut:
            end = talk.said[-1][0]
            self.wait_until(lambda: tab.end() == end, f"tab {self.looking} should have {end}")
        return tab.seen()

    # What must be.

    def settle(self) -> None:
        """Every tab that is connected shows, within a while, what the model says."""
        wanted = {talk.number: talk.unread for talk in self.talks.values()}
        for number, tab in enumerate(self.tabs):
            if number not in self.cut:
                self.wait_until(lambda: tab.badges() == wanted, f"tab {number} should show {wanted}")  # noqa: B023

    def wait_until(self, holds: Callable[[], bool], fault: str) -> None:
        """In the browser's time: what its sockets bring and send goes through this process."""
        deadline = time.monotonic() + SETTLED_SECONDS
        while not holds():
            assert time.monotonic() < deadline, f"{fault}: {self.situation()}"
            self.tabs[0].page.wait_for_timeout(50)

    def is_told(self) -> bool:
        """Whether the server knows what she has read, but for what only a cut tab knows."""
        told = {one["channel"]: one["position"] for one in self.told()}
        return all(talk.unread_behind(told[talk.number]) == talk.unread for talk in self.talks.values())

    def told(self) -> list[dict]:
        """What the server says."""
        return self.apis["alice"].get("channels/unread/").json()["results"]

    def situation(self) -> str:
        """What somebody needs who looks for the reason."""
        places = [talk.number if talk else None for talk in self.places]
        marks = {talk.number: talk.mark for talk in self.talks.values()}
        pages = "\n".join(str(tab.page.evaluate(PAGE)) for tab in self.tabs)
        return (
            f"event {self.happened} of seed {SEED}, looks: {self.looking}, in {places}, cut: {self.cut}\n"
            f"marks {marks}, told {self.told()}\n{pages}\nlast {self.history[-25:]}"
        )


def test_badges_are_right_in_three_tabs_after_random_events(window, cast, site):
    cast.token("alice")
    stage = Stage(site, cast, tabs_of(window("alice"), 3))
    for tab in stage.tabs:
        tab.open("/")
    happenings = {
        stage.bob_says: 40,
        stage.bob_says_much: 8,
        stage.alice_says_elsewhere: 8,
        stage.bob_changes_something: 8,
        stage.alice_reads_on_another_device: 12,
        stage.alice_looks_at_another_tab: 8,
        stage.alice_looks_away: 4,
        stage.a_tab_goes_elsewhere: 4,
        stage.a_wire_is_cut: 3,
        stage.all_wires_are_mended: 5,
    }
    for number in range(EVENTS):
        stage.happened = number
        happening = stage.random.choices(list(happenings), list(happenings.values()))[0]
        stage.history.append(happening.__name__)
        happening()
        if number % CHECK_EVERY == 0:
            stage.settle()
    stage.all_wires_are_mended()
    stage.settle()
    for tab in stage.tabs:
        tab.page.reload()
    stage.settle()
    assert {one["channel"]: one["unread"] for one in stage.told()} == {
        talk.number: talk.unread for talk in stage.talks.values()
    }
