"""What a check found: how bad, what, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """A warning may be meant; an error must be put right before people use the desk."""

    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Finding:
    level: Level
    says: str
    do: str


def wrong(says: str, do: str) -> Finding:
    return Finding(Level.ERROR, says, do)


def doubtful(says: str, do: str) -> Finding:
    return Finding(Level.WARNING, says, do)
