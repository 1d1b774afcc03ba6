"""What is kept and for how long; what stands in the way of forgetting somebody. No Django."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

#: A month as retention counts it.
MONTH = timedelta(days=30)
MOST_MONTHS = 240


class Keep(StrEnum):
    """A kind of record with a time of its own."""

    CASES = "cases"
    RAW_MAIL = "raw_mail"
    CALLS = "calls"
    AUDIT = "audit"


@dataclass(frozen=True)
class About:
    """A kind of record in words, and the fewest months that may be asked for."""

    label: str
    #: What happens when the time is over, and what stays.
    what: str
    fewest: int


KEPT: dict[Keep, About] = {
    Keep.CASES: About(
        "Closed cases",
        "Texts, files, people and the mails they came of are removed from cases without any life "
        "since. Number, dates, priority and figures stay for the reports.",
        3,
    ),
    Keep.RAW_MAIL: About(
        "Mail as it arrived",
        "The original bytes of mails that were dealt with are removed. What the case shows stays.",
        1,
    ),
    Keep.CALLS: About(
        "Calls",
        "The number that called, notes and steps are removed. That it was, and how long, stays.",
        1,
    ),
    Keep.AUDIT: About(
        "Audit log",
        "Events are deleted, the oldest first. While a legal hold is in force, none is.",
        7,
    ),
}


class Kind(StrEnum):
    """What a task does."""

    RETENTION = "retention"
    EXPORT = "export"
    ANONYMISE = "anonymise"
    ERASE = "erase"


class Standing(StrEnum):
    """Where a task stands."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class Obstacle:
    """Why somebody cannot be forgotten now, and what would have to happen first."""

    code: str
    text: str


class Refused(Exception):
    """It is not possible; the text says why in words a person can act on."""


def boundary(months: int, at: datetime) -> datetime:
    """Records older than this are past their time."""
    return at - months * MONTH


def months_of(keep: Keep, text: str) -> int | None:
    """How many months a form asks for; none keeps for ever.

    Raises:
        Refused: no number, or one out of bounds.
    """
    about = KEPT[keep]
    if not text.strip():
        return None
    if not text.strip().isdecimal() or not about.fewest <= int(text) <= MOST_MONTHS:
        raise Refused(
            f"{about.label}: write a number of months from {about.fewest} to {MOST_MONTHS}, "
            "or nothing to keep them for ever."
        )
    return int(text)


def confirmed(typed: str, name: str) -> None:
    """Let a step pass that cannot be undone only when the name was typed.

    Raises:
        Refused: it was not.
    """
    if " ".join(typed.split()).casefold() != " ".join(name.split()).casefold():
        raise Refused(f"Type the name exactly to go on: {name}.")
