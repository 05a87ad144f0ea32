"""What the first view of a conversation transfers: a bound without pictures, from this site alone."""

import json
from urllib.parse import urlsplit

from tests.browser.conftest import PHONE

# 63,532 were measured, in 6 answers: 33 KB of script, 14 KB of styles, the rest is the page with 50 messages.
MOST_BYTES = 100 * 1000
PICTURES = {"Image", "Media"}


def test_first_view_of_a_conversation_is_light(window, cast):
    channel_id = cast.channel("alice", "bob", name="토요 등산 모임")
    for number in range(60):
        cast.say("bob", channel_id, f"다음 주 토요일 산행은 북한산으로 가요. {number}번째 이야기예요.")
    alice = window("alice", viewport=PHONE)
    devtools = alice.page.context.new_cdp_session(alice.page)
    kinds, hosts, sizes = {}, set(), {}

    def note_answer(event: dict) -> None:
        kinds[event["requestId"]] = event["type"], urlsplit(event["response"]["url"]).path
        hosts.add(urlsplit(event["response"]["url"]).netloc)

    devtools.on("Network.responseReceived", note_answer)
    devtools.on(
        "Network.loadingFinished",
        lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}),
    )
    devtools.send("Network.enable")
    devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
    alice.enter(channel_id)
    alice.page.wait_for_load_state("networkidle")
    loaded = {
        kinds[one]: size for one, size in sizes.items() if one in kinds and kinds[one][0] not in PICTURES
    }
    total = sum(loaded.values())
    print(f"first view: {total:,.0f} bytes in {len(loaded)} answers")
    heaviest = sorted(((size, *what) for what, size in loaded.items()), reverse=True)[:8]
    assert total <= MOST_BYTES, json.dumps(heaviest, ensure_ascii=False, indent=1)
    assert hosts == {urlsplit(alice.base_url).netloc}
