"""The words of the customers room."""

from enum import StrEnum


class Lifecycle(StrEnum):
    """Where an account stands with the vendor."""

    IMPLEMENTATION = "implementation"
    LIVE = "live"
    ENDED = "ended"


class RoleKind(StrEnum):
    """What a contact may be at an account; every kind may raise cases."""

    AUTHORISED = "authorised"
    DESIGNATED = "designated"
    ADMIN = "admin"


class RelationKind(StrEnum):
    """How a partner stands to a customer."""

    RESELLER = "reseller"
    MSP = "msp"


def domain_of(address: str) -> str:
    """The mail domain of an address, in lower case; empty when there is none."""
    return address.rpartition("@")[2].strip().lower() if "@" in address else ""
