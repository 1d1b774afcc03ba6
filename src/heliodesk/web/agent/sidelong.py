"""What stands beside a case and comes after its page: fields, checklists, family, time, P1."""

from datetime import UTC, date, datetime
from typing import Any

from django.http import HttpResponse

from heliodesk.cases.access import get_case
from heliodesk.cases.beside import beside
from heliodesk.cases.models import Case
from heliodesk.cases.rules import State, Verb, offered
from heliodesk.identity.rules import May
from heliodesk.telephony.queries import assessment_of
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.agent.deed import actor_of
from heliodesk.web.answer import page
from heliodesk.web.spent import spent

#: The id of the part of the page that this fills.
PLACE = "beside"


@needs(May.WORK_CASES)
def show(request: PersonRequest, ref: str) -> HttpResponse:
    """What stands beside a case: in its place, or as a page of its own."""
    return answer(request, get_case(request.person, ref))


def answer(request: PersonRequest, case: Case) -> HttpResponse:
    """The same, for a case that was reached."""
    found = beside(case.pk)
    verbs = offered(State(found.state), actor_of(request.person))
    return page(
        request,
        "agent/case/beside.html",
        block="beside" if request.headers.get("HX-Request") else "",
        area="case",
        case=case,
        b=found,
        verbs=verbs,
        may_tick=Verb.TICK in verbs,
        lists=[_progress(one) for one in found.checklists],
        assessment=assessment_of(case) if found.priority == "P1" else None,
        lead=request.person.may(May.REVIVE_CANCELLED),
        spent=spent,
        day_of=date.fromisoformat,
        moment=lambda seconds: datetime.fromtimestamp(seconds, UTC),
    )


def _progress(one: dict[str, Any]) -> dict[str, Any]:
    """A checklist with how many of its steps are done, and how many required ones are not."""
    steps = one["steps"]
    done = sum(step["at"] is not None for step in steps)
    owed = sum(step["required"] and step["at"] is None for step in steps)
    return {**one, "done": done, "all": len(steps), "owed": owed}
