"""One page of the truth of an incident, and what is done there."""

from collections.abc import Callable, Mapping
from datetime import datetime
from secrets import token_urlsafe
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from heliodesk.entitlements.tongues import LANGUAGES, short
from heliodesk.identity.rules import May
from heliodesk.incidents import actions, facts, previewing, queries
from heliodesk.incidents.actions.declaring import Known
from heliodesk.incidents.models import Incident
from heliodesk.incidents.rules import Refused, intervals
from heliodesk.journal.past import past
from heliodesk.kernel import clock
from heliodesk.oncall.rules.words import Refused as NotPossible
from heliodesk.web import keyset
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.answer import page
from heliodesk.web.incidents import words
from heliodesk.web.told import tell

_MOST_TEXT = 50_000


def incident_of(number: int) -> Incident:
    """The incident of this number, or a page that is not there."""
    found = queries.incident_of(number)
    if found is None:
        raise Http404
    return found


def only_who_leads(request: PersonRequest) -> None:
    """Let leads and owners of P1s go on."""
    if not queries.may_lead(request.person):
        raise PermissionDenied


@needs(May.WORK_CASES)
def show(request: PersonRequest, number: int) -> HttpResponse:
    """The page."""
    return shown(request, incident_of(number))


def shown(
    request: PersonRequest, incident: Incident, *, trouble: str = "", status: int = 200, **more: Any
) -> HttpResponse:
    """The page of an incident; with ``trouble`` it says why something was not possible."""
    now, person = clock.now(), request.person
    after = keyset.read(request.GET.get("after", ""), (int,))
    rows = queries.linked(incident.pk, person, after=int(str(after[0])) if after else 0)
    cases = rows[: queries.PAGE]
    older = ""
    if len(rows) > queries.PAGE:
        older = keyset.address(incident.path, after=keyset.write((cases[-1].id,))) + "#cases"
    policy, due = facts.policy(), facts.due(incident)
    updates = queries.updates(incident.pk)
    alone = request.headers.get("HX-Target") == "incident-now"
    return page(
        request,
        "incidents/incident.html",
        status=status,
        block="truth" if alone else "",
        area="incidents",
        i=incident,
        trouble=trouble,
        runs=queries.may_lead(person),
        cases=cases,
        older=older,
        first=f"{incident.path}#cases" if after else "",
        counted=queries.counted(incident.pk, person),
        affected=queries.affected(incident.pk, person),
        due=due,
        owed_to={one.package: one for one in due},
        next_due=due[0] if due else None,
        ring=_ring(due[0], now) if due else None,
        updates=updates,
        running=next((one for one in updates if one.done_at is None), None),
        not_reached={
            one.id: queries.not_reached(one.id, person) for one in updates[:5] if one.refused
        },
        timeline=[(event, words.happened(event)) for event in past("incident", incident.pk)],
        says=words,
        stages=[(code, words.stage(code).word) for code in words.STAGES if code != "resolved"],
        severities=[(code, words.severity(code).word) for code in words.SEVERITIES],
        regions=list(policy.pack.regions.values()) if policy else [],
        packages=_packages(incident, policy),
        colleagues=queries.colleagues(),
        languages=LANGUAGES,
        used=_used(incident),
        key=more.pop("key", "") or token_urlsafe(18),
        given=request.POST,
        previews=more.pop("previews", []),
        **{"closing": False, **more},
    )


def _used(incident: Incident) -> list[str]:
    """Languages beside English that customers of its open cases read."""
    found = {short(one.code) for one in queries.languages(incident.pk)}
    return [code for code in LANGUAGES if code in found]


def _packages(incident: Incident, policy: Any) -> list[tuple[str, str, int, object]]:
    """Code, name, minutes of the policy and the incident's own of every package."""
    if policy is None:
        return []
    return [
        (
            terms.code,
            terms.label,
            facts.usual_minutes(terms.code, policy),
            incident.intervals.get(terms.code, ""),
        )
        for terms in policy.all_terms()
    ]


def _ring(due: facts.Due, now: datetime) -> dict[str, object]:
    """The countdown to the next update."""
    left = (due.due_at - now).total_seconds()
    part = max(0.0, min(1.0, left / (due.minutes * 60)))
    tone = "danger" if left <= 0 else "warn" if part < 0.3 else "accent"
    return {"share": round(100 * part), "tone": tone, "late": left <= 0}


def _known(request: PersonRequest, *, stage: str = "investigating") -> Known:
    form = request.POST
    policy = facts.policy()
    codes = [terms.code for terms in policy.all_terms()] if policy else []
    regions = policy.pack.regions if policy else {}
    lead = form.get("lead", "")
    return Known(
        title=form.get("title", ""),
        known=form.get("known", "").replace("\r\n", "\n"),
        severity=form.get("severity", "major"),
        service=form.get("service", ""),
        regions=[code for code in form.getlist("regions") if code in regions],
        lead_id=int(lead) if lead in {str(id) for id, _name in queries.colleagues()} else None,
        intervals=intervals({code: form.get(f"every_{code}", "") for code in codes}, codes),
        stage=form.get("stage", stage),
    )


