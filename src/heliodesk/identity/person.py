"""The person who asks, as one query finds them."""

from dataclasses import dataclass

from heliodesk.identity.rules import May, Role, allows
from heliodesk.journal.record import By


@dataclass(frozen=True)
class Person:
    """A signed-in user with everything access checks need; carries no database object."""

    id: int
    name: str
    email: str
    role: Role
    zone: str
    #: Member of an offshore team: may see offshore cases (C16).
    offshore: bool = False
    queues: tuple[str, ...] = ()

    def may(self, permission: May) -> bool:
        """Whether this person's role holds the permission."""
        return allows(self.role, permission)

    @property
    def by(self) -> By:
        """This person as the doer of an action."""
        return By("user", self.id, self.name, self.role)
