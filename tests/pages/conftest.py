"""Browsers without scripts: Django's test client with a session."""

import pytest
from django.test import Client

from tests.wallets.conftest import alice_wallet, bob_wallet, charlie_wallet, dana, group_wallet
from wallets.models import SpendRequest
from wallets.services import spending

# The money pages have the same wallets.
__all__ = ["alice_wallet", "bob_wallet", "charlie_wallet", "dana", "group_wallet"]


def _browser(user=None, language: str = "ko") -> Client:
    client = Client(headers={"accept-language": language})
    if user is not None:
        client.force_login(user)
    return client


@pytest.fixture
def visitor(db) -> Client:
    """Not logged in."""
    return _browser()


@pytest.fixture
def alice_browser(alice) -> Client:
    """alice, logged in."""
    return _browser(alice)


@pytest.fixture
def bob_browser(bob) -> Client:
    """bob, logged in."""
    return _browser(bob)


@pytest.fixture
def charlie_browser(charlie) -> Client:
    """charlie, logged in."""
    return _browser(charlie)


@pytest.fixture
def spend_request(bob, bob_wallet, group_wallet) -> SpendRequest:
    """bob asks for 20,000 won."""
    return spending.ask(user=bob, wallet_id=group_wallet.pk, amount=20_000, reason="김밥 열 줄")


def ask_to_send(browser, source, target, **changed):
    """Fill in the amount step; the answer."""
    asked = {"source_id": source.pk, "amount": "30,000원", "memo": "12월 회비"} | changed
    return browser.post(f"/transfers/new/?source={source.pk}&target={target.pk}", asked)
