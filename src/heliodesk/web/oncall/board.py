"""The calendar board: a week of shifts across zones, over the sky of today."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.oncall import actions, facts, looking, queries
from heliodesk.oncall.actions.planning import told
from heliodesk.oncall.models import Region
from heliodesk.oncall.queries import OnCall
from heliodesk.oncall.rules.coverage import Span, awake, gaps, share
from heliodesk.oncall.rules.words import Duty, Refused
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.answer import page
from heliodesk.web.oncall import drawn
from heliodesk.web.oncall.drawn import Bar, Lane, Week
from heliodesk.web.told import tell

_DUTIES = {
    Duty.SECONDARY: "Secondary",
    Duty.LEAD: "Lead",
    Duty.MANAGER: "Duty manager",
}


@needs(May.WORK_CASES)
def show(request: PersonRequest) -> HttpResponse:
    """The board."""
    return shown(request)


def shown(request: PersonRequest, *, trouble: str = "", status: int = 200) -> HttpResponse:
    """The board, with what went wrong on top."""
    now = clock.now()
    zone_name = request.person.zone if request.GET.get("zone") == "mine" else "UTC"
    zone = ZoneInfo(zone_name)
    first = _first_day(request.GET.get("week", ""), now.astimezone(zone).date())
    week = Week(_midnight(first, zone), _midnight(first + timedelta(days=7), zone))
    regions = [region for region in looking.regions() if region.active]
    shifts = queries.between(week.start, week.end)
    holder = queries.holder(now)
    near = queries.holes(now, now + queries.AHEAD)
    held = sum(1 for row in looking.open_rows(request.person) if row.state != "resolved")
    return page(
        request,
        "oncall/board.html",
        status=status,
        area="oncall",
        trouble=trouble,
        zone_name=zone_name,
        mine=zone_name != "UTC",
        number=first.isocalendar().week,
        days=[first + timedelta(days=n) for n in range(7)],
        today=now.astimezone(zone).date(),
        earlier=_address(first - timedelta(days=7), zone_name),
        later=_address(first + timedelta(days=7), zone_name),
        this=first == drawn.monday(now.astimezone(zone).date()),
        holder=holder,
        after=queries.next_primary(now, holder.region if holder else ""),
        sky=_sky(regions, holder, now),
        lanes=[_lane(region, shifts, week, now) for region in regions] + _whole(shifts, week, now),
        cover=_cover(shifts, week, zone),
        now_at=f"{week.share(now):.3f}" if week.start <= now < week.end else "",
        gaps=[(gap, told(gap)) for gap in near],
        near_gap=near[0] if near else None,
        extend=_extendable(near[0], now) if near else None,
        checked=looking.last_check(),
        coming=[s for s in queries.coming(now, 3) if s.start > now],
        held=held,
        swaps=looking.swaps_asked(now),
        standing_in=looking.overrides_ahead(now),
        colleagues=looking.colleagues(),
        regions=regions,
        own=looking.own_shifts(request.person.id, now)[:20],
        waiting=looking.handovers_for(request.person.id),
        may_run=request.person.may(May.RUN_ONCALL),
        beats=queries.beats(),
        given=request.POST,
    )


def _first_day(word: str, today: date) -> date:
    """The Monday that ``2026-W48`` names, else that of this week."""
    try:
        year, _sign, week = word.partition("-W")
        return date.fromisocalendar(int(year), int(week), 1)
    except ValueError:
        return drawn.monday(today)


def _address(first: date, zone: str) -> str:
    year, week, _day = first.isocalendar()
    return f"?week={year}-W{week:02d}" + ("&zone=mine" if zone != "UTC" else "")


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _lane(region: Region, shifts: Sequence[OnCall], week: Week, now: datetime) -> Lane:
    waking = awake(facts.awake_of(region), week.start - drawn.DAY, week.end)
    there = now.astimezone(ZoneInfo(region.zone))
    up = any(span.start <= now < span.end for span in awake(facts.awake_of(region), now - drawn.DAY,
                                                            now + drawn.DAY))  # fmt: skip
    own = [s for s in shifts if s.region == region.code and s.duty == Duty.PRIMARY]
    return Lane(
        region.name,
        f"{region.city or region.zone} {there:%H:%M}, {_('awake') if up else _('asleep')}",
        region.tone,
        week.bars(waking),
        tuple(_shift(s, week, now) for s in own),
        _holidays(region, week),
    )


def _holidays(region: Region, week: Week) -> tuple[Bar, ...]:
    if not region.calendar:
        return ()
    zone = ZoneInfo(region.zone)
    first, last = week.start.astimezone(zone).date(), week.end.astimezone(zone).date()
    found = [
        h for year in {first.year, last.year} for h in facts.holidays_in(region.calendar, year)
    ]
    return tuple(
        week.bar(_midnight(h.day, zone), _midnight(h.day + drawn.DAY, zone), h.name, h.name)
        for h in found
        if first <= h.day <= last and _midnight(h.day, zone) < week.end
    )


def _shift(shift: OnCall, week: Week, now: datetime) -> Bar:
    left, right = max(shift.start, week.start), min(shift.end, week.end)
    words = drawn.fitting(shift.name, (right - left).total_seconds() / 3600)
    title = f"{shift.name}, {shift.start:%a %H:%M} – {shift.end:%a %H:%M} UTC"
    current = shift.start <= now < shift.end
    return week.bar(shift.start, shift.end, words, title, now=current, origin=shift.origin)


def _whole(shifts: Sequence[OnCall], week: Week, now: datetime) -> list[Lane]:
    """Lanes of the duties that are not of one region, and of each region's lead."""
    result = []
    for duty, name in _DUTIES.items():
        for code in dict.fromkeys(s.region for s in shifts if s.duty == duty):
            own = [s for s in shifts if s.duty == duty and s.region == code]
            where = own[0].region_name or str(_("any region"))
            bars = tuple(_shift(s, week, now) for s in own)
            result.append(Lane(_(name), where, "neutral", (), bars))
    return result


