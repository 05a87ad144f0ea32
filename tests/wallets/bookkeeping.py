"""A ledger as plain Python, written again from what it promises: the model that the real one is held to."""

from dataclasses import dataclass, field
from datetime import datetime

OWNER, TREASURER, MEMBER = "owner", "treasurer", "member"
SPENDERS = (OWNER, TREASURER)
OUTSIDE = "outside"


@dataclass
class Moved:
    """One transfer; `source` and `target` are names of wallets."""

    source: str
    target: str
    amount: int
    kind: str
    reversed: bool = False


@dataclass
class Planned:
    """A transfer to come, once."""

    by: str
    source: str
    target: str
    amount: int
    at: datetime
    number: int
    state: str = "active"
    tries: int = 0


@dataclass
class Books:
    """Each wallet is named for its one owner, but for the club's. `roles` are those in the club's wallet,
    `talkers` those in its channel."""

    balances: dict[str, int] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    roles: dict[str, str] = field(default_factory=dict)
    talkers: set[str] = field(default_factory=set)
    moved: list[Moved] = field(default_factory=list)
    plans: list[Planned] = field(default_factory=list)

    def role(self, person: str, wallet: str) -> str | None:
        if wallet == "club":
            return self.roles.get(person)
        return OWNER if person == wallet else None

    def _no_spending(self, person: str, wallet: str) -> str | None:
        role, closed = self.role(person, wallet), wallet in self.closed
        stranger = wallet != "club" or person not in self.talkers
        if wallet not in self.balances or role is None and (stranger or closed):
            return "not_found"
        if role not in SPENDERS:
            return "spenders_only"
        return "wallet_closed" if closed else None

    def _no_paying(self, person: str, wallet: str) -> str | None:
        if wallet not in self.balances or wallet == "club" and person not in self.talkers:
            return "not_found"
        return "wallet_closed" if wallet in self.closed else None

    def _no_way(self, person: str, source: str, target: str) -> str | None:
        refused = self._no_spending(person, source) or self._no_paying(person, target)
        return refused or ("same_wallet" if source == target else None)

    def _move(self, source: str, target: str, amount: int, kind: str) -> str | None:
        if source != OUTSIDE and self.balances[source] < amount:
            return "balance_too_low"
        for wallet, change in ((source, -amount), (target, amount)):
            if wallet != OUTSIDE:
                self.balances[wallet] += change
        self.moved.append(Moved(source, target, amount, kind))
        return None

    def open(self, person: str) -> str | None:
        if person in self.balances and person not in self.closed:
            return "wallet_exists"
        self.balances.setdefault(person, 0)
        self.closed.discard(person)
        return None

    def close(self, person: str, wallet: str) -> str | None:
        role = self.role(person, wallet) if wallet in self.balances else None
        if role is None:
            return "not_found"
        if role != OWNER:
            return "owner_only"
        if wallet in self.closed:
            return "wallet_closed"
        if self.balances[wallet]:
            return "wallet_not_empty"
        if any(plan.state == "active" and wallet == plan.source for plan in self.plans):
            return "wallet_has_schedules"
        self.closed.add(wallet)
        return None

    def deposit(self, person: str, wallet: str, amount: int) -> str | None:
        return self._no_spending(person, wallet) or self._move(OUTSIDE, wallet, amount, "deposit")

    def transfer(self, person: str, source: str, target: str, amount: int) -> str | None:
        return self._no_way(person, source, target) or self._move(source, target, amount, "transfer")

    def reverse(self, person: str, number: int) -> str | None:
        given = self.moved[number]
        if not any(self.role(person, wallet) for wallet in (given.source, given.target) if wallet != OUTSIDE):
            return "not_found"
        if given.kind in ("deposit", "reversal"):
            return "not_reversible"
        refused = self._no_spending(person, given.target)
        if refused is None and given.source in self.closed:
            refused = "wallet_closed"
        if refused is None and given.reversed:
            refused = "already_reversed"
        refused = refused or self._move(given.target, given.source, given.amount, "reversal")
        given.reversed |= refused is None
        return refused

    def set_role(self, actor: str, person: str, role: str) -> str | None:
        if actor not in self.roles:
            return "not_found"
        if self.roles[actor] != OWNER:
            return "owner_only"
        if "club" in self.closed:
            return "wallet_closed"
        if person not in self.roles:
            return "not_found"
        if self.roles[person] == role:
            return None
        if self.roles[person] == OWNER:
            return "owner_hands_over_first"
        if role == OWNER:
            self.roles[actor] = TREASURER
        self.roles[person] = role
        return None

    def plan(self, person: str, source: str, target: str, amount: int, at: datetime) -> str | None:
        refused = self._no_way(person, source, target)
        if refused is None:
            self.plans.append(Planned(person, source, target, amount, at, len(self.plans)))
        return refused

    def cancel(self, person: str, number: int) -> str | None:
        plan = self.plans[number]
        role = self.role(person, plan.source)
        if role not in SPENDERS:
            return "not_found" if role is None else "spenders_only"
        if plan.state != "active":
            return "schedule_over"
        plan.state = "cancelled"
        return None

    def run(self, now: datetime, evening: datetime) -> None:
        """What is due runs once; what is refused is tried again that evening, and then never."""
        due = [plan for plan in self.plans if plan.state == "active" and plan.at <= now]
        for plan in sorted(due, key=lambda plan: (plan.at, plan.number)):
            plan.tries += 1
            refused = self._no_way(plan.by, plan.source, plan.target)
            refused = refused or self._move(plan.source, plan.target, plan.amount, "scheduled")
            if refused is None:
                plan.state = "done"
            elif plan.tries == 1:
                plan.at = evening
            else:
                plan.state = "failed"
