"""The same over a real S3-compatible server: private objects, handed out by the app, gone with one."""

import subprocess
import sys
import time
from uuid import uuid4

import boto3
import httpx
import pytest

from tests.attachments.files import encoded, picture
from tests.site import Site, free_port

KEY, SECRET, BUCKET = "reader", "s3cr/et+", "club-files"
ENCODED_SECRET = "s3cr%2Fet%2B"
PHOTO = encoded(picture(800, 600))


class Bucket:
    """A running S3 server and what lies in its one bucket."""

    def __init__(self) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.start()
        self.client = boto3.client(
            "s3",
            endpoint_url=self.address,
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
            region_name="us-east-1",
        )
        self.client.create_bucket(Bucket=BUCKET)

    def start(self) -> None:
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while not self.answers():
            assert time.monotonic() < deadline
            time.sleep(0.1)

    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.address}/moto-api/", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

    def names(self) -> list[str]:
        return [one["Key"] for one in self.client.list_objects_v2(Bucket=BUCKET).get("Contents", [])]


@pytest.fixture(scope="module")
def bucket():
    running = Bucket()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def site(tmp_path_factory, bucket):
    url = f"s3+http://{KEY}:{ENCODED_SECRET}@127.0.0.1:{bucket.port}/{BUCKET}?region=us-east-1"
    with Site(tmp_path_factory.mktemp("site"), STORAGE_URL=url) as running:
        yield running


@pytest.fixture(scope="module")
def stage(site):
    """alice's token, bob's, a stranger's, and the channel of the first two."""
    tokens = [site.sign_up(name)[1] for name in ("alice", "bob", "charlie")]
    return *tokens, site.channel_of(tokens[:2])


def send(site, token: str, channel: int, content: bytes) -> dict:
    with site.api(token) as api:
        answer = api.post(f"channels/{channel}/attachments/", files={"file": ("사진.jpg", content)})
        assert answer.status_code == 201, answer.text
        body = {"client_id": uuid4().hex, "text": "", "attachments": [answer.json()["id"]]}
        sent = api.post(f"channels/{channel}/messages/", json=body)
        assert sent.status_code == 201, sent.text
    return sent.json()


def get(site, token: str, place: str, **headers) -> httpx.Response:
    return httpx.get(
        f"{site.url()}{place}", headers={"Authorization": f"Bearer {token}", **headers}, timeout=30
    )


def wait_until(done, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_members_get_it_through_the_app_and_nobody_from_the_bucket(site, stage, bucket):
    alice, bob, charlie, channel = stage
    made = send(site, bob, channel, PHOTO)["attachments"][0]
    place = f"/channels/{channel}/attachments/{made['id']}/"
    whole = get(site, alice, place)
    assert (whole.status_code, len(whole.content)) == (200, made["size"])
    assert whole.content[:3] == b"\xff\xd8\xff"
    assert get(site, alice, f"{place}thumbnail/").status_code == 200
    assert get(site, alice, place, **{"If-None-Match": whole.headers["ETag"]}).status_code == 304
    part = get(site, alice, place, Range="bytes=5-9")
    assert (part.status_code, part.content) == (206, whole.content[5:10])
    assert get(site, charlie, place).status_code == 404
    assert str(bucket.port) not in str(whole.headers)
    names = [name for name in bucket.names() if made["id"].replace("-", "") in name]
    assert len(names) == 2
    for name in names:
        grants = bucket.client.get_object_acl(Bucket=BUCKET, Key=name)["Grants"]
        assert not any("AllUsers" in str(grant) or "AuthenticatedUsers" in str(grant) for grant in grants)


def test_a_large_file_goes_through_whole(site, stage):
    _alice, bob, _charlie, channel = stage
    content = bytes(range(256)) * 80_000
    made = send(site, bob, channel, content)["attachments"][0]
    answer = get(site, bob, f"/channels/{channel}/attachments/{made['id']}/")
    assert answer.content == content


def test_with_the_message_the_objects_go(site, stage, bucket):
    _alice, bob, _charlie, channel = stage
    message = send(site, bob, channel, PHOTO)
    name = message["attachments"][0]["id"].replace("-", "")
    assert any(name in one for one in bucket.names())
    with site.api(bob) as api:
        wait_until(lambda: api.get(f"channels/{channel}/messages/{message['id']}/").status_code == 200)
        assert api.delete(f"channels/{channel}/messages/{message['id']}/").status_code == 204
    wait_until(lambda: not any(name in one for one in bucket.names()))


def test_while_the_bucket_is_away_it_is_said_and_nothing_breaks(site, stage, bucket):
    alice, bob, _charlie, channel = stage
    made = send(site, bob, channel, PHOTO)["attachments"][0]
    place = f"/channels/{channel}/attachments/{made['id']}/"
    bucket.stop()
    with site.api(bob) as api:
        refused = api.post(f"channels/{channel}/attachments/", files={"file": ("a.txt", b"text")})
        assert (refused.status_code, refused.json()["code"]) == (503, "attachment_storage_unavailable")
        listed = api.get(f"channels/{channel}/attachments/").json()["results"]
        assert "a.txt" not in [one["name"] for one in listed]
    assert get(site, alice, place).status_code == 503
    bucket.start()
    bucket.client.create_bucket(Bucket=BUCKET)  # this server keeps its objects in memory
    assert get(site, alice, place).status_code == 404
    assert send(site, bob, channel, PHOTO)