def _cover(shifts: Sequence[OnCall], week: Week, zone: ZoneInfo) -> dict[str, object]:
    spans = drawn.covered(shifts)
    part = share(spans, week.start, week.end)
    return {
        "covered": week.bars(spans),
        "gaps": [
            week.bar(gap.start, gap.end, "", told(gap)) for gap in gaps(spans, week.start, week.end)
        ],
        "share": f"{100 * part:.1f}".rstrip("0").rstrip("."),
    }


def _sky(regions: Sequence[Region], holder: OnCall | None, now: datetime) -> dict[str, object]:
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    plans = {region.code: facts.awake_of(region) for region in regions}
    over = plans.get(holder.region) if holder else None
    x, y = drawn.sun(now, day, over)
    return {
        "arcs": drawn.arcs([(plans[r.code], r.name, r.tone) for r in regions], day),
        "x": f"{x:.1f}",
        "y": f"{y:.1f}",
        "hours": [(f"{h:02d}:00", drawn.LEFT + (drawn.RIGHT - drawn.LEFT) * h / 24)
                  for h in range(0, 25, 3)],
    }  # fmt: skip


def _extendable(gap: Span, now: datetime) -> OnCall | None:
    """The shift that ends where a gap begins, and may be made longer."""
    return next(
        (s for s in queries.between(gap.start - timedelta(minutes=1), gap.start)
         if s.duty == Duty.PRIMARY and s.end == gap.start),
        None,
    )  # fmt: skip


@needs(May.WORK_CASES)
def now_json(request: PersonRequest) -> JsonResponse:
    """Who is on call, for programs of people who are signed in."""
    return JsonResponse(who(request.GET.get("at", ""), request.GET.get("region", "")))


