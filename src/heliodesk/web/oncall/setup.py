"""Rotas, regions and escalation, for those who run on-call."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from heliodesk.calendars.queries import all_calendars
from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.oncall import looking
from heliodesk.oncall.actions import setting_up
from heliodesk.oncall.actions.declaring import policy_for
from heliodesk.oncall.rules.coverage import Waking
from heliodesk.oncall.rules.escalation import Escalation
from heliodesk.oncall.rules.words import Channel, Duty, Refused
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.answer import page
from heliodesk.web.oncall.timeline import KNOWN_TARGETS
from heliodesk.web.told import tell

_GRADES = ("", "prioritized", "enhanced")
TONES = ("accent", "teal", "violet", "copper", "steel", "amber", "note")


@needs(May.RUN_ONCALL)
def show(request: PersonRequest) -> HttpResponse:
    """The page."""
    return _shown(request)


def _shown(request: PersonRequest, *, trouble: str = "", status: int = 200) -> HttpResponse:
    stored = {row.grade for row in looking.policies()}
    return page(
        request,
        "oncall/setup.html",
        status=status,
        area="oncall",
        trouble=trouble,
        gap="nobody would be primary" in trouble,
        regions=looking.regions(),
        rotas=looking.rotas(),
        colleagues=looking.colleagues(),
        calendars=[c.code for c in all_calendars()],
        tones=TONES,
        escalations=[(grade, grade in stored, policy_for(grade)) for grade in _GRADES],
        steps_text=_as_text,
        channels=[c.value for c in Channel],
        targets=KNOWN_TARGETS,
        days=["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
        given=request.POST,
    )


def _as_text(policy: Escalation) -> str:
    """The steps as lines that a person can edit: ``180 primary secondary``."""
    return "\n".join(f"{step.after} {' '.join(step.targets)}" for step in policy.steps)


def _done(request: PersonRequest, act: Callable[[datetime], object], said: str) -> HttpResponse:
    try:
        act(clock.now())
    except Refused as refused:
        return _shown(request, trouble=str(refused), status=409)
    tell(request, said)
    return redirect("oncall_setup")


@needs(May.RUN_ONCALL)
@require_POST
def region(request: PersonRequest) -> HttpResponse:
    """A region with its waking hours."""
    given = request.POST

    def act(at: datetime) -> None:
        setting_up.save_region(
            given.get("code", "").strip().lower(),
            name=given.get("name", ""),
            zone=given.get("zone", ""),
            waking=[_waking(given)],
            city=given.get("city", "")[:60],
            place=int(given.get("place") or 0) if (given.get("place") or "0").isdigit() else 0,
            tone=given.get("tone") if given.get("tone") in TONES else "accent",
            calendar=given.get("calendar", ""),
            serves=given.get("serves", "").replace(",", " ").split()[:20],
            active=given.get("active", "1") == "1",
            by=request.person.by,
            at=at,
            allow_gap=given.get("allow_gap") == "1",
        )

    return _done(request, act, _("Saved. The shifts of the coming 90 days follow it."))


def _waking(given: QueryDict) -> Waking:
    days = [int(day) for day in given.getlist("weekday") if day.isdigit() and int(day) < 7]
    mask = sum(1 << day for day in set(days))
    if not mask:
        raise Refused(_("Choose the weekdays on which people of the region are on call."))
    return Waking(
        mask,
        _minutes(given.get("opens", "")),
        _minutes(given.get("closes", "")) or 1440,
        given.get("on_holidays") == "1",
    )


def _minutes(text: str) -> int:
    hours, _sign, minutes = text.partition(":")
    if not (hours.isdigit() and minutes.isdigit() and int(hours) < 24 and int(minutes) < 60):
        raise Refused(_("Give times such as 08:00."))
    return int(hours) * 60 + int(minutes)


@needs(May.RUN_ONCALL)
@require_POST
def rota(request: PersonRequest) -> HttpResponse:
    """Who takes turns."""
    given = request.POST

    def act(at: datetime) -> None:
        try:
            starts_on = date.fromisoformat(given.get("starts_on", ""))
            duty = Duty(given.get("duty", ""))
        except ValueError:
            raise Refused(_("Choose a duty, and the day on which the first turn begins.")) from None
        people = [int(id) for id in given.getlist("person") if id.isdigit()]
        turn = given.get("turn_days", "7")
        setting_up.save_rota(
            duty=duty,
            region=given.get("region", ""),
            people=people,
            turn_days=int(turn) if turn.isdigit() else 0,
            starts_on=starts_on,
            zone=given.get("zone") or "UTC",
            turns_at=_minutes(given.get("turns_at") or "00:00"),
            by=request.person.by,
            at=at,
            allow_gap=given.get("allow_gap") == "1",
        )

    return _done(request, act, _("Saved. The shifts of the coming 90 days follow it."))


@needs(May.RUN_ONCALL)
@require_POST
def end_rota(request: PersonRequest, rota_id: int) -> HttpResponse:
    """A rota less."""
    row = looking.rota_of(rota_id)
    if row is None:
        raise Http404
    meant = request.POST.get("allow_gap") == "1"
    return _done(
        request,
        lambda at: setting_up.end_rota(row, by=request.person.by, at=at, allow_gap=meant),
        _("Nobody takes turns at this any more."),
    )


@needs(May.RUN_ONCALL)
@require_POST
def escalation(request: PersonRequest) -> HttpResponse:
    """Whom a P1 of a grade pages after how long."""
    given = request.POST

    def act(at: datetime) -> None:
        grade = given.get("grade", "")
        if grade not in _GRADES:
            raise Refused(_("There is no such grade."))
        setting_up.save_policy(grade, stored=_stored(given), by=request.person.by, at=at)

    return _done(request, act, _("Saved. P1s that are open keep the steps they began with."))


def _stored(given: QueryDict) -> dict[str, Any]:
    channels = given.getlist("channel")
    steps = []
    for line in given.get("steps", "").splitlines():
        after, *targets = line.replace(",", " ").split() or [""]
        if not after:
            continue
        if not after.isdigit():
            raise Refused(_("Each line is seconds and then whom to page: 180 primary secondary."))
        steps.append({"after": after, "targets": targets, "channels": channels})
    return {
        "steps": steps,
        "repeat_seconds": given.get("repeat_seconds", "300"),
        "contact_seconds": given.get("contact_seconds", "600"),
    }
