"""Tabs that somebody looks at or not. A browser under test gives the focus to all its pages at once; here the
test says which one has it."""

from tests.browser.conftest import Line, Window

FOCUS = """
(() => {
  let looks = false;
  Document.prototype.hasFocus = () => looks;
  window.look = (on) => {
    looks = on;
    dispatchEvent(new Event(on ? "focus" : "blur"));
  };
})();
"""
TO_THE_END = (
    "() => { const log = document.querySelector('[data-log]'); if (log) log.scrollTop = log.scrollHeight; }"
)
END = "() => [...document.querySelectorAll('[data-messages] > li')].at(-1)?.dataset.position ?? ''"
# Nothing came while the page had the time to look: it does so 150 ms after something came or was shown.
SEEN = """async () => {
  const end = () => [...document.querySelectorAll("[data-messages] > li")].at(-1)?.dataset.position ?? "";
  for (;;) {
    const seen = end();
    await new Promise((resolve) => setTimeout(resolve, 200));
    if (seen === end()) {
      return seen;
    }
  }
}"""
ROWS = """() => Object.fromEntries([...document.querySelectorAll('[data-rows] > li')]
    .map((row) => [row.dataset.channel, Number(row.dataset.unread)]))"""


class Tab(Window):
    """A page whose focus and wire the test holds."""

    def prepare(self) -> "Tab":
        """To be called before the first page is opened."""
        self.page.add_init_script(FOCUS)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.line = Line(self.page)
        return self

    def look(self, on: bool = True) -> None:
        """Somebody looks at this page, at its end, or no longer."""
        self.page.evaluate(TO_THE_END)
        self.page.evaluate("on => look(on)", on)

    def end(self) -> str:
        """The position of the last message on the page; "" where there is none."""
        return self.page.evaluate(END)

    def seen(self) -> str:
        """Let the page notice all that is in view: its last message; "" where there is none."""
        return self.page.evaluate(SEEN)

    def badges(self) -> dict[int, int]:
        """The unread messages of each channel in the list."""
        return {int(channel): count for channel, count in self.page.evaluate(ROWS).items()}

    def mend(self) -> None:
        """The wire is whole again, and the browser says so."""
        self.line.mend()
        self.page.evaluate("() => dispatchEvent(new Event('online'))")


def tabs_of(window: Window, count: int) -> list[Tab]:
    """So many tabs of the browser in which this person is logged in."""
    pages = [window.page.context.new_page() for _ in range(count)]
    return [Tab(page, window.base_url, window.faults).prepare() for page in pages]
