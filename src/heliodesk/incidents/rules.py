"""What an incident is made of, and when its next update falls due; no Django, no database."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum


class Stage(StrEnum):
    """How far the work on an incident is."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"


class Severity(StrEnum):
    """How much of the service an incident takes away."""

    CRITICAL = "critical"
    MAJOR = "major"
    LIMITED = "limited"


class How(StrEnum):
    """How a case came to an incident."""

    HAND = "hand"
    BULK = "bulk"
    LIKE = "like"
    CALL = "call"
    P1 = "p1"
    MERGE = "merge"


class What(StrEnum):
    """What is brought to every case of an incident."""

    UPDATE = "update"
    CLOSING = "closing"


class Brought(StrEnum):
    """What became of it on one case."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"


class Refused(Exception):
    """It is not possible now; the text says why in words a person can act on."""


#: Minutes between updates for a package of which the policy says nothing.
USUAL_MINUTES = 60
LEAST_MINUTES, MOST_MINUTES = 5, 24 * 60


def intervals(given: Mapping[str, object], known: Iterable[str]) -> dict[str, int]:
    """Minutes between updates by package, as somebody wrote them; unreadable ones are left out.

    Raises:
        Refused: a number is out of bounds.
    """
    found = {}
    for package in known:
        text = str(given.get(package, "")).strip()
        if not text:
            continue
        minutes = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
        if not LEAST_MINUTES <= minutes <= MOST_MINUTES:
            raise Refused(
                f"Between updates there are {LEAST_MINUTES} to {MOST_MINUTES} minutes; "
                f"“{text[:20]}” is none of these."
            )
        found[package] = minutes
    return found


def due_after(last: datetime, minutes: int) -> datetime:
    """When the next update falls due."""
    return last + timedelta(minutes=minutes)


#: Words that say nothing about an outage.
_EMPTY = re.compile(
    r"about|after|again|also|been|before|being|cannot|could|customers?|does|down|from|have|incident|into"
    r"|issues?|major|more|most|much|need|only|other|outage|over|please|problems?|some|still|such|than"
    r"|that|their|them|then|there|they|this|today|very|were|what|when|where|which|while|will|with"
    r"|would|your|since|service"
)
_MOST_WORDS = 12


def telling_words(*texts: str) -> list[str]:
    """The words of a title that another report of the same outage is likely to have, as prefixes.

    Long words are cut, so that “delivered” finds “delivery”.
    """
    found: dict[str, None] = {}
    for text in texts:
        for word in "".join(c.lower() if c.isalnum() else " " for c in text).split():
            if len(word) >= 4 and not _EMPTY.fullmatch(word) and not word.isdigit():
                found.setdefault(word[:6] if len(word) > 7 else word)
    return list(found)[:_MOST_WORDS]
