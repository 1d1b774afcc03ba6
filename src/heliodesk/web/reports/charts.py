"""Where the marks of a chart stand; the template draws them. Each chart has its table beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from heliodesk.reports.rules import nice_top

#: How wide a chart of each kind is, and the room of its axes.
WIDTH, NARROW = 700, 460
LEFT, TOP, BOTTOM = 40, 20, 170
#: Opacity of the fullest and of an empty field of the weekday chart.
_FULL, _EMPTY = 1.0, 0.05
#: At most this many days are named below a chart.
_MOST_NAMES = 14


@dataclass(frozen=True, slots=True)
class Grid:
    """A line across, and its number."""

    y: float
    label: int


@dataclass(frozen=True, slots=True)
class Bar:
    """What was well and, stacked above it, what was not."""

    x: float
    wide: float
    y: float
    tall: float
    bad_y: float
    bad_tall: float
    bad: int
    name: str

    @property
    def middle(self) -> float:
        """Where its name stands."""
        return self.x + self.wide / 2


@dataclass(frozen=True, slots=True)
class Bars:
    """Stacked bars over time."""

    grid: list[Grid]
    bars: list[Bar]


@dataclass(frozen=True, slots=True)
class Line:
    """One line over time, with the area below it."""

    grid: list[Grid]
    line: str
    area: str
    names: list[tuple[float, str]]
    end: tuple[float, float]
    last: int


@dataclass(frozen=True, slots=True)
class Field:
    """One hour of a weekday."""

    x: float
    y: float
    opacity: float


def bars(days: Sequence[date], well: Sequence[int], bad: Sequence[int]) -> Bars:
    """A bar a day: what was in target, and above it what was late."""
    top = nice_top(max((w + b for w, b in zip(well, bad, strict=True)), default=1))
    unit, step = (BOTTOM - TOP) / top, (WIDTH - LEFT) / max(len(days), 1)
    names = _names(days)
    found = []
    for n, (good, late) in enumerate(zip(well, bad, strict=True)):
        y = BOTTOM - good * unit
        found.append(
            Bar(
                round(LEFT + n * step + step * 0.18, 1),
                round(step * 0.64, 1),
                round(y, 1),
                round(good * unit, 1),
                round(y - late * unit - 2, 1),
                round(max(late * unit, 2), 1),
                late,
                names.get(n, ""),
            )
        )
    return Bars(_grid(0, top), found)


def line(days: Sequence[date], values: Sequence[int]) -> Line:
    """A line through the values of these days."""
    top = nice_top(max(values, default=1))
    unit, step = (BOTTOM - TOP) / top, (NARROW - LEFT - 20) / max(len(values) - 1, 1)
    points = [
        (round(LEFT + n * step, 1), round(BOTTOM - value * unit, 1))
        for n, value in enumerate(values)
    ]
    drawn = "L".join(f"{x} {y}" for x, y in points)
    names = [(points[n][0], name) for n, name in _names(days, 7).items()]
    return Line(
        _grid(0, top),
        f"M{drawn}",
        f"M{drawn}L{points[-1][0]} {BOTTOM}L{points[0][0]} {BOTTOM}Z",
        names,
        points[-1],
        values[-1],
    )


def weekdays(grid: Sequence[Sequence[int]]) -> list[Field]:
    """A field an hour of each weekday, the darker the more."""
    most = max((n for row in grid for n in row), default=0) or 1
    return [
        Field(
            round(36 + hour * 18.2, 1),
            8 + day * 22,
            round(_EMPTY + (_FULL - _EMPTY) * n / most, 2),
        )
        for day, row in enumerate(grid)
        for hour, n in enumerate(row)
    ]


def _grid(bottom: int, top: int) -> list[Grid]:
    return [
        Grid(round(BOTTOM - (BOTTOM - TOP) * n / 4, 1), bottom + (top - bottom) * n // 4)
        for n in range(1, 5)
    ]


def _names(days: Sequence[date], most: int = _MOST_NAMES) -> dict[int, str]:
    """Which days are named, ``most`` at the most; those of a fortnight by their number alone."""
    every = max(1, -(-len(days) // most))
    short = len(days) <= _MOST_NAMES
    return {
        n: str(day.day) if short else f"{day:%-d %b}"
        for n, day in enumerate(days)
        if n % every == 0
    }
