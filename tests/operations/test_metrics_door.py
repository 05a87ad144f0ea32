"""Who may read `/metrics`, of the site and of a process's own endpoint."""

import http.client

import psutil
import pytest

from operations import endpoint
from operations.door import is_this_machine, may_read
from tests.site import free_port

SECRET = "a long secret"


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"])
def test_this_machine_may_read(address):
    assert is_this_machine(address)
    assert may_read(address, "")


@pytest.mark.parametrize(
    "address", ["203.0.113.9", "10.0.0.1", "::ffff:203.0.113.9", "", "localhost", "2001:db8::1"]
)
def test_nobody_else_may(address):
    assert not may_read(address, "")
    assert not may_read(address, f"Bearer {SECRET}")


@pytest.mark.parametrize("given", ["", SECRET, f"Basic {SECRET}", f"Bearer {SECRET}x", "Bearer ", "Bearer é"])
def test_with_a_token_only_the_token_counts(given, settings):
    settings.METRICS_TOKEN = SECRET
    assert not may_read("127.0.0.1", given)
    assert may_read("203.0.113.9", f"Bearer {SECRET}")
    assert may_read("203.0.113.9", f"bearer {SECRET}")


def test_strangers_find_nothing_at_the_site_whatever_they_ask(client, db):
    for method in ("get", "head", "post", "put", "delete", "options"):
        assert getattr(client, method)("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 404
    assert client.post("/metrics").status_code == 405


def test_a_forwarded_address_is_no_pass(client, db):
    forged = {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1", "Forwarded": "for=127.0.0.1"}
    assert client.get("/metrics", headers=forged, REMOTE_ADDR="203.0.113.9").status_code == 404


@pytest.fixture
def own_endpoint(transactional_db):
    """The address of an endpoint that this process serves."""
    server = endpoint.serve("127.0.0.1", free_port())
    yield server.server_address
    server.shutdown()
    server.server_close()


def ask(address, path="/metrics", method="GET", **headers) -> http.client.HTTPResponse:
    asking = http.client.HTTPConnection(*address, timeout=10)
    asking.request(method, path, headers=headers)
    answer = asking.getresponse()
    answer.text = answer.read().decode()
    asking.close()
    return answer


def test_a_process_serves_its_own_numbers(own_endpoint):
    answer = ask(own_endpoint)
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "process_resident_memory_bytes" in answer.text
    assert "messenger_messages_accepted_total" in answer.text
    assert "Python" not in answer.headers["Server"]


def test_its_endpoint_has_the_same_door_and_no_other_page(own_endpoint, settings):
    assert ask(own_endpoint, "/").status == 404
    assert ask(own_endpoint, method="POST").status == 501
    settings.METRICS_TOKEN = SECRET
    assert ask(own_endpoint).status == 404
    assert ask(own_endpoint, Authorization="Bearer wrong").status == 404
    assert ask(own_endpoint, Authorization=f"Bearer {SECRET}").status == 200


def test_a_reader_who_says_nothing_keeps_nobody_waiting(own_endpoint):
    silent = http.client.HTTPConnection(*own_endpoint)
    silent.connect()
    assert ask(own_endpoint).status == 200
    silent.close()


def test_reading_leaves_no_database_connection_behind(own_endpoint):
    ask(own_endpoint)
    before = psutil.Process().num_fds()
    for _ in range(5):
        ask(own_endpoint)
    assert psutil.Process().num_fds() < before + 5


@pytest.mark.parametrize(("kind", "number"), [("worker", 0), ("web", 1), ("web", 4)])
def test_each_process_has_a_port_of_its_own(kind, number, settings, transactional_db):
    port = free_port()
    settings.METRICS_PORT = port - number
    server = endpoint.begin(kind, number)
    try:
        assert ask((settings.HOST, port)).status == 200
    finally:
        server.shutdown()
        server.server_close()


def test_a_single_web_process_answers_at_its_own_address(settings):
    settings.METRICS_PORT = free_port()
    assert endpoint.begin("web", 0) is None


def test_without_a_port_nothing_is_served(settings):
    settings.METRICS_PORT = None
    assert endpoint.begin("worker", 0) is None


def test_a_taken_port_stops_no_process(own_endpoint, settings, caplog):
    settings.METRICS_PORT = own_endpoint[1]
    assert endpoint.begin("worker", 0) is None
    assert f"port {own_endpoint[1]} cannot be had" in caplog.text
