import pytest

from accounts.models import User
from accounts.services import delete_account, sign_up
from accounts.signals import access_revoked
from chat import services
from chat.models import Channel, Membership
from tests.conftest import PASSWORD

ME = "/api/v1/accounts/me/"


@pytest.mark.parametrize("method", ["get", "patch", "delete"])
def test_anonymous_has_no_account(anonymous, method):
    answer = getattr(anonymous, method)(ME)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


def test_name_changes_and_is_tidied(as_alice):
    assert as_alice.patch(ME, {"username": "  Alice   Kim "}).json()["username"] == "Alice Kim"
    assert as_alice.get(ME).json()["username"] == "Alice Kim"


def test_new_address_needs_the_password(as_alice, alice):
    refused = as_alice.patch(ME, {"email": "new@example.com"})
    assert (refused.status_code, refused.json()["code"]) == (403, "wrong_password")
    changed = as_alice.patch(ME, {"email": "NEW@example.com", "password": PASSWORD})
    assert changed.json()["email"] == "new@example.com"


def test_taken_address_is_refused_and_nothing_changes(as_alice, alice, bob):
    body = {"email": "bob@example.com", "username": "other", "password": PASSWORD}
    assert as_alice.patch(ME, body).json()["code"] == "email_taken"
    alice.refresh_from_db()
    assert (alice.email, alice.username) == ("alice@example.com", "alice")


@pytest.mark.parametrize("username", ["", "\u202eecila", "x" * 31, "a\x00", "a\x1bb", None])
def test_unfit_names_are_refused(as_alice, username):
    assert as_alice.patch(ME, {"username": username}).status_code == 400


def test_fields_that_are_not_mine_to_set_are_ignored(as_alice, alice):
    as_alice.patch(ME, {"is_staff": True, "is_superuser": True, "id": 99})
    alice.refresh_from_db()
    assert not alice.is_staff
    assert not alice.is_superuser


def test_deleted_account_is_a_former_member(as_bob, bob, channel, recorded):
    assert as_bob.delete(ME, {"password": PASSWORD}).status_code == 204
    bob.refresh_from_db()
    assert not bob.is_active
    assert str(bob.public_name) != "bob"
    assert "bob" not in bob.email + bob.username
    assert not Membership.objects.filter(user=bob).exists()
    assert Channel.objects.get(pk=channel.pk).member_count == 1
    assert (recorded(channel.pk)[-1].kind, recorded(channel.pk)[-1].user) == ("left", bob.pk)
    assert as_bob.get(ME).status_code == 401


def test_address_of_a_deleted_account_is_free_again(bob):
    delete_account(user=bob, password=PASSWORD)
    assert sign_up(email="bob@example.com", username="bob", password=PASSWORD).pk != bob.pk


def test_wrong_password_deletes_nothing(as_bob, bob):
    assert as_bob.delete(ME, {"password": "wrong"}).json()["code"] == "wrong_password"
    bob.refresh_from_db()
    assert bob.is_active


def test_last_admin_names_a_successor_before_deleting(as_alice, alice, bob, channel):
    refused = as_alice.delete(ME, {"password": PASSWORD})
    assert (refused.status_code, refused.json()["code"]) == (409, "last_admin")
    assert channel.name in refused.json()["detail"]
    alice.refresh_from_db()
    assert alice.is_active
    assert services.members(user=alice, channel_id=channel.pk).count() == 2
    services.set_role(actor=alice, channel_id=channel.pk, user_id=bob.pk, role="admin")
    assert as_alice.delete(ME, {"password": PASSWORD}).status_code == 204


@pytest.mark.django_db(transaction=True)
def test_deleting_twice_tells_once(bob):
    told = []

    def listen(sender, user_id, credential, **kwargs):
        told.append((user_id, credential))

    access_revoked.connect(listen)
    delete_account(user=bob, password=PASSWORD)
    delete_account(user=User.objects.get(pk=bob.pk), password=None)
    access_revoked.disconnect(listen)
    assert told == [(bob.pk, None)]
