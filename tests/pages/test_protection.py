"""What answers of each kind tell browsers, and what a site behind https adds."""

import pytest
from django.test import Client

from messenger import bare
from messenger.protection import (
    COMMON,
    DATA_POLICY,
    DOCS_POLICY,
    FOREIGN_PAGE_POLICY,
    PAGE_POLICY,
    policy_of,
)
from tests.attachments.conftest import address, archive, sent, upload

__all__ = ["address", "archive", "sent", "upload"]

ALWAYS = {
    **COMMON,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
HTML = {"accept": "text/html"}


def told(answer) -> dict[str, str]:
    """The headers of every answer, as this one has them."""
    return {name: answer.headers.get(name) for name in ALWAYS}


@pytest.mark.parametrize(
    ("path", "status", "policy"),
    [
        ("/accounts/login/", 200, PAGE_POLICY),
        ("/", 302, PAGE_POLICY),
        ("/nowhere/", 404, PAGE_POLICY),
        ("/sw.js", 200, PAGE_POLICY),  # a service worker asks by its own policy
        ("/manifest.webmanifest", 200, DATA_POLICY),
        ("/static/icons.svg", 200, DATA_POLICY),
        ("/static/icons/192.png", 200, DATA_POLICY),
        ("/api/v1/accounts/me/", 401, DATA_POLICY),
        ("/api/nowhere/", 404, DATA_POLICY),
        ("/healthz", 200, DATA_POLICY),
        ("/admin/login/", 200, FOREIGN_PAGE_POLICY),
        ("/admin/operations/", 302, PAGE_POLICY),
    ],
)
def test_every_kind_of_answer_is_protected(visitor, path, status, policy):
    answer = visitor.get(path)
    assert answer.status_code == status
    assert answer.headers["Content-Security-Policy"] == policy
    assert told(answer) == ALWAYS


def test_pages_for_programmers_are_relaxed_no_further_than_they_need(alice_browser):
    assert alice_browser.get("/api/", headers=HTML).headers["Content-Security-Policy"] == FOREIGN_PAGE_POLICY
    docs = alice_browser.get("/api/docs/")
    assert docs.headers["Content-Security-Policy"] == DOCS_POLICY
    assert told(docs) == ALWAYS
    for policy in (PAGE_POLICY, FOREIGN_PAGE_POLICY, DOCS_POLICY, DATA_POLICY):
        assert policy.startswith("default-src 'none'; ")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "base-uri 'none'" in policy


def test_a_refused_form_and_a_foreign_host_are_protected(alice):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    for answer in (strict.post("/accounts/me/"), strict.get("/", headers={"host": "evil.example"})):
        assert answer.status_code in (400, 403)
        assert answer.headers["Content-Security-Policy"] == PAGE_POLICY
        assert told(answer) == ALWAYS


def test_uploads_keep_their_own_sandbox(as_bob, sent, address):
    [file] = sent(as_bob, b"<script>alert(1)</script>", name="a.html", kind="text/html")["attachments"]
    answer = as_bob.get(address(file))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert told(answer) == ALWAYS


def test_what_is_answered_in_front_of_django_says_the_same():
    fields = {name.decode(): value.decode() for name, value in bare.PROTECTION}
    assert fields == {name.lower(): value for name, value in ALWAYS.items()} | {
        "content-security-policy": DATA_POLICY
    }


def test_an_answer_without_a_type_counts_as_a_page():
    assert policy_of("/", "text/html; charset=utf-8") == PAGE_POLICY
    assert policy_of("/admin/jsi18n/", "text/javascript") == FOREIGN_PAGE_POLICY