@needs(May.WORK_CASES)
def declare(request: PersonRequest) -> HttpResponse:
    """The form of a new incident, and its declaration."""
    only_who_leads(request)
    trouble = ""
    refs = _refs(request)
    if request.method == "POST":
        at = clock.now()
        try:
            ids = queries.ids_of(request.person, refs)
            row = actions.declare(_known(request), by=request.person.by, at=at)
            report = actions.link(row, ids, how="hand", by=request.person.by, at=at)
        except (Refused, NotPossible) as refusal:
            trouble = str(refusal)
        else:
            tell(
                request, linked_words(report, _("Declared. New P1s join it and page nobody anew."))
            )
            return redirect(row.path)
    policy = facts.policy()
    return page(
        request,
        "incidents/declare.html",
        status=409 if trouble else 200,
        area="incidents",
        trouble=trouble,
        given=request.POST,
        refs=refs,
        running=queries.open_ones(),
        severities=[(code, words.severity(code).word) for code in words.SEVERITIES],
        regions=list(policy.pack.regions.values()) if policy else [],
        chosen=request.POST.getlist("regions"),
        colleagues=queries.colleagues(),
    )


def _refs(request: PersonRequest) -> list[str]:
    """The references that came along, from a list, a case or a page."""
    given = request.POST if request.method == "POST" else request.GET
    return queries.references(",".join([*given.getlist("ref"), given.get("refs", "")]))


def linked_words(report: actions.Report, first: str = "") -> str:
    """What became of linking cases, in a sentence."""
    parts = [first] if first else []
    if report.linked:
        parts.append(
            _("One case linked.")
            if report.linked == 1
            else _("%(count)s cases linked.") % {"count": report.linked}
        )
    parts += [f"{ref}: {why}" for ref, why in list(report.refused.items())[:5]]
    return " ".join(parts) or _("Nothing was to be linked.")


def verb(act: Callable[[PersonRequest, Incident, datetime], str | HttpResponse]) -> Any:
    """A view that does one thing to an incident; what is refused is said on its page."""

    @needs(May.WORK_CASES)
    @require_POST
    def view(request: PersonRequest, number: int) -> HttpResponse:
        only_who_leads(request)
        incident = incident_of(number)
        try:
            said = act(request, incident, clock.now())
        except (Refused, NotPossible) as refusal:
            return shown(request, incident_of(number), trouble=str(refusal), status=409)
        if isinstance(said, HttpResponse):
            return said
        tell(request, said)
        return redirect(incident.path)

    return view


@verb
def amend(request: PersonRequest, incident: Incident, at: datetime) -> str:
    """Write down what is known now."""
    seen = request.POST.get("version", "")
    actions.amend(
        incident,
        _known(request, stage=incident.stage),
        seen=int(seen) if seen.isdigit() else 0,
        by=request.person.by,
        at=at,
    )
    return _("Written down.")


def _texts(request: PersonRequest) -> dict[str, str]:
    form = request.POST
    fields: Mapping[str, str] = {"": "text", **{code: f"text_{code}" for code in LANGUAGES}}
    found = {
        code: form.get(name, "").replace("\r\n", "\n")[:_MOST_TEXT] for code, name in fields.items()
    }
    return {code: text for code, text in found.items() if text.strip()}


@verb
def update(request: PersonRequest, incident: Incident, at: datetime) -> str | HttpResponse:
    """Look at the letters of an update, or send it to every linked case."""
    texts, packages = _texts(request), request.POST.getlist("packages")
    if "" not in texts:
        raise Refused(_("There is nothing to send yet. Write a text first."))
    key = request.POST.get("key", "")[:40]
    if request.POST.get("do") != "send" or not key:
        found = previewing.of_update(
            incident, texts, packages=packages, author=request.person.name, at=at
        )
        if not found:
            raise Refused(_("No open case would be told. Link the cases first."))
        return shown(request, incident, previews=found, key=key)
    made = actions.write_update(
        incident,
        texts,
        key=key,
        stage=request.POST.get("stage", ""),
        packages=packages,
        by=request.person.by,
        at=at,
    )
    return _("On its way to %(count)s cases.") % {"count": made.deliveries.count()}


@verb
def close(request: PersonRequest, incident: Incident, at: datetime) -> str | HttpResponse:
    """End it: every linked case is resolved with these words, after a look at what that means."""
    texts, key = _texts(request), request.POST.get("key", "")[:40]
    if "" not in texts:
        raise Refused(_("Say how it was solved; every customer reads it."))
    if request.POST.get("do") != "close" or not key:
        return shown(request, incident, closing=True, key=key)
    whole = request.POST.get("leave") != "1"
    actions.close(incident, texts, key=key, with_cases=whole, by=request.person.by, at=at)
    if whole:
        return _("The incident is over. Its cases are being resolved.")
    return _("The incident is over. Its cases stay open, each on its own.")


@verb
def publish(request: PersonRequest, incident: Incident, at: datetime) -> str:
    """Let customers read of it under Get Support."""
    if not request.person.may(May.RUN_ONCALL):
        raise PermissionDenied
    actions.publish(incident, _texts(request), by=request.person.by, at=at)
    return _("Customers read of it under Get Support.")


@verb
def unpublish(request: PersonRequest, incident: Incident, at: datetime) -> str:
    """Take it back."""
    if not request.person.may(May.RUN_ONCALL):
        raise PermissionDenied
    actions.unpublish(incident, by=request.person.by, at=at)
    return _("Customers no longer read of it.")


@verb
def notes(request: PersonRequest, incident: Incident, at: datetime) -> str:
    """Write down what was learned."""
    text = request.POST.get("notes", "").replace("\r\n", "\n")
    actions.write_notes(incident, text=text, by=request.person.by, at=at)
    return _("The notes are kept.")
