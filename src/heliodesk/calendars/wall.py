"""Wall time to the instant it means, where clocks jump and repeat.

An opening or closing in a missing hour falls at the end of the gap. In a repeated hour an
opening is the first pass and a closing the second (C24).
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_SECOND = timedelta(seconds=1)


def opening_instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The UTC instant at which an opening at naive wall time ``wall`` takes place."""
    return _instant(wall, zone, fold=0)


def closing_instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The UTC instant at which a closing at naive wall time ``wall`` takes place."""
    return _instant(wall, zone, fold=1)


def _instant(wall: datetime, zone: ZoneInfo, *, fold: int) -> datetime:
    first = wall.replace(tzinfo=zone, fold=0)
    second = wall.replace(tzinfo=zone, fold=1)
    before, after = first.utcoffset(), second.utcoffset()
    if before is None or after is None or before == after:
        return first.astimezone(UTC)
    if before < after:
        return _end_of_gap(second.astimezone(UTC), first.astimezone(UTC), zone)
    return (second if fold else first).astimezone(UTC)


def _end_of_gap(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """The instant between two at which the zone's offset changes."""
    old = low.astimezone(zone).utcoffset()
    while high - low > _SECOND:
        middle = low + timedelta(seconds=(high - low) // _SECOND // 2)
        if middle.astimezone(zone).utcoffset() == old:
            low = middle
        else:
            high = middle
    return high
