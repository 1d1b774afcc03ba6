"""The board as shares of a week, and the sky of a day: numbers that a template draws."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import pi, sin

from heliodesk.oncall.queries import OnCall
from heliodesk.oncall.rules.coverage import Awake, Span, awake, clipped, joined

#: The sky: where its day begins and ends, the horizon, and how high the sun climbs.
LEFT, RIGHT, HORIZON, HEIGHT = 40.0, 1140.0, 118.0, 92.0
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Bar:
    """A stretch of a lane, in hundredths of its width."""

    x: str
    width: str
    words: str = ""
    title: str = ""
    now: bool = False
    origin: str = "rota"


@dataclass(frozen=True)
class Lane:
    """A line of the board."""

    name: str
    there: str
    tone: str
    day: tuple[Bar, ...]
    shifts: tuple[Bar, ...]
    holidays: tuple[Bar, ...] = ()


@dataclass(frozen=True)
class Arc:
    """The sun over a region: its path, its name and where the name stands."""

    path: str
    tone: str
    name: str
    x: float
    y: float


class Week:
    """Seven days that begin at a midnight of some zone; one of them may be longer."""

    def __init__(self, start: datetime, end: datetime) -> None:
        self.start, self.end = start, end

    def share(self, at: datetime) -> float:
        """Where an instant is, from 0 to 100."""
        return 100 * ((at - self.start) / (self.end - self.start))

    def bar(self, start: datetime, end: datetime, words: str = "", title: str = "",
            *, now: bool = False, origin: str = "rota") -> Bar:  # fmt: skip
        """A stretch as it is drawn; what lies outside the week is cut off."""
        left, right = max(start, self.start), min(end, self.end)
        width = 100 * ((right - left) / (self.end - self.start))
        return Bar(f"{self.share(left):.3f}", f"{max(width, 0.05):.3f}", words, title, now,
                   origin=origin)  # fmt: skip

    def bars(self, spans: Iterable[Span]) -> tuple[Bar, ...]:
        """Several stretches."""
        return tuple(self.bar(*span) for span in clipped(spans, self.start, self.end))


def fitting(name: str, hours: float) -> str:
    """A name as long as its stretch allows: in full, first name and initial, initials, nothing."""
    parts = name.split()
    if hours >= 20:
        return name
    if hours >= 9:
        return f"{parts[0]} {parts[-1][0]}." if len(parts) > 1 else name
    if hours >= 4:
        return "".join(part[0] for part in parts[:2])
    return ""


def covered(shifts: Sequence[OnCall]) -> list[Span]:
    """The time in which somebody is primary."""
    return joined(Span(s.start, s.end) for s in shifts if s.duty == "primary")


def arcs(regions: Sequence[tuple[Awake, str, str]], day: datetime) -> list[Arc]:
    """The waking hours of each region as the sun's path over one UTC day.

    Args:
        regions: each with its name and tone.
        day: midnight UTC.
    """
    result = []
    for region, name, tone in regions:
        for span in awake(region, day - DAY, day + 2 * DAY):
            left, right = _x(span.start, day), _x(span.end, day)
            if right <= LEFT or left >= RIGHT:
                continue
            wide = (right - left) / 2
            seen = max(left, LEFT), min(right, RIGHT)
            middle = min(max((seen[0] + seen[1]) / 2, LEFT + 50), RIGHT - 50)
            path = f"M{left:.1f} {HORIZON} A{wide:.1f} {HEIGHT} 0 0 1 {right:.1f} {HORIZON}"
            show = name if seen[1] - seen[0] > 90 else ""
            result.append(Arc(path, tone, show, middle, 84 if seen[1] - seen[0] > 220 else 106))
    return result


def _x(at: datetime, day: datetime) -> float:
    return LEFT + (RIGHT - LEFT) * ((at - day) / DAY)


def sun(at: datetime, day: datetime, region: Awake | None) -> tuple[float, float]:
    """Where the sun stands: at this time of the day, as high as in the region that holds P1."""
    x = _x(at, day)
    if region is None:
        return x, HORIZON
    span = next((s for s in awake(region, day - DAY, day + 2 * DAY) if s.start <= at < s.end), None)
    if span is None:
        return x, HORIZON
    return x, HORIZON - HEIGHT * sin(pi * ((at - span.start) / (span.end - span.start)))


def monday(day: date) -> date:
    """The Monday of a date's week."""
    return day - timedelta(days=day.weekday())
