"""The person who asks, as one query finds them."""

from dataclasses import dataclass

from heliodesk.identity.rules import PERMISSIONS, May, Role
from heliodesk.journal.record import By


@dataclass(frozen=True)
class Person:
    """A signed-in user with everything access checks need; carries no database object."""

    id: int
    name: str
    email: str
    #: What they count as: their shipped role, or the one that their own role stands on.
    role: Role
    zone: str
    #: Member of an offshore team: may see offshore cases (C16).
    offshore: bool = False
    queues: tuple[str, ...] = ()
    #: What a role made at this desk lets them do, and its name; none with a shipped role.
    own: frozenset[May] | None = None
    title: str = ""
    #: Their role asks for a second factor that they have not set up yet.
    owes_factor: bool = False

    @property
    def permissions(self) -> frozenset[May]:
        """All that this person may do."""
        return PERMISSIONS.get(self.role, frozenset()) if self.own is None else self.own

    def may(self, permission: May) -> bool:
        """Whether this person's role holds the permission."""
        return permission in self.permissions

    @property
    def by(self) -> By:
        """This person as the doer of an action."""
        return By("user", self.id, self.name, self.role, self.own)
