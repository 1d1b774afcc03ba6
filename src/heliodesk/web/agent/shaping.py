"""The verbs that shape a case: fields, checklists, escalation, splitting, family, time, P1."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as translated
from django.utils.translation import gettext_noop as _

from heliodesk.cases import actions, beside, fields, kinds
from heliodesk.cases.actions import Splitting
from heliodesk.cases.actions.timing import minutes_of
from heliodesk.cases.models import Case
from heliodesk.cases.new import Opened
from heliodesk.cases.rules import Refused
from heliodesk.identity.calling import colleagues, teams
from heliodesk.identity.person import Person
from heliodesk.journal.record import By
from heliodesk.kernel import clock
from heliodesk.kernel.references import spoken
from heliodesk.notifications import split_off
from heliodesk.telephony.actions.assessing import Assessed, assess_case
from heliodesk.web import words
from heliodesk.web.access import PersonRequest
from heliodesk.web.agent.deed import Deed, Form, number, numbers, other_case

#: What stands before a field's code in a form.
_FIELD = "f_"


def _fill(case: Case, form: Form, person: Person, by: By, at: datetime) -> object:
    given = {
        name.removeprefix(_FIELD): text.replace("\r\n", "\n")
        for name, text in form.items()
        if name.startswith(_FIELD)
    }
    return actions.fill(case, given, by=by, at=at)


def _all_fields(request: PersonRequest, case: Case) -> dict[str, Any]:
    return {"fields_of_case": fields.fields(kind=case.kind), "held": fields.values(case.pk)}


def _checklist(case: Case, form: Form, person: Person, by: By, at: datetime) -> object:
    chosen = number(form, "checklist", translated("Choose a checklist."))
    return actions.put_checklist(case, checklist_id=chosen, by=by, at=at)


def _checklist_off(case: Case, form: Form, person: Person, by: By, at: datetime) -> None:
    chosen = number(form, "checklist", translated("Choose a checklist."))
    actions.take_checklist_off(case, checklist_id=chosen, by=by, at=at)


def _tick(case: Case, form: Form, person: Person, by: By, at: datetime) -> object:
    step = number(form, "step", translated("Choose a step."))
    return actions.tick(case, step_id=step, done=form.get("done") == "1", by=by, at=at)


def _escalate(case: Case, form: Form, person: Person, by: By, at: datetime) -> object:
    sort, _colon, id = form.get("to", "").partition(":")
    chosen = int(id) if id.isascii() and id.isdigit() and len(id) < 19 else None
    return actions.escalate(
        case,
        reason=form.get("reason", ""),
        user_id=chosen if sort == "user" else None,
        team_id=chosen if sort == "team" else None,
        by=by,
        at=at,
    )


def _to_call(request: PersonRequest, case: Case) -> dict[str, Any]:
    people = [one for one in colleagues(offshore=case.offshore) if one.id != request.person.id]
    return {
        "leads": [one for one in people if one.leads],
        "others": [one for one in people if not one.leads],
        "teams": teams(),
    }


def _split(case: Case, form: Form, person: Person, by: By, at: datetime) -> Opened:
    wanted = Splitting(
        message_ids=numbers(form, "messages"),
        title=form.get("title", ""),
        kind=form.get("kind", "") or case.kind,
        priority=form.get("priority", ""),
        tell="tell" in form,
        sentence=split_off.sentence(case.ref, case.contact.language if case.contact else ""),
    )
    if wanted.kind != case.kind and wanted.kind not in kinds.offered():
        raise Refused(translated("Choose what kind of case it is."))
    return actions.split(case, wanted, by=by, at=at)


def _to_split(request: PersonRequest, case: Case) -> dict[str, Any]:
    return {
        "said": beside.said(case.pk),
        "new_kinds": [(kind, words.kind(kind)) for kind in kinds.offered()],
        "priority": case.priority if case.priority != "P1" else "P2",
    }


def _time(case: Case, form: Form, person: Person, by: By, at: datetime) -> object:
    try:
        day = date.fromisoformat(form.get("day", ""))
    except ValueError:
        raise Refused(translated("Choose the day on which you worked.")) from None
    minutes, note = minutes_of(form.get("minutes", "")), form.get("note", "")
    return actions.log_time(case, minutes=minutes, note=note, on_day=day, by=by, at=at)


def _today(request: PersonRequest, case: Case) -> dict[str, Any]:
    return {"today": clock.now().astimezone(ZoneInfo(request.person.zone)).date()}


def _remove_time(case: Case, form: Form, person: Person, by: By, at: datetime) -> None:
    entry = number(form, "entry", translated("Choose an entry."))
    actions.remove_time(case, entry_id=entry, by=by, at=at)


def _assess(case: Case, form: Form, person: Person, by: By, at: datetime) -> Case:
    found = Assessed(
        criteria=tuple(form.get("criteria", "").split(",")),
        extent=form.get("extent", ""),
        users=form.get("users", ""),
        met=form.get("met") == "yes",
        priority=form.get("priority", "P2"),
        reason=form.get("reason", "")[:5_000],
    )
    return assess_case(case, found, by=by, at=at)


def _assessed(case: Case) -> str:
    if case.priority == "P1":
        return translated("The assessment is kept.")
    return translated(
        "The assessment is kept. Should it be a P1 by now, ask the customer to call: "
        "a P1 is raised by telephone."
    )


def _split_told(opened: Opened) -> str:
    return translated("The messages are in the new case %(ref)s.") % {"ref": spoken(opened.ref)}


def _open_children(request: PersonRequest, case: Case) -> dict[str, Any]:
    return {"children": beside.open_children(case.pk), "resolution": case.resolution}


SHAPING: dict[str, Deed] = {
    "fill": Deed(
        _fill,
        _("Saved."),
        (_("Fields"), _("What is known of the case beyond its conversation."), _("Save")),
        "agent/case/ask_fill.html",
        _all_fields,
    ),
    "checklist": Deed(
        _checklist,
        _("The checklist is on the case."),
        (
            _("Put a checklist on"),
            _("Its steps stand beside the case, to be ticked by whoever does them."),
            _("Put it on"),
        ),
        "agent/case/ask_checklist.html",
        lambda request, case: {"checklists": beside.offered_checklists(case.pk)},
    ),
    "checklist_off": Deed(_checklist_off, _("The checklist is taken off.")),
    "tick": Deed(_tick, _("Saved.")),
    "escalate": Deed(
        _escalate,
        _("The case is escalated; they are notified."),
        (
            _("Escalate"),
            _("Calls a lead or a team to the case. Its owner and its queue stay."),
            _("Escalate"),
        ),
        "agent/case/ask_escalate.html",
        _to_call,
    ),
    "calm": Deed(
        lambda case, form, person, by, at: actions.calm(case, by=by, at=at),
        _("The escalation is settled."),
    ),
    "split": Deed(
        _split,
        _("The case is split."),
        (
            _("Split the case"),
            _("The messages that you choose go to a new case of the same customer."),
            _("Split"),
        ),
        "agent/case/ask_split.html",
        _to_split,
        _split_told,
    ),
    "unsplit": Deed(
        lambda case, form, person, by, at: actions.unsplit(case, by=by, at=at),
        _("The messages are back where they were; this case is merged there."),
    ),
    "parent": Deed(
        lambda case, form, person, by, at: actions.put_under(
            case, parent=other_case(form, person), by=by, at=at
        ),
        _("The case is part of the other."),
        (
            _("Put under a parent case"),
            _("The parent lists it with its state, and asks about it when it is resolved."),
            _("Put it there"),
        ),
        "agent/case/ask_other.html",
    ),
    "child": Deed(
        lambda case, form, person, by, at: actions.put_under(
            other_case(form, person), parent=case, by=by, at=at
        ),
        _("The other case is part of this one."),
        (
            _("Add a child case"),
            _("It is listed here with its state; resolving this one asks about it."),
            _("Add"),
        ),
        "agent/case/ask_other.html",
    ),
    "orphan": Deed(
        lambda case, form, person, by, at: actions.take_out(
            other_case(form, person) if form.get("other") else case, by=by, at=at
        ),
        _("They stand apart now."),
    ),
    "resolve_children": Deed(
        lambda case, form, person, by, at: actions.resolve_children(
            case, ids=numbers(form, "children"), text=form.get("text", ""), by=by, at=at
        ),
        _("The children are resolved."),
        (
            _("Resolve the children too"),
            _("Each of their customers reads these words."),
            _("Resolve them"),
        ),
        "agent/case/ask_children.html",
        _open_children,
    ),
    "log_time": Deed(
        _time,
        _("The time is entered."),
        (_("Enter time"), _("What you worked on this case, on the day you say."), _("Enter")),
        "agent/case/ask_time.html",
        _today,
    ),
    "remove_time": Deed(_remove_time, _("The entry is taken back.")),
    "assess": Deed(
        _assess,
        _("The assessment is kept."),
        (
            _("Is it a P1?"),
            _("The questions of the phone desk. A P1 itself is raised by telephone only."),
            _("Keep the assessment"),
        ),
        "agent/case/ask_assess.html",
        None,
        _assessed,
    ),
}
