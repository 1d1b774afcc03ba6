"""The only writer of routing: rules, hours of people and teams, and taking the next case."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import connection, transaction

from heliodesk.calendars.hours import HoursError, parse_week
from heliodesk.calendars.models import BusinessCalendar
from heliodesk.cases import access, kinds
from heliodesk.cases import actions as cases
from heliodesk.cases.models import Case
from heliodesk.cases.rules import Refused
from heliodesk.entitlements import packs
from heliodesk.identity.models import Team, TeamMember, User
from heliodesk.identity.person import Person
from heliodesk.journal.record import By, Happening, record
from heliodesk.kernel import reading
from heliodesk.kernel.text import one_line, storable
from heliodesk.routing.models import PersonHours, RoutingRule, TeamHours
from heliodesk.routing.rules import Rule

_NEXT = """
select c.id from cases_case c
where c.state in ('new', 'assigned', 'pending_customer', 'pending_vendor') and c.owner_id is null
  and c.state in ('new', 'assigned') and {seen}
  and (cardinality(%s::text[]) = 0 or c.queue = any(%s::text[]))
  and not exists (select from routing_neededskill n where n.case_id = c.id
                  and n.skill <> all(%s::text[]))
order by c.urgency, c.due_at, c.id limit 1 for update of c skip locked
"""
_SKILLS = """
select coalesce(array_agg(distinct s), '{}') from identity_teammember m
join identity_team t on t.id = m.team_id, unnest(m.skills || t.skills) s where m.user_id = %s
"""


@transaction.atomic
def take_next(person: Person, *, at: datetime) -> Case | None:
    """Take the case that is due next among those that this person may and can work on.

    Two people who ask at once get two cases. None when nothing waits for them.
    """
    seen, params = access.visible(person)
    queues = list(person.queues)
    (skills,) = reading.rows(connection, _SKILLS, [person.id])[0]
    found = reading.rows(connection, _NEXT.format(seen=seen), [*params, queues, queues, skills])
    if not found:
        return None
    return cases.take(Case.objects.get(pk=found[0][0]), by=person.by, at=at)


@transaction.atomic
def add_rule(rule: Rule, *, by: By, at: datetime) -> RoutingRule:
    """A rule after all others.

    Raises:
        Refused: it has no name, does nothing, or names what the policy does not know.
    """
    name = one_line(storable(rule.name), 120)
    if not name:
        raise Refused("Give the rule a name; it is told when it moves a case.")
    queue, skill = (one_line(storable(word), 60) for word in (rule.queue, rule.skill))
    if not (queue or skill):
        raise Refused("A rule names a queue, a skill, or both.")
    _known(rule)
    last = RoutingRule.objects.select_for_update().order_by("-position").first()
    row = RoutingRule.objects.create(
        name=name, position=(last.position if last else 0) + 1, region=rule.region,
        kind=rule.kind, priority=rule.priority, package=rule.package, queue=queue,
        skill=skill.lower(),
    )  # fmt: skip
    _tell("rule_added", "routing", row.pk, by=by, at=at, name=row.name)
    return row


def _known(rule: Rule) -> None:
    """Refuse a rule that could never fit: what it asks for is not known."""
    pack = packs.active().policy.pack
    for what, word, known in (
        ("region", rule.region, list(pack.regions)),
        ("kind of case", rule.kind, kinds.offered()),
        ("priority", rule.priority, [one.code for one in pack.severities]),
        ("package", rule.package, [one.code for one in pack.packages]),
    ):
        if word and word not in known:
            raise Refused(f"There is no {what} “{one_line(word, 40)}”: {', '.join(known)}.")


@transaction.atomic
def drop_rule(rule: RoutingRule, *, by: By, at: datetime) -> None:
    """A rule less; cases that it moved stay where they are."""
    _tell("rule_dropped", "routing", rule.pk, by=by, at=at, name=rule.name)
    rule.delete()


@transaction.atomic
def set_team(team: Team, *, calendar: str, skills: Sequence[str], by: By, at: datetime) -> None:
    """In which calendar a team works, and what all of it can do; empty: at every hour.

    Raises:
        Refused: there is no such calendar.
    """
    if calendar and not BusinessCalendar.objects.filter(code=calendar).exists():
        raise Refused(f"There is no calendar {calendar}.")
    TeamHours.objects.filter(team=team).delete()
    if calendar:
        TeamHours.objects.create(team=team, calendar=calendar)
    team.skills = _skills(skills)
    team.save(update_fields=["skills"])
    _tell("works_changed", "team", team.pk, by=by, at=at, calendar=calendar, skills=team.skills)


@transaction.atomic
def set_person(
    user: User,
    *,
    hours: Mapping[str, Sequence[str]],
    skills: Sequence[str],
    by: By,
    at: datetime,
) -> None:
    """A person's own week (empty: that of their teams), and what they can do.

    Raises:
        Refused: the hours cannot be read.
    """
    try:
        parse_week(hours)
    except HoursError as error:
        text = str(error)
        raise Refused(f"{text[0].upper()}{text[1:]}.") from error
    PersonHours.objects.filter(user=user).delete()
    if hours:
        PersonHours.objects.create(user=user, hours=dict(hours))
    TeamMember.objects.filter(user=user).update(skills=_skills(skills))
    _tell("works_changed", "user", user.pk, by=by, at=at, hours=dict(hours), skills=_skills(skills))


def _skills(words: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(word.strip().lower()[:60] for word in words if word.strip()))


def _tell(verb: str, kind: str, id: int, *, by: By, at: datetime, **data: object) -> None:
    record([Happening(verb, kind, id, data)], by=by, at=at)
