"""A client that we did not write: @stomp/stompjs of npm under Node talks to a real site."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "js"
INSTALLED = shutil.which("node") and (FOLDER / "node_modules/@stomp/stompjs").exists()
pytestmark = pytest.mark.skipif(not INSTALLED, reason="@stomp/stompjs is missing: ops/stack.py install stomp")


@pytest.fixture
def play(site, channel):
    """`play("talk")`: what happened in that scenario of scenarios.mjs."""

    def played(name: str, **more) -> dict:
        stage = {name: token for name, (_, token) in site.people.items()}
        stage |= {"url": site.url(-1).replace("http", "ws") + "/ws-stomp", "channel": channel, **more}
        done = subprocess.run(
            ["node", "scenarios.mjs", name, json.dumps(stage)],
            cwd=FOLDER,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    return played


def test_two_pages_talk_with_receipts_and_leave(site, channel, play):
    seen = play("talk")
    for connected, name in zip(seen["connected"], ("alice", "bob"), strict=True):
        assert (connected["version"], connected["heart-beat"]) == ("1.2", "10000,10000")
        assert connected["user-id"] == str(site.people[name][0])
    assert [receipt["role"] for receipt in seen["subscribed"]] == ["admin", "member"]
    for heard in seen["heard"]:
        assert [one["body"]["text"] for one in heard] == ["안녕 🙂", "네:\n\\"]
        for message, receipt in zip(heard, seen["receipts"], strict=True):
            headers = message["headers"]
            assert headers["destination"] == f"/sub/chat/room/{channel}"
            assert (headers["message-id"], headers["position"]) == (
                receipt["message-id"],
                receipt["position"],
            )
    assert seen["end"] == [{"disconnected": True}, {"closed": 1000}]


def test_split_and_binary_frames_arrive_whole(play):
    text = "회비를 냈어요 " * 300  # nothing beyond UCS-2: stompjs itself cuts surrogate pairs apart
    assert play("large", text=text)["heard"] == [text, text]


def test_heart_beats_keep_a_quiet_connection(play):
    seen = play("heartbeats")
    assert seen["receipt"]["message-id"]
    assert seen["sent"] >= 2
    assert seen["received"] >= 2


def test_refused_token_says_why(play):
    error, closed = play("refused")["end"]
    assert error["error"]["code"] == "not_logged_in"
    assert error["error"]["message"] == "The token is unknown or dead."
    assert closed == {"closed": 4401}


def test_reconnect_with_since_misses_nothing(play):
    seen = play("resume")
    assert seen["texts"] == ["1", "2", "3", "4"]


def test_refused_message_is_told_and_the_page_stays(play):
    seen = play("refusals")
    assert seen["told"]["body"]["code"] == "text_empty"
    assert seen["told"]["body"]["client_id"] == "empty"
    assert seen["receipt"]["message-id"]


def test_stranger_may_not_listen(play):
    error, closed = play("stranger")["end"]
    assert error["error"]["code"] == "not_found"
    assert closed == {"closed": 4400}
