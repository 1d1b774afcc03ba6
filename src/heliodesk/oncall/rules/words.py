"""The vocabulary of on-call: roles, states, channels, and how a page was answered."""

from enum import StrEnum


class Duty(StrEnum):
    """What somebody is on call as."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    LEAD = "lead"
    MANAGER = "duty_manager"


#: Duties that exist once for the whole desk at any instant, whatever the region.
ONCE = frozenset({Duty.PRIMARY, Duty.MANAGER})


class Origin(StrEnum):
    """Why a shift is somebody's."""

    ROTA = "rota"
    OVERRIDE = "override"
    SWAP = "swap"


class P1State(StrEnum):
    """Where a P1 stands: is anybody on it?"""

    TRIGGERED = "triggered"
    ACKED = "acked"
    ENGAGED = "engaged"
    RESOLVED = "resolved"


class PageState(StrEnum):
    """Where a page stands."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    CAPTURED = "captured"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Purpose(StrEnum):
    """What a message through a sender is for."""

    PAGE = "page"
    HANDOVER = "handover"
    UPDATE = "update"
    CUSTOMER = "customer"
    CODE = "code"
    ALARM = "alarm"


class Channel(StrEnum):
    """A way to reach a person."""

    PUSH = "push"
    VOICE = "voice"
    SMS = "sms"
    EMAIL = "email"
    CHAT = "chat"


class How(StrEnum):
    """How somebody answered a page."""

    KEY = "key"
    LINK = "link"
    BUTTON = "button"
    SMS = "sms"
    CALL = "call"


class SwapState(StrEnum):
    """Where a swap stands; it holds only when both have agreed."""

    ASKED = "asked"
    TAKEN = "taken"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Refused(Exception):
    """It cannot be done now; the text says why in words a person can act on."""
