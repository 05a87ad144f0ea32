import httpx
from django.core.checks import run_checks
from django.db import connection

from tests.site import Site


def test_alive_needs_no_database(client, django_db_blocker):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "no-cache" in answer["Cache-Control"]


def test_ready_with_a_database(client, db):
    assert client.get("/readyz").status_code == 200


def test_not_ready_without_its_tables(client, transactional_db):
    with connection.schema_editor() as editor:
        editor.execute("ALTER TABLE chat_channel RENAME TO chat_channel_away")
    try:
        answer = client.get("/readyz")
    finally:
        with connection.schema_editor() as editor:
            editor.execute("ALTER TABLE chat_channel_away RENAME TO chat_channel")
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    assert int(answer["Retry-After"]) > 0


def test_health_is_only_read(client, db):
    assert client.post("/healthz").status_code == 405
    assert client.post("/readyz").status_code == 405


def test_checks_say_when_limits_are_off(settings):
    settings.RATE_LIMITS = False
    assert "messenger.I001" in {found.id for found in run_checks()}
    settings.RATE_LIMITS = True
    assert "messenger.I001" not in {found.id for found in run_checks()}


def test_checks_state_the_limits_of_embedded_parts(settings):
    settings.REDIS_URL = ""
    assert "messenger.I005" in {found.id for found in run_checks(include_deployment_checks=True)}
    settings.REDIS_URL = "redis://127.0.0.1"
    assert "messenger.I005" not in {found.id for found in run_checks(include_deployment_checks=True)}


def test_a_running_site_answers_in_front_of_django_as_django_would(tmp_path):
    with Site(tmp_path, workers=0) as site:
        for path, status in (("/healthz", "ok"), ("/readyz", "ready")):
            answers = [httpx.request(method, site.url() + path) for method in ("GET", "HEAD")]
            assert [answer.status_code for answer in answers] == [200, 200]
            assert answers[0].json() == {"status": status}
            assert answers[1].content == b""
            assert "no-cache" in answers[0].headers["Cache-Control"]
        balancer = {"Host": "10.0.0.7"}  # which Django would refuse
        assert httpx.get(f"{site.url()}/healthz", headers=balancer).status_code == 200
