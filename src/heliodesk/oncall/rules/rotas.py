"""Whose turn it is, and the shifts that follow from coverage, rotas and overrides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from heliodesk.calendars.wall import opening_instant
from heliodesk.oncall.rules.coverage import Hold, Span
from heliodesk.oncall.rules.words import Origin


@dataclass(frozen=True)
class Turns:
    """People who take turns: so many days each, from a date, the change at a wall time."""

    zone: str
    starts_on: date
    turn_days: int
    turns_at: int
    people: tuple[int, ...]


class Slot(NamedTuple):
    """A duty to be filled: which, where (no region: the whole desk), and from when to when."""

    duty: str
    region: str | None
    start: datetime
    end: datetime


class Planned(NamedTuple):
    """A shift as it should be."""

    duty: str
    region: str | None
    start: datetime
    end: datetime
    person: int
    origin: str


@dataclass(frozen=True)
class Stand:
    """An override: this person stands in for a duty during a span."""

    duty: str
    region: str | None
    start: datetime
    end: datetime
    person: int
    origin: str = Origin.OVERRIDE


def turns_of(turns: Turns, start: datetime, end: datetime) -> list[tuple[Span, int]]:
    """Whose turn it is between two instants, each turn once; nothing without people."""
    if not turns.people:
        return []
    zone = ZoneInfo(turns.zone)
    number = (start.astimezone(zone).date() - turns.starts_on).days // turns.turn_days - 1
    result = []
    while (opens := _turn_begins(turns, number, zone)) < end:
        span = Span(max(opens, start), min(_turn_begins(turns, number + 1, zone), end))
        if number >= 0 and span.start < span.end:
            result.append((span, turns.people[number % len(turns.people)]))
        number += 1
    return result


def _turn_begins(turns: Turns, number: int, zone: ZoneInfo) -> datetime:
    day = turns.starts_on + timedelta(days=number * turns.turn_days)
    wall = datetime(day.year, day.month, day.day)  # noqa: DTZ001 (wall time on purpose)
    return opening_instant(wall + timedelta(minutes=turns.turns_at), zone)


def slots(holding: Iterable[Hold], duty: str) -> list[Slot]:
    """What regions hold, as duties to be filled."""
    return [Slot(duty, hold.region, hold.start, hold.end) for hold in holding]


def planned(wanted: Sequence[Slot], turns: Turns | None, stands: Sequence[Stand]) -> list[Planned]:
    """The shifts that fill these slots: whose turn it is, under those who stand in.

    A later stand goes before an earlier one. Neighbouring pieces of one person are joined; a
    slot is never joined to the next one.
    """
    result: list[Planned] = []
    for slot in wanted:
        pieces = _from_rota(slot, turns)
        for stand in stands:
            if (stand.duty, stand.region) == (slot.duty, slot.region):
                pieces = _stood_in(pieces, stand, slot)
        result += _joined(sorted(pieces, key=lambda piece: piece.start))
    return result


def _from_rota(slot: Slot, turns: Turns | None) -> list[Planned]:
    """The slot by the rota; a slot that a turn's end falls into stays with whom it began with."""
    if turns is None:
        return []
    found = turns_of(turns, slot.start, slot.end)
    if not found:
        return []
    if slot.region is not None and slot.end - slot.start < timedelta(days=1):
        covered = Span(found[0][0].start, slot.end)
        return [Planned(*slot[:2], *covered, found[0][1], Origin.ROTA)]
    return [Planned(*slot[:2], *span, person, Origin.ROTA) for span, person in found]


def _stood_in(pieces: list[Planned], stand: Stand, slot: Slot) -> list[Planned]:
    start, end = max(stand.start, slot.start), min(stand.end, slot.end)
    if start >= end:
        return pieces
    result = [Planned(*slot[:2], start, end, stand.person, stand.origin)]
    for piece in pieces:
        if piece.start < start:
            result.append(piece._replace(end=min(piece.end, start)))
        if piece.end > end:
            result.append(piece._replace(start=max(piece.start, end)))
    return [piece for piece in result if piece.start < piece.end]


def _joined(pieces: Iterable[Planned]) -> list[Planned]:
    result: list[Planned] = []
    for piece in pieces:
        last = result[-1] if result else None
        if last and last.end == piece.start and last[4:] == piece[4:]:
            result[-1] = last._replace(end=piece.end)
        else:
            result.append(piece)
    return result
