"""Whatever people do one after the other, a channel with members has one owner, who is an admin and a member;
and whoever is banned is out."""

from datetime import timedelta

from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from accounts.models import User
from accounts.refusals import Refusal
from accounts.services import delete_account
from chat import services
from chat.models import Ban, Channel, Membership, Role
from chat.services import invitations

PEOPLE = ("alice", "bob", "charlie", "dana")
people = some.sampled_from(PEOPLE)


class ChannelOrder(RuleBasedStateMachine):
    """One channel of alice's and everything that people do to each other in it."""

    def __init__(self) -> None:
        super().__init__()
        self._example = transaction.atomic()
        self._example._from_testcase = True  # like a test's own: what is in it may be a whole transaction
        self._example.__enter__()
        self.users = {
            name: User.objects.create(email=f"{name}@example.com", username=name, password="!")
            for name in PEOPLE
        }
        self.channel_id = services.create_channel(user=self.users["alice"], name="등산회").pk
        self.token = invitations.invite(actor=self.users["alice"], channel_id=self.channel_id).token

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._example.__exit__(None, None, None)

    def attempt(self, action, **fields) -> None:
        """Do it if it is allowed."""
        try:
            action(**fields)
        except Refusal:
            return

    def to(self, actor: str, whom: str) -> dict:
        return {
            "actor": self.users[actor],
            "channel_id": self.channel_id,
            "user_id": self.users[whom].pk,
        }

    @rule(who=people)
    def join(self, who) -> None:
        self.attempt(services.join, user=self.users[who], channel_id=self.channel_id)

    @rule(who=people)
    def accept(self, who) -> None:
        self.attempt(invitations.accept, user=self.users[who], token=self.token)

    @rule(who=people, quietly=some.booleans(), successor=some.none() | people)
    def leave(self, who, quietly, successor) -> None:
        self.attempt(
            services.leave,
            user=self.users[who],
            channel_id=self.channel_id,
            quietly=quietly,
            successor_id=successor and self.users[successor].pk,
        )

    @rule(actor=people, whom=people)
    def kick(self, actor, whom) -> None:
        self.attempt(services.kick, **self.to(actor, whom))

    @rule(actor=people, whom=people)
    def ban(self, actor, whom) -> None:
        self.attempt(services.ban, **self.to(actor, whom))

    @rule(actor=people, whom=people)
    def lift_ban(self, actor, whom) -> None:
        self.attempt(services.lift_ban, **self.to(actor, whom))

    @rule(actor=people, whom=people, role=some.sampled_from(Role.values))
    def set_role(self, actor, whom, role) -> None:
        self.attempt(services.set_role, **self.to(actor, whom), role=role)

    @rule(actor=people, whom=people)
    def hand_over(self, actor, whom) -> None:
        self.attempt(services.hand_over, **self.to(actor, whom))

    @rule(actor=people, whom=people, seconds=some.sampled_from([None, 600]))
    def mute(self, actor, whom, seconds) -> None:
        self.attempt(services.mute, **self.to(actor, whom), seconds=seconds)

    @rule(whom=people)
    def remove_as_operator(self, whom) -> None:
        membership = Membership.objects.filter(channel_id=self.channel_id, user=self.users[whom]).first()
        if membership:
            self.attempt(services.remove_member_as_operator, membership_id=membership.pk)

    @rule(who=people)
    def delete_account(self, who) -> None:
        """The person comes back as somebody new."""
        self.attempt(delete_account, user=self.users[who], password=None)
        self.users[who].refresh_from_db()
        if not self.users[who].is_active:
            again = User.objects.count()
            self.users[who] = User.objects.create(
                email=f"{who}{again}@example.com", username=who, password="!"
            )

    @invariant()
    def has_one_owner_who_is_an_admin(self) -> None:
        channel = Channel.objects.get(pk=self.channel_id)
        roles = dict(Membership.objects.filter(channel=channel).values_list("user_id", "role"))
        assert channel.member_count == len(roles)
        if roles:
            assert channel.closed_at is None
            assert roles.get(channel.owner_id) == Role.ADMIN
        else:
            assert channel.closed_at is not None

    @invariant()
    def whoever_is_banned_is_out(self) -> None:
        inside = Membership.objects.filter(channel_id=self.channel_id).values("user_id")
        assert not Ban.objects.filter(channel_id=self.channel_id, user_id__in=inside).exists()

    @invariant()
    def the_owner_is_never_muted(self) -> None:
        owners = Membership.objects.filter(channel_id=self.channel_id, user=Channel.objects.get().owner)
        assert not owners.exclude(muted_until=None).exists()


def test_a_channel_with_members_has_one_owner_who_is_an_admin(db):
    examples = 40 if connection.vendor == "sqlite" else 15
    run_state_machine_as_test(
        ChannelOrder,
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=timedelta(seconds=10),
            suppress_health_check=list(HealthCheck),
        ),
    )
