"""What stands beside a case, for programs: its fields, checklists and time; escalated, split."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from heliodesk.api.cases import Named, summary_now
from heliodesk.api.door import Answer, Asked
from heliodesk.api.shapes import Said
from heliodesk.cases import actions, beside, kinds
from heliodesk.cases.access import get_case
from heliodesk.cases.actions import Splitting
from heliodesk.cases.models import Case
from heliodesk.cases.rules import Refused
from heliodesk.identity.queries import colleague_at, team_called
from heliodesk.kernel.text import one_line
from heliodesk.notifications import split_off


@dataclass(frozen=True)
class CaseField:
    """A field that an administrator added to cases of this kind, and what the case holds."""

    code: Annotated[str, Said("By which it is set.", example="serial_number")]
    label: str
    help: str
    holds: Annotated[str, Said("text, number, date, choice, yes_no or url.")]
    choices: list[str]
    required: Annotated[bool, Said("Needed before the case is resolved.")]
    value: Annotated[str | None, Said("What the case holds, as it is typed.")]


@dataclass(frozen=True)
class FieldList:
    """The fields of a case."""

    fields: list[CaseField]


@dataclass(frozen=True)
class FieldValues:
    """What to set; fields that are not named stay."""

    values: Annotated[
        dict[str, str],
        Said("Values by the field's code: a number as 3.5, a day as 2026-11-23, yes or no; an empty"
             " text takes the value away.", most=100),
    ]  # fmt: skip


@dataclass(frozen=True)
class ListStep:
    """A step of a checklist."""

    id: int
    text: str
    required: bool
    done: bool
    by: Annotated[str | None, Said("Who ticked it.")]


@dataclass(frozen=True)
class CaseChecklist:
    """A checklist as it is on the case."""

    id: int
    name: str
    holds: Annotated[bool, Said("Its required steps hold the case until they are done.")]
    steps: list[ListStep]


@dataclass(frozen=True)
class Checklists:
    """The checklists on a case, and which ones could be put on."""

    checklists: list[CaseChecklist]
    offered: list[Named]


@dataclass(frozen=True)
class PutChecklist:
    """Which checklist is put on."""

    checklist: Annotated[int, Said("Its id, of those offered.", least=1)]


@dataclass(frozen=True)
class DropChecklist:
    """Which checklist is taken off."""

    checklist: Annotated[int, Said("Its id, as it is on the case.", least=1)]


@dataclass(frozen=True)
class Tick:
    """A step that is done, or not after all."""

    step: Annotated[int, Said("The step's id.", least=1)]
    done: bool = True


@dataclass(frozen=True)
class TimeEntry:
    """Time that somebody worked on a case."""

    id: int
    minutes: int
    day: date
    note: str
    person: Named


@dataclass(frozen=True)
class TimeList:
    """A page of the time worked on a case, the latest entry first."""

    minutes: Annotated[int, Said("The sum of everything that was entered.")]
    entries: list[TimeEntry]
    next: Annotated[int | None, Said("The value of “after” for the next page; none on the last.")]


@dataclass(frozen=True)
class NewTime:
    """Time to enter, as worked by the owner of the token."""

    minutes: Annotated[int, Said("Minutes of one day.", least=1, most=1440)]
    day: Annotated[date | None, Said("The day; today if it is missing.")] = None
    note: Annotated[str, Said("What was done.", most=500)] = ""


@dataclass(frozen=True)
class DropTime:
    """Which entry is taken back."""

    entry: Annotated[int, Said("Its id.", least=1)]


@dataclass(frozen=True)
class Escalation:
    """Who is called to a case, and why: a colleague or a team."""

    reason: Annotated[str, Said("The first thing they read.", most=500, least=1)]
    colleague: Annotated[str, Said("A colleague's e-mail address.", most=254)] = ""
    team: Annotated[str, Said("Or a team's name or code.", most=120)] = ""


@dataclass(frozen=True)
class Split:
    """What goes to a new case of the same customer."""

    messages: Annotated[list[int], Said("The ids of the messages that go there.", most=300)]
    title: Annotated[str, Said("The title of the new case.", most=500, least=1)]
    priority: Annotated[str, Said("A P1 is made by telephone only.", one_of=("P2", "P3", "P4"))]
    kind: Annotated[str, Said("What kind of case it is; as this one if missing.", most=30)] = ""
    tell: Annotated[bool, Said("Whether the customer gets a mail with the new reference.")] = False


# --- fields -------------------------------------------------------------------------------


def fields_shown(request: Asked) -> Answer:
    """The fields of a case with what it holds."""
    return Answer(_fields(_case(request)))


def filled(request: Asked) -> Answer:
    """Set fields of a case."""
    case = _case(request)
    actions.fill(case, request.body.values, by=request.person.by, at=request.at)
    return Answer(_fields(case))


def _fields(case: Case) -> FieldList:
    found = beside.beside(case.pk).fields
    return FieldList(
        [
            CaseField(
                one["code"], one["label"], one["help"], one["value"], one["choices"],
                one["required"], one["held"],
            )
            for one in found
        ]
    )  # fmt: skip


# --- checklists ---------------------------------------------------------------------------


def checklists_shown(request: Asked) -> Answer:
    """The checklists on a case."""
    return Answer(_checklists(_case(request)))


def checklist_put(request: Asked) -> Answer:
    """Put a checklist on a case."""
    case, by = _case(request), request.person.by
    actions.put_checklist(case, checklist_id=request.body.checklist, by=by, at=request.at)
    return Answer(_checklists(case))


def checklist_dropped(request: Asked) -> Answer:
    """Take a checklist off a case."""
    case, by = _case(request), request.person.by
    actions.take_checklist_off(case, checklist_id=request.body.checklist, by=by, at=request.at)
    return Answer(_checklists(case))


def ticked(request: Asked) -> Answer:
    """Tick a step, or take the tick away."""
    case, wanted = _case(request), request.body
    actions.tick(case, step_id=wanted.step, done=wanted.done, by=request.person.by, at=request.at)
    return Answer(_checklists(case))


def _checklists(case: Case) -> Checklists:
    found = beside.beside(case.pk)
    offered = beside.offered_checklists(case.pk) if found.offered else []
    return Checklists([_checklist(one) for one in found.checklists], [Named(*o) for o in offered])


def _checklist(one: dict[str, Any]) -> CaseChecklist:
    steps = [
        ListStep(s["id"], s["text"], s["required"], s["at"] is not None, s["by"])
        for s in one["steps"]
    ]
    return CaseChecklist(one["id"], one["name"], one["holds"], steps)


# --- time ---------------------------------------------------------------------------------


def time_shown(request: Asked) -> Answer:
    """The time that was worked on a case."""
    case, limit = _case(request), request.query["limit"]
    found = beside.times(case.pk, below=request.query["after"], limit=limit)
    shown = [TimeEntry(t.id, t.minutes, t.day, t.note, Named(t.user_id, t.by)) for t in found]
    further = shown[limit - 1].id if len(shown) > limit else None
    return Answer(TimeList(beside.minutes(case.pk), shown[:limit], further))


def time_entered(request: Asked) -> Answer:
    """Enter time on a case."""
    case, wanted, person = _case(request), request.body, request.person
    today = request.at.astimezone(ZoneInfo(person.zone)).date()
    row = actions.log_time(
        case,
        minutes=wanted.minutes,
        note=wanted.note,
        on_day=wanted.day or today,
        by=person.by,
        at=request.at,
    )
    who = Named(person.id, person.name)
    return Answer(TimeEntry(row.pk, row.minutes, row.on_day, row.note, who), 201)


def time_removed(request: Asked) -> Answer:
    """Take an entry of time back."""
    case = _case(request)
    entry, by = request.body.entry, request.person.by
    actions.remove_time(case, entry_id=entry, by=by, at=request.at)
    return Answer(summary_now(case.pk))


# --- escalating and splitting -------------------------------------------------------------


def escalated(request: Asked) -> Answer:
    """Call a colleague or a team to a case."""
    case, wanted = _case(request), request.body
    user_id, team_id = _called(wanted.colleague, wanted.team)
    actions.escalate(
        case,
        reason=wanted.reason,
        user_id=user_id,
        team_id=team_id,
        by=request.person.by,
        at=request.at,
    )
    return Answer(summary_now(case.pk))


def _called(colleague: str, team: str) -> tuple[int | None, int | None]:
    """Whom these words mean.

    Raises:
        Refused: nobody, or both a colleague and a team.
    """
    if bool(colleague.strip()) == bool(team.strip()):
        raise Refused("Say whom you escalate it to: a colleague or a team.")
    if colleague.strip():
        found = colleague_at(colleague.strip())
        if found is None:
            raise Refused(f"Nobody here has the address {one_line(colleague, 80)}.")
        return found, None
    known = team_called(team.strip())
    if known is None:
        raise Refused(f"There is no team “{one_line(team, 80)}”.")
    return None, known


def calmed(request: Asked) -> Answer:
    """Say that the escalation is settled."""
    case = _case(request)
    actions.calm(case, by=request.person.by, at=request.at)
    return Answer(summary_now(case.pk))


def split(request: Asked) -> Answer:
    """Open a case with messages of another."""
    case, wanted = _case(request), request.body
    kind = wanted.kind or case.kind
    if kind != case.kind and kind not in kinds.offered():
        raise Refused(f"There is no kind of case “{one_line(kind, 40)}”.")
    plan = Splitting(
        message_ids=wanted.messages,
        title=wanted.title,
        kind=kind,
        priority=wanted.priority,
        tell=wanted.tell,
        sentence=split_off.sentence(case.ref, case.contact.language if case.contact else ""),
    )
    made = actions.split(case, plan, by=request.person.by, at=request.at)
    return Answer(summary_now(made.id), 201, f"/api/v1/cases/{made.ref}")


def unsplit(request: Asked) -> Answer:
    """Undo a split, on the new case."""
    case = _case(request)
    actions.unsplit(case, by=request.person.by, at=request.at)
    return Answer(summary_now(case.pk))


def _case(request: Asked) -> Case:
    return get_case(request.person, request.path["ref"])
