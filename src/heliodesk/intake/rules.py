"""The words of intake."""

from enum import StrEnum


class HeldState(StrEnum):
    """Where a held item stands."""

    HELD = "held"
    MATCHED = "matched"
    REJECTED = "rejected"
    SPAM = "spam"
    PURGED = "purged"
    #: Its messages were taken in again.
    REPLAYED = "replayed"
