"""Whose yes a spend request needs. Pure: who is in the wallet with which role, and who said yes.

One owner or treasurer says yes, never the asker. Above the approval limit a second person does: another owner
or treasurer, or any other member where there is none. When the only one who may spend asks for more than the
limit, that person's own yes (with the PIN) counts as the first, for there is nobody else to give it.
"""

from dataclasses import dataclass

from wallets.models.wallet import SPENDERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One request before its decision. `roles`: everybody in the wallet now. `two`: above the limit."""

    asker: int
    roles: dict[int, str]
    two: bool

    @property
    def firsts(self) -> set[int]:
        """Who may spend and therefore say the yes that the money goes by."""
        spenders = {user for user, role in self.roles.items() if role in SPENDERS}
        others = spenders - {self.asker}
        return others or (spenders if self.two else set())

    def seconds(self, first: int) -> set[int]:
        """Who may be the second person beside this first one."""
        if not self.two:
            return set()
        return self.firsts - {first, self.asker} or self.roles.keys() - {first, self.asker}

    def may_approve(self, user: int) -> bool:
        return user in self.firsts or any(user in self.seconds(first) for first in self.firsts)

    def payer(self, approved: set[int]) -> int | None:
        """The first person, once all who are needed have said yes; None until then. The asker's and those of
        people who left or lost their role do not count."""
        for first in sorted(self.firsts & approved):
            if not self.two or self.seconds(first) & approved:
                return first
        return None
