"""How the time of a case is counted, in the customer's words: targets, never promises."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.utils.translation import gettext_noop as _

from heliodesk.entitlements.pack.model import ClockKind, Metric
from heliodesk.sla.queries import Span, Standing
from heliodesk.sla.rules import ClockState
from heliodesk.web import clocks
from heliodesk.web.clocks import Bit
from heliodesk.web.dates import zone as zone_of
from heliodesk.web.portal import times
from heliodesk.web.translation import translated

_LABELS = {
    Metric.FIRST_RESPONSE: _("First answer"),
    Metric.NEXT_RESPONSE: _("Next answer"),
    Metric.UPDATE: _("Next update"),
    Metric.RESOLUTION: _("Solution"),
}
#: Most stretches that are shown; the earliest are left out.
_MOST = 8


@dataclass(frozen=True, slots=True)
class Row:
    """A stretch of time: the day, from when to when or why it did not count, how long."""

    day: str
    what: str
    amount: str
    off: bool


@dataclass(frozen=True, slots=True)
class Count:
    """A target and what was counted towards it."""

    label: str
    tone: str
    words: str
    aim: str
    counted: str
    #: The whole target.
    target: str
    #: The bar, as wide as ``clocks.WIDTH``, and where on it the present is.
    bits: tuple[Bit, ...]
    tick: float
    rows: tuple[Row, ...]


def shown(standing: Sequence[Standing], zone: str, now: datetime) -> list[Count]:
    """The targets of a case; those no longer owed are left out."""
    return [
        _shown(clock, zone, now)
        for clock in standing
        if clock.metric in _LABELS and (clock.live or clock.met_at or clock.missed_at)
    ][-2:]


def _shown(clock: Standing, zone: str, now: datetime) -> Count:
    tone, words = _words(clock, zone, now)
    bits, tick = clocks.bits(clock, now)
    return Count(
        translated(_LABELS[Metric(clock.metric)]),
        tone,
        words,
        _aim(clock),
        _span(clock.counted),
        _span(clock.target),
        tuple(bits),
        tick,
        tuple(_row(span, zone) for span in _joined(clock.spans, zone)[-_MOST:]),
    )


def _joined(spans: Sequence[Span], zone: str) -> list[Span]:
    """The stretches with those made one that follow each other on a day without a break."""
    joined: list[Span] = []
    for span in spans:
        last = joined[-1] if joined else None
        if last and _goes_on(last, span) and _day(last, zone) == _day(span, zone):
            joined[-1] = replace(last, end=span.end, counted=last.counted + span.counted)
        else:
            joined.append(span)
    return joined


def _goes_on(last: Span, span: Span) -> bool:
    return (last.what, last.name, last.end) == (span.what, span.name, span.start)


def _day(span: Span, zone: str) -> date:
    return span.start.astimezone(zone_of(zone)).date()


def _words(clock: Standing, zone: str, now: datetime) -> tuple[str, str]:
    if clock.met_at:
        return "met", translated(_("given"))
    if clock.live and clock.paused:
        return "paused", translated(_("stands still while we wait for you"))
    if clock.missed_at:
        return "late", translated(_("later than we aimed for"))
    if clock.state is ClockState.MET or not clock.live:
        return "met", translated(_("given"))
    return "ok", translated(_("aimed at %(time)s"), time=times.moment(clock.due_at, zone, now))


def _aim(clock: Standing) -> str:
    span = _span(clock.target)
    if clock.kind is ClockKind.ALWAYS:
        return translated(_("%(span)s, day and night"), span=span)
    return translated(_("%(span)s of business time"), span=span)


def _row(span: Span, zone: str) -> Row:
    day = times.short_day(_day(span, zone))
    if span.what == "waiting":
        return Row(day, translated(_("waiting for you")), "–", off=True)
    if span.what == "closed":
        return Row(day, span.name or translated(_("closed")), "–", off=True)
    stretch = f"{times.clock(span.start, zone)} – {times.clock(span.end, zone)}"
    return Row(day, stretch, _span(span.counted), off=False)


def _span(length: timedelta) -> str:
    return times.span(int(length.total_seconds() // 60))
