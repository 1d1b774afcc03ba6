"""The contact who asks in the portal, as one query finds them."""

from dataclasses import dataclass
from typing import NamedTuple

from heliodesk.customers.rules import RoleKind
from heliodesk.journal.record import By

#: Who at an account reads every case of it, and not only their own.
_SEES_ALL = frozenset({RoleKind.DESIGNATED, RoleKind.ADMIN, RoleKind.VIEWER})


class Place(NamedTuple):
    """An account that a contact may choose, by their own roles there or as a partner's."""

    account_id: int
    name: str
    #: The ID in force; empty when the account has none.
    identifier: str
    region: str
    is_partner: bool
    #: Their roles at the account itself, or at the partner through which they act.
    roles: frozenset[RoleKind]
    #: The partner account through which they may act here; none at an account of their own.
    partner_id: int | None = None
    partner: str = ""

    @property
    def sees_all(self) -> bool:
        """Whether they read every case here; otherwise those they raised or take part in."""
        return bool(self.roles & _SEES_ALL)

    @property
    def key(self) -> str:
        """What a form calls this place: the account, and the partner through whom."""
        return f"{self.account_id}-{self.partner_id or 0}"


@dataclass(frozen=True)
class Customer:
    """A signed-in contact with everything access checks need; carries no database object."""

    contact_id: int
    user_id: int
    name: str
    email: str
    #: Of the contact, else empty: the browser's language counts then.
    language: str
    #: IANA time zone of the contact; of their region's calendar when they gave none.
    zone: str
    #: The account they act at now.
    place: Place
    #: Every place they may choose, own accounts first.
    places: tuple[Place, ...]
    #: Whether they chose this place, or have no other.
    chosen: bool = True
    #: Whether a company's identity provider vouched for them. It speaks for its own account, so
    #: it may not change how they sign in, which would open their other accounts.
    vouched: bool = False

    @property
    def account_id(self) -> int:
        """The account now chosen."""
        return self.place.account_id

    @property
    def account(self) -> str:
        """The name of the account now chosen."""
        return self.place.name

    @property
    def identifier(self) -> str:
        """The ID of the account now chosen; empty when it has none."""
        return self.place.identifier

    @property
    def acting_for(self) -> Place | None:
        """The managed customer they act for as a partner; none at an account of their own."""
        return self.place if self.place.partner_id else None

    @property
    def roles(self) -> frozenset[RoleKind]:
        """Their roles now, where they act."""
        return self.place.roles

    @property
    def designated(self) -> bool:
        """Whether they are a designated contact of the account itself (R76)."""
        return RoleKind.DESIGNATED in self.roles and not self.acting_for

    @property
    def is_admin(self) -> bool:
        """Whether they run the contacts of the account now chosen; never a partner's contact."""
        return RoleKind.ADMIN in self.roles and not self.acting_for

    @property
    def managed(self) -> tuple[Place, ...]:
        """The customers that they may act for through the account now chosen."""
        here = self.account_id
        return tuple(place for place in self.places if place.partner_id == here)

    @property
    def by(self) -> By:
        """This contact as the doer of an action."""
        return By("contact", self.contact_id, self.name)