def who(at_text: str, region: str) -> dict[str, object]:
    """Everybody on call at an instant (ISO 8601; else now), perhaps of one region."""
    at = clock.now()
    if at_text:
        try:
            at = datetime.fromisoformat(at_text.replace(" ", "+"))
        except ValueError:
            return {"error": "at is an instant such as 2026-11-23T13:00:00+00:00"}
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
    rows = [row for row in queries.on_call(at) if not region or row.region in {region, ""}]
    return {
        "at": at.astimezone(UTC).isoformat(),
        "holds_p1": next((row.region for row in rows if row.duty == Duty.PRIMARY), None),
        "on_call": [
            {
                "role": row.duty,
                "region": row.region or None,
                "person": {"id": row.person_id, "name": row.name},
                "from": row.start.astimezone(UTC).isoformat(),
                "to": row.end.astimezone(UTC).isoformat(),
                "origin": row.origin,
            }
            for row in rows
        ],
    }


@needs(May.RUN_ONCALL)
@require_POST
def cover(request: PersonRequest) -> HttpResponse:
    """Somebody stands in."""
    given = request.POST
    at = clock.now()
    try:
        actions.cover(
            duty=_duty(given.get("duty", "")),
            region=given.get("region", ""),
            person_id=_number(given.get("person", "")),
            start=_instant(given.get("start", "")),
            end=_instant(given.get("end", "")),
            reason=given.get("reason", ""),
            by=request.person.by,
            at=at,
        )
    except Refused as refused:
        return shown(request, trouble=str(refused), status=409)
    tell(request, _("The shift is covered."))
    return redirect("oncall")


@needs(May.RUN_ONCALL)
@require_POST
def end_cover(request: PersonRequest, override_id: int) -> HttpResponse:
    """An override is taken back."""
    row = looking.override_of(override_id)
    try:
        if row:
            meant = request.POST.get("allow_gap") == "1"
            actions.end_cover(row, by=request.person.by, at=clock.now(), allow_gap=meant)
    except Refused as refused:
        return shown(request, trouble=str(refused), status=409)
    tell(request, _("The rota holds again."))
    return redirect("oncall")


@needs(May.WORK_CASES)
@require_POST
def ask_swap(request: PersonRequest) -> HttpResponse:
    """Ask a colleague to take a shift of one's own."""
    given, at = request.POST, clock.now()
    shift = looking.shift_of(_number(given.get("shift", "")))
    back = given.get("in_return", "")
    try:
        if shift is None:
            raise Refused(_("Choose one of your shifts."))
        actions.ask_swap(
            shift,
            asked_id=_number(given.get("asked", "")) or None,
            in_return=looking.shift_of(_number(back)) if back else None,
            note=given.get("note", ""),
            by=request.person.by,
            at=at,
        )
    except Refused as refused:
        return shown(request, trouble=str(refused), status=409)
    tell(request, _("Asked. The shift stays yours until somebody agrees."))
    return redirect("oncall")


@needs(May.WORK_CASES)
@require_POST
def take_swap(request: PersonRequest, swap_id: int) -> HttpResponse:
    """Agree to a swap."""
    try:
        actions.take_swap(swap_id, by=request.person.by, at=clock.now())
    except Refused as refused:
        return shown(request, trouble=str(refused), status=409)
    tell(request, _("The shift is yours."))
    return redirect("oncall")


@needs(May.WORK_CASES)
@require_POST
def settle_swap(request: PersonRequest, swap_id: int) -> HttpResponse:
    """Decline a swap, or withdraw it."""
    try:
        actions.settle_swap(swap_id, by=request.person.by, at=clock.now())
    except Refused as refused:
        return shown(request, trouble=str(refused), status=409)
    return redirect("oncall")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def _duty(text: str) -> Duty:
    try:
        return Duty(text)
    except ValueError:
        raise Refused(_("Choose what is to be covered.")) from None


def _instant(text: str) -> datetime:
    """An instant from a field; such fields are in UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(_("Give a day and a time, such as 2026-11-28 01:00.")) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
