"""Text leaves compressed to whoever takes that, and nothing else does."""

import gzip

import pytest


def body_of(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.parametrize("path", ["/accounts/login/", "/static/css/tokens.css", "/static/js/main.js"])
def test_text_leaves_compressed(client, db, path):
    plain = client.get(path)
    small = client.get(path, headers={"accept-encoding": "gzip"})
    assert small["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in small["Vary"]
    packed = body_of(small)
    assert len(packed) < len(body_of(plain))
    assert gzip.decompress(packed)
    assert "Content-Encoding" not in plain


def test_pictures_leave_as_they_are(client):
    answer = client.get("/static/icons/192.png", headers={"accept-encoding": "gzip"})
    assert "Content-Encoding" not in answer
    assert body_of(answer).startswith(b"\x89PNG")
