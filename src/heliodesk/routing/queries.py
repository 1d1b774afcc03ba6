"""Who works on what, and who is at work."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from heliodesk.calendars import book
from heliodesk.calendars.hours import parse_week
from heliodesk.calendars.rules import Calendar, is_open
from heliodesk.cases.access import visible
from heliodesk.identity.models import Team, User
from heliodesk.identity.person import Person
from heliodesk.kernel import reading
from heliodesk.routing.models import Absence, RoutingRule

_QUEUES = """
select c.queue, count(*), count(*) filter (where c.owner_id is null),
    count(*) filter (where c.urgency < 40), min(c.due_at)
from (select c.queue, c.owner_id, c.urgency, c.due_at from cases_case c
      where c.state in ('new', 'assigned', 'pending_customer', 'pending_vendor') and {seen}
      limit 20000) c
group by c.queue order by c.queue
"""


class Waiting(NamedTuple):
    """A queue with its open cases; counted over at most 20,000 of them."""

    queue: str
    open: int
    unowned: int
    #: P1 or late.
    pressing: int
    next_due: datetime


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a team: at work now or not, by whose hours."""

    id: int
    name: str
    zone: str
    skills: list[str]
    hours: dict[str, list[str]]
    at_work: bool
    by: str


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team with its people."""

    team: Team
    calendar: str
    members: list[Member]


def queues(person: Person) -> list[Waiting]:
    """The queues with open cases that this person may see."""
    seen, params = visible(person)
    return reading.shaped(connection, Waiting, _QUEUES.format(seen=seen), params)


def rules() -> list[RoutingRule]:
    """The routing rules in their order."""
    return list(RoutingRule.objects.order_by("position", "id"))


def rule_of(id: int) -> RoutingRule | None:
    """A rule."""
    return RoutingRule.objects.filter(pk=id).first()


def team_of(id: int) -> Team | None:
    """A team."""
    return Team.objects.filter(pk=id).first()


def user_of(id: int) -> User | None:
    """A person of the desk who is active."""
    return User.staff.filter(pk=id, is_active=True).first()


def teams(at: datetime) -> list[TeamRow]:
    """Every team with its people and whether each is at work."""
    kept = book.calendars(book.stamp())
    found = []
    rows = Team.objects.select_related("works").prefetch_related("teammember_set__user__works")
    for team in rows.order_by("name"):
        code = team.works.calendar if hasattr(team, "works") else ""
        calendar = kept[code].calendar if code in kept else None
        members = [
            _member(place.user, place.skills, calendar, at)
            for place in sorted(team.teammember_set.all(), key=lambda place: place.user.name)
            if place.user.is_active
        ]
        found.append(TeamRow(team, code, members))
    return found


def _member(user: User, skills: list[str], calendar: Calendar | None, at: datetime) -> Member:
    own = user.works.hours if hasattr(user, "works") else {}
    if own:
        calendar, by = Calendar(f"user-{user.pk}", user.zone, parse_week(own)), "own"
    else:
        by = calendar.code if calendar else ""
    at_work = calendar is None or is_open(calendar, at)
    return Member(user.pk, user.name, user.zone, skills, own, at_work, by)


def people() -> list[User]:
    """The active people of the desk by name."""
    return list(User.staff.filter(is_active=True).order_by("name"))


def absences(at: datetime, user_id: int = 0) -> list[Absence]:
    """Absences that are not over, of one person or of everybody, the next first."""
    found = Absence.objects.filter(over_at__isnull=True, ends_at__gt=at).select_related("user")
    return list((found.filter(user_id=user_id) if user_id else found).order_by("starts_at", "id"))


def absence_of(id: int) -> Absence | None:
    """An absence."""
    return Absence.objects.filter(pk=id).first()
