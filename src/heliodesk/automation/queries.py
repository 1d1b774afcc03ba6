"""Rules and what they did."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet

from heliodesk.automation.models import AutomationRule, Macro
from heliodesk.cases.access import visible
from heliodesk.identity.models import Team, User
from heliodesk.identity.person import Person
from heliodesk.kernel import reading

PAGE = 50
_LOG = """
select f.id, f.at, a.id, a.name, c.ref, c.title, f.did, f.trouble
from automation_firing f join automation_automationrule a on a.id = f.rule_id
join cases_case c on c.id = f.case_id
where {seen} {more} order by f.id desc limit %s
"""


class Fired(NamedTuple):
    """A line of the log."""

    id: int
    at: datetime
    rule_id: int
    rule: str
    ref: str
    title: str
    did: list[str]
    trouble: str


def rules() -> Sequence[AutomationRule]:
    """All rules in the order in which they are asked."""
    return list(AutomationRule.objects.order_by("position", "id"))


def rule_of(id: int) -> AutomationRule | None:
    """A rule."""
    return AutomationRule.objects.filter(pk=id).first()


def log(person: Person, *, rule: int = 0, below: int = 0) -> list[Fired]:
    """What rules did to cases that this person may see, the latest first; one beyond the page."""
    seen, params = visible(person)
    more = ("and f.rule_id = %s " if rule else "") + ("and f.id < %s" if below else "")
    given = [*params, *([rule] if rule else []), *([below] if below else []), PAGE + 1]
    return reading.shaped(connection, Fired, _LOG.format(seen=seen, more=more), given)


def queues() -> list[str]:
    """Every queue that a team works."""
    return sorted({queue for team in Team.objects.all() for queue in team.queues})


def people() -> Sequence[User]:
    """The active people of the desk."""
    return list(User.staff.filter(is_active=True).order_by("name"))


def macros_of(person: Person) -> QuerySet[Macro]:
    """The macros that a person may use: everybody's and their own."""
    return Macro.objects.filter(Q(owner__isnull=True) | Q(owner_id=person.id)).order_by("name")


def macros_for(person: Person, queue: str) -> Sequence[Macro]:
    """Those offered on a case of this queue."""
    return list(macros_of(person).filter(Q(queues=[]) | Q(queues__contains=[queue])))


def macros_by_ids(person: Person, ids: Sequence[int]) -> Sequence[Macro]:
    """These, as far as the person may use them."""
    return list(macros_of(person).filter(pk__in=list(ids)))
