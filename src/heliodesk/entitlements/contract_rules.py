"""What may become of a contract: pure checks with their reasons in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

#: Days of notice before a renewal, when neither contract nor pack says otherwise.
NOTICE_DAYS = 30
#: Days before its end on which the desk is told of a contract that nothing follows.
WARN_DAYS = 30


class Refused(Exception):
    """The change is not possible; the text says why in words a person can act on."""


@dataclass(frozen=True, slots=True)
class Held:
    """A contract as the rules see it; ``ends_on`` is the first day without it."""

    package: str
    starts_on: date
    ends_on: date | None
    notice_days: int | None = None


def check_dates(starts_on: date, ends_on: date | None) -> None:
    """Refuse a contract that ends before it has begun."""
    if ends_on is not None and ends_on <= starts_on:
        raise Refused(f"The contract would end on {ends_on}, not after its start on {starts_on}.")


def check_apart(starts_on: date, ends_on: date | None, others: Iterable[tuple[str, Held]]) -> None:
    """Refuse a contract that overlaps another of the account: one package at a time."""
    for name, other in others:
        before_it_ends = other.ends_on is None or starts_on < other.ends_on
        if before_it_ends and (ends_on is None or other.starts_on < ends_on):
            until = f"to {other.ends_on}" if other.ends_on else "without an end"
            raise Refused(
                f"The account holds {name} from {other.starts_on} {until}. Two contracts cannot "
                "overlap: end that one first, or upgrade it."
            )


def check_upgrade(held: Held, rank_now: int, rank_new: int, on: date) -> None:
    """Refuse an upgrade that is none, or of a contract that does not run on the day."""
    if not (held.starts_on <= on and (held.ends_on is None or on < held.ends_on)):
        raise Refused("Only a contract that runs can be upgraded. Renew it instead.")
    if rank_new == rank_now:
        raise Refused("The account holds this package already.")
    if rank_new < rank_now:
        raise Refused("This package is lower. A downgrade takes effect at renewal only.")


def renewal_start(held: Held, *, lower: bool, on: date) -> date:
    """The first day of the contract that follows; a lower package needs notice in time.

    Raises:
        Refused: the contract has no end, or the time of notice is over.
    """
    if held.ends_on is None:
        raise Refused("This contract runs without an end, so there is no renewal. Set its end.")
    notice = NOTICE_DAYS if held.notice_days is None else held.notice_days
    last = held.ends_on - timedelta(days=notice)
    if lower and on > last:
        raise Refused(
            f"A lower package needs {notice} days of notice: the last day for it was {last}. "
            "It can follow at the renewal after this one."
        )
    return held.ends_on
