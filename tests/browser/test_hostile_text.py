"""Hostile words on the page: live and after a reload the same elements, and never more than text."""

import random

from chat.messages.text import draw_text
from chat.pipeline.events import Author
from tests.browser.deeds import post
from tests.hostile import TEXTS

# What stands in a message, without what may differ: how the moment is written, names that are asked for
# later, and line breaks between elements.
DRAWN = """() => Object.fromEntries([...document.querySelectorAll("[data-author]")].map((one) => {
  const copy = one.cloneNode(true);
  copy.querySelectorAll("[data-actions], [data-unread-by]").forEach((other) => other.remove());
  copy.querySelectorAll("[title]").forEach((titled) => titled.removeAttribute("title"));
  copy.querySelectorAll("[datetime]").forEach((time) => time.removeAttribute("datetime"));
  const words = copy.querySelector("[data-text]").innerHTML;
  return [one.dataset.id, [words, copy.className + copy.innerHTML.replace(/>\\s+</g, "><")]];
}))"""


def test_live_and_from_the_server_every_text_is_the_same_elements(window, cast, site):
    channel_id = cast.channel("alice", "bob")
    with site.api(cast.token("bob")) as api:
        members = api.get(f"channels/{channel_id}/members/").json()["results"]
    people = [one["user"]["id"] for one in members]
    alice = window("alice", viewport={"width": 390, "height": 844})
    page = alice.enter(channel_id)
    page.on("dialog", lambda dialog: alice.faults.append("a dialog opened"))
    title = page.title()
    said = []
    for text in TEXTS.values():
        more = {"mentions": people} if "@" in text else {}
        said.append(post(site, cast, "bob", channel_id, text, **more))
    said.append(post(site, cast, "bob", channel_id, "@alice @bob @alicebob", mentions=people))
    for message in said[:3]:
        post(site, cast, "alice", channel_id, f"답 {message['id'][:4]}", reply_to=message["id"])
    with site.api(cast.token("alice")) as api:
        address = f"channels/{channel_id}/messages/{said[0]['id']}"
        assert api.post(f"{address}/reactions/", json={"emoji": "👍"}).status_code == 200
    alice.has_text(f"답 {said[2]['id'][:4]}")
    page.locator("[data-quote]").nth(2).wait_for()
    page.locator("[data-reactions] [data-emoji]").wait_for()
    live = page.evaluate(DRAWN)
    page.wait_for_timeout(2_000)
    page.reload()
    page.locator("[data-live]").wait_for()
    served = page.evaluate(DRAWN)
    assert set(live) == set(served)
    for message in said:
        assert live[message["id"]] == served[message["id"]], message["text"]
    assert live == served
    assert page.title() == title
    assert page.locator("[data-messages] :is(script, img, h1, b, i)").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    alice.shoot("state-hostile")


PEOPLE = [Author(3, "민준"), Author(4, "민준호"), Author(5, "a.b(c $&")]
PIECES = [
    "`",
    "```",
    "\n",
    "<b>",
    "&",
    "@민준",
    "호",
    "@a.b(c $&",
    "https://a.b/",
    "http://",
    "x",
    '"',
    "'",
    " ",
]
PIECES += ["가", ".", ")", "\u202e", "\ufeff", "\u3000", "😀", "]", "\t"]
MIXTURES = 3_000
DRAW = """async ([source, mentions, texts]) => {
  const { fillWithText } = await import(source + "message_text.js");
  return texts.map(([text, served]) => {
    const [one, other] = [document.createElement("div"), document.createElement("div")];
    fillWithText(one, { text, mentions }, 3);
    other.innerHTML = served;
    return one.innerHTML === other.innerHTML;
  });
}"""


def test_any_mixture_of_marks_becomes_the_same_elements(window, cast):
    channel_id = cast.channel("alice")
    # The test makes markup of text, which the site's own policy forbids.
    page = window("alice", bypass_csp=True).enter(channel_id)
    chance = random.Random(1)
    texts = ["".join(chance.choices(PIECES, k=chance.randint(1, 14))) for _ in range(MIXTURES)]
    texts += TEXTS.values()
    source = page.evaluate("new URL('/static/js/', location.href).href")
    mentions = [{"id": one.id, "username": one.username} for one in PEOPLE]
    drawn = [[text, draw_text(text, PEOPLE, 3)] for text in texts]
    same = page.evaluate(DRAW, [source, mentions, drawn])
    assert [text for text, is_same in zip(texts, same, strict=True) if not is_same] == []
