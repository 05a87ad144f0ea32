"""Every refusal has one shape, wherever in the stack it was refused."""

import json

import pytest
from django.db import OperationalError
from django.test import Client, override_settings
from django.urls import path
from rest_framework.permissions import AllowAny
from rest_framework.views import APIView

from chat.pipeline.ports import LogUnavailable, StoreUnavailable
from messenger import urls as site

CHANNELS = "/api/v1/channels/"


def _assert_problem(answer, status: int, code: str) -> dict:
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    document = answer.json()
    assert (document["status"], document["code"]) == (status, code)
    assert {"type", "title", "detail"} <= set(document)
    assert "Traceback" not in answer.content.decode()
    return document


def test_anonymous_is_told_how_to_log_in(anonymous):
    answer = anonymous.get(CHANNELS)
    _assert_problem(answer, 401, "not_authenticated")
    assert answer["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "body",
    ["{", "", "[1,", '{"name": NaN}', "\ufeff{}", b"\xff\xfe", "[" * 100_000, '{"name": ' + "1" * 5000 + "}"],
)
def test_malformed_json(as_alice, body):
    answer = as_alice.post(CHANNELS, data=body, content_type="application/json")
    if body == "":
        _assert_problem(answer, 400, "validation_failed")
    else:
        _assert_problem(answer, 400, "malformed")


@pytest.mark.parametrize("body", ["[]", '"text"', "1", "null", "true"])
def test_json_that_is_no_object(as_alice, body):
    answer = as_alice.post(CHANNELS, data=body, content_type="application/json")
    _assert_problem(answer, 400, "validation_failed")


@pytest.mark.parametrize("field", ["name", "description"])
def test_half_a_surrogate_pair_is_refused(as_alice, field):
    body = json.dumps({"name": "x", field: "a\ud800b"})
    answer = as_alice.post(CHANNELS, data=body, content_type="application/json")
    assert list(_assert_problem(answer, 400, "validation_failed")["errors"]) == [field]


@pytest.mark.parametrize("field", ["email", "password"])
def test_half_a_surrogate_pair_logs_nobody_in(anonymous, field):
    body = json.dumps({"email": "a@example.com", "password": "x", field: "a\ud800b"})
    answer = anonymous.post("/api/v1/accounts/login/", data=body, content_type="application/json")
    assert answer.status_code in (400, 401)


def test_body_that_is_too_large(as_alice, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = as_alice.post(CHANNELS, {"name": "x" * 2000})
    _assert_problem(answer, 413, "too_large")


def test_other_media_types(as_alice):
    answer = as_alice.post(CHANNELS, data="name=x", content_type="application/x-www-form-urlencoded")
    _assert_problem(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("put", CHANNELS),
        ("delete", CHANNELS),
        ("post", f"{CHANNELS}search/"),
        ("get", f"{CHANNELS}1/join/"),
        ("get", f"{CHANNELS}1/leave/"),
        ("post", f"{CHANNELS}1/members/"),
        ("get", f"{CHANNELS}1/members/1/"),
        ("get", "/api/v1/accounts/"),
        ("get", "/api/v1/accounts/login/"),
        ("get", "/api/v1/accounts/logout/"),
        ("post", "/api/v1/accounts/me/"),
        ("get", "/api/v1/accounts/me/password/"),
    ],
)
def test_wrong_method(as_alice, method, address):
    answer = getattr(as_alice, method)(address)
    _assert_problem(answer, 405, "method_not_allowed")
    assert answer["Allow"]


@pytest.mark.parametrize("address", ["/api/nothing/", "/api/v1/channels/x/", "/api/v1/channels/1"])
def test_unknown_addresses(as_alice, address):
    _assert_problem(as_alice.get(address, follow=True), 404, "not_found")


def test_unknown_page_is_a_page(db):
    answer = Client().get("/nothing/here/")
    assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (404, "text/html")


def test_foreign_host(db):
    answer = Client(headers={"host": "evil.example"}).get(CHANNELS)
    assert answer.status_code == 400


def test_validation_names_every_field(anonymous):
    document = _assert_problem(anonymous.post("/api/v1/accounts/", {}), 400, "validation_failed")
    assert set(document["errors"]) == {"email", "username", "password"}


def test_problems_speak_the_language_of_the_person(db):
    korean = Client().get(CHANNELS).json()
    english = Client().get(CHANNELS, headers={"accept-language": "en"}).json()
    assert korean["code"] == english["code"]
    assert korean["detail"] != english["detail"]


class _Broken(APIView):
    permission_classes = [AllowAny]
    errors = {
        "log": LogUnavailable,
        "store": StoreUnavailable,
        "database": OperationalError,
        "bug": ZeroDivisionError,
    }

    def get(self, request, part):
        raise self.errors[part]("secret inside")


class _Urls:
    urlpatterns = [path("api/broken/<part>/", _Broken.as_view()), *site.urlpatterns]
    handler500 = site.handler500


@pytest.mark.parametrize("part", ["log", "store", "database"])
def test_part_that_is_away_is_worth_another_try(anonymous, part):
    with override_settings(ROOT_URLCONF=_Urls):
        answer = anonymous.get(f"/api/broken/{part}/")
    document = _assert_problem(answer, 503, f"{part}_unavailable")
    assert int(answer["Retry-After"]) > 0
    assert "secret" not in document["detail"]


def test_fault_of_ours_tells_nothing(anonymous):
    anonymous.raise_request_exception = False
    with override_settings(ROOT_URLCONF=_Urls, DEBUG=False):
        document = _assert_problem(anonymous.get("/api/broken/bug/"), 500, "server_error")
    assert "secret" not in document["detail"]


def test_browsable_page_of_a_refusal_is_a_page(as_alice):
    answer = as_alice.get(f"{CHANNELS}999/", headers={"accept": "text/html"})
    assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (404, "text/html")
