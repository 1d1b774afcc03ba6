"""Clocks in words: what is left, until when, and every stretch that was counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from heliodesk.entitlements.pack.model import ClockKind, Metric
from heliodesk.sla.queries import Span, Standing
from heliodesk.sla.rules import ClockState
from heliodesk.web import dates

#: Rows of an explanation; earlier stretches are summed up in one.
MOST_ROWS = 9
#: The bar is drawn this many units wide.
WIDTH = 1000
_LABELS = {
    Metric.FIRST_RESPONSE: N_("First response"),
    Metric.NEXT_RESPONSE: N_("Next reply"),
    Metric.UPDATE: N_("Next update"),
    Metric.RESOLUTION: N_("Resolution"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One stretch of time in words; ``off`` does not count."""

    day: str
    what: str
    amount: str
    off: bool


@dataclass(frozen=True, slots=True)
class Bit:
    """A piece of the bar: where it begins and how wide it is, of ``WIDTH``."""

    kind: str
    at: float
    width: float


@dataclass(frozen=True, slots=True)
class Shown:
    """A clock as the page shows it."""

    label: str
    tone: str
    words: str
    #: Eighths of the target that are left.
    eighths: int
    due: str
    due_at: datetime
    live: bool
    aim: str
    calendar: str
    counted: str
    rows: tuple[Row, ...]
    bits: tuple[Bit, ...]
    now: float


def metric(code: str) -> str:
    """What a target is called."""
    return _(_LABELS[Metric(code)]) if code in _LABELS else code


def shown(clocks: Sequence[Standing], zone: str, now: datetime) -> list[Shown]:
    """These clocks in words, their due times in the reader's zone."""
    return [_shown(clock, zone, now) for clock in clocks]


def _shown(clock: Standing, zone: str, now: datetime) -> Shown:
    pieces, tick = bits(clock, now)
    return Shown(
        label=metric(clock.metric),
        tone=_tone(clock),
        words=_words(clock, now),
        eighths=round(clock.share * 8),
        due=_due(clock, zone, now),
        due_at=clock.due_at,
        live=clock.live and not clock.paused,
        aim=_aim(clock),
        calendar=_calendar(clock),
        counted=_exact(clock.counted),
        rows=tuple(_rows(clock, now)),
        bits=tuple(pieces),
        now=tick,
    )


def _tone(clock: Standing) -> str:
    if clock.late:
        return "late"
    if not clock.live:
        return "met" if clock.state is ClockState.MET else "paused"
    if clock.paused:
        return "paused"
    return "soon" if clock.warned or clock.share <= 0.25 else "ok"


def _words(clock: Standing, now: datetime) -> str:
    if clock.met_at and clock.missed_at:
        return _("Met %(span)s late") % {"span": dates.span(clock.met_at - clock.missed_at)}
    if clock.met_at:
        return _("Met in %(span)s") % {"span": dates.span(clock.counted)}
    if not clock.live:
        return _("Missed") if clock.late else _("No longer owed")
    if clock.missed_at:
        return _("%(span)s late") % {"span": dates.span(now - clock.missed_at)}
    left = dates.span(clock.target - clock.counted)
    return _("Paused, %(span)s left" if clock.paused else "%(span)s left") % {"span": left}


def _due(clock: Standing, zone: str, now: datetime) -> str:
    if clock.paused:
        return _("goes on when the customer answers")
    moment = clock.missed_at or clock.due_at
    if not clock.live and not clock.missed_at:
        return _target(clock)
    word = _("was due %(when)s") if clock.late else _("due %(when)s")
    return word % {"when": dates.when(moment, zone, now)}


def _target(clock: Standing) -> str:
    span = dates.span(clock.target) if clock.minutes < 24 * 60 else _exact(clock.target)
    if clock.kind is ClockKind.ALWAYS:
        return _("target %(span)s, day and night") % {"span": span}
    return _("target %(span)s of business time") % {"span": span}


def _aim(clock: Standing) -> str:
    """The target in the fewest words."""
    if clock.kind is ClockKind.ALWAYS:
        return _("%(span)s, 24/7") % {"span": _exact(clock.target)}
    return _("%(span)s business") % {"span": _exact(clock.target)}


def _calendar(clock: Standing) -> str:
    if clock.kind is ClockKind.ALWAYS:
        return _("every hour counts")
    version = _(", version %(n)s") % {"n": clock.version} if clock.version else ""
    return _("calendar %(code)s%(version)s") % {"code": clock.calendar, "version": version}


def _exact(span: timedelta) -> str:
    """Hours and minutes, however many hours."""
    minutes = int(span.total_seconds() // 60)
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("%(n)s min") % {"n": rest}
    return f"{hours} h {rest:02d}" if rest else f"{hours} h"


def _rows(clock: Standing, now: datetime) -> list[Row]:
    spans = clock.spans
    found = []
    if len(spans) > MOST_ROWS:
        early, spans = spans[: -MOST_ROWS + 1], spans[-MOST_ROWS + 1 :]
        total = sum((span.counted for span in early), timedelta(0))
        day = _day(early[0].start, clock.zone)
        found.append(Row(day, _("until %(day)s") % {"day": _day(early[-1].end, clock.zone)},
                         _exact(total), off=False))  # fmt: skip
    return found + stretches(spans, clock.zone)


def _row(span: Span, zone: str) -> Row:
    day = _day(span.start, zone)
    if span.what == "waiting":
        return Row(day, _("waiting for the customer"), "–", off=True)
    if span.what == "closed":
        last = _day(span.end, zone)
        what = span.name or (_("closed") if day == last else _("closed until %(d)s") % {"d": last})
        return Row(day, what, "–", off=True)
    begin, end = (at.astimezone(dates.zone(zone)) for at in (span.start, span.end))
    until = f"{end:%H:%M}" if begin.date() == end.date() else f"{_day(span.end, zone)} {end:%H:%M}"
    return Row(day, f"{begin:%H:%M} – {until}", _exact(span.counted), off=False)


def stretches(spans: Sequence[Span], zone: str) -> list[Row]:
    """Stretches of time in words, in a zone."""
    return [_row(span, zone) for span in spans]


def _day(at: datetime, zone: str) -> str:
    local = at.astimezone(dates.zone(zone))
    return f"{local:%a} {local.day} {local:%b}"


def bits(clock: Standing, now: datetime) -> tuple[list[Bit], float]:
    """The bar from the start to the due time, or to now when it is late."""
    until = now if clock.late or clock.paused else max(clock.due_at, now)
    if not clock.live and clock.spans:
        until = clock.spans[-1].end
    whole = max((until - clock.started_at).total_seconds(), 1.0)

    def place(at: datetime) -> float:
        return round(max(0.0, (at - clock.started_at).total_seconds() / whole) * WIDTH, 1)

    pieces = [
        Bit("used", place(span.start), max(place(span.end) - place(span.start), 2))
        for span in clock.spans
        if span.what == "counted"
    ]
    tick = place(now) if clock.live else WIDTH
    if clock.live and not clock.late and not clock.paused:
        pieces.append(Bit("left", tick, WIDTH - tick))
    return pieces, min(tick, WIDTH - 2)
