"""What stands beside a case and is asked for after the page: its fields, checklists, family, the
time that was worked on it. One statement; lists that can grow are bounded.
"""

from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from heliodesk.cases.rules import OPEN
from heliodesk.kernel import reading

#: Children, entries of time and parts split off that are shown.
MOST_CHILDREN, MOST_TIMES, MOST_PARTS = 50, 8, 20
_OPEN = ", ".join(f"'{state}'" for state in sorted(OPEN))


class Beside(NamedTuple):
    """What stands beside a case; times inside lists are seconds since 1970."""

    state: str
    priority: str
    resolution: str
    #: Each with its code, label, help, value, choices, required and what is held.
    fields: list[dict[str, Any]]
    #: Those on the case, with their steps.
    checklists: list[dict[str, Any]]
    #: How many further ones are offered for its type and priority.
    offered: int
    parent: dict[str, Any] | None
    children: list[dict[str, Any]]
    #: How many children are open, counted to their bound.
    open_children: int
    split_from: dict[str, Any] | None
    split_off: list[dict[str, Any]]
    minutes: int
    times: list[dict[str, Any]]

    @property
    def done(self) -> bool:
        """Whether the case is resolved or closed."""
        return self.state in {"resolved", "closed"}


_CASE = "json_build_object('ref', o.ref, 'title', o.title, 'state', o.state)"
_OFFERED = """l.active and (l.kinds = '{}' or c.kind = any(l.kinds))
    and (l.priorities = '{}' or c.priority = any(l.priorities))
    and not exists (select from cases_casechecklist p
                    where p.case_id = c.id and p.checklist_id = l.id)"""
_BESIDE = f"""
select c.state, c.priority, c.resolution,
    coalesce((select json_agg(json_build_object('code', f.code, 'label', f.label, 'help', f.help,
         'value', f.value, 'choices', f.choices, 'required', f.required, 'held', v.text)
         order by f.place, lower(f.label), f.id)
     from cases_casefield f
     left join cases_casevalue v on v.case_id = c.id and v.field_id = f.id
     where f.active and (f.kinds = '{{}}' or c.kind = any(f.kinds))), '[]'),
    coalesce((select json_agg(json_build_object('id', l.id, 'name', l.name, 'holds', l.holds,
         'steps', coalesce((select json_agg(json_build_object('id', s.id, 'text', s.text,
              'required', s.required, 'at', extract(epoch from s.done_at), 'by', u.name)
              order by s.place, s.id)
          from cases_casestep s left join identity_user u on u.id = s.done_by_id
          where s.on_id = l.id), '[]')) order by l.id)
     from cases_casechecklist l where l.case_id = c.id), '[]'),
    (select count(*) from cases_checklist l where {_OFFERED}),
    (select {_CASE} from cases_casechild k join cases_case o on o.id = k.parent_id
      where k.child_id = c.id),
    coalesce((select json_agg(json_build_object('ref', o.ref, 'title', o.title, 'state', o.state,
         'priority', o.priority, 'owner', u.name) order by o.id)
     from (select k.child_id from cases_casechild k where k.parent_id = c.id
           order by k.child_id limit {MOST_CHILDREN}) k
     join cases_case o on o.id = k.child_id left join identity_user u on u.id = o.owner_id), '[]'),
    (select count(*) from cases_casechild k join cases_case o on o.id = k.child_id
      where k.parent_id = c.id and o.state in ({_OPEN})),
    (select {_CASE} from cases_casesplit p join cases_case o on o.id = p.source_id
      where p.case_id = c.id),
    coalesce((select json_agg({_CASE} order by o.id) from (
         select p.case_id from cases_casesplit p where p.source_id = c.id
         order by p.case_id limit {MOST_PARTS}) p join cases_case o on o.id = p.case_id), '[]'),
    coalesce((select sum(t.minutes) from cases_timespent t where t.case_id = c.id), 0)::int,
    coalesce((select json_agg(json_build_object('id', t.id, 'minutes', t.minutes, 'note', t.note,
         'day', t.on_day, 'by', u.name, 'user', t.user_id) order by t.on_day desc, t.id desc)
     from (select * from cases_timespent t where t.case_id = c.id
           order by t.on_day desc, t.id desc limit {MOST_TIMES}) t
     join identity_user u on u.id = t.user_id), '[]')
from cases_case c where c.id = %s
"""


def beside(case_id: int) -> Beside:
    """What stands beside a case that the caller has reached."""
    return reading.shaped(connection, Beside, _BESIDE, [case_id])[0]


class Worked(NamedTuple):
    """An entry of time."""

    id: int
    minutes: int
    day: date
    note: str
    user_id: int
    by: str


_TIMES = """
select t.id, t.minutes, t.on_day, t.note, t.user_id, u.name
from cases_timespent t join identity_user u on u.id = t.user_id
where t.case_id = %s and t.id < %s order by t.id desc limit %s
"""
_SUM = "select coalesce(sum(minutes), 0)::int from cases_timespent where case_id = %s"


def times(case_id: int, *, below: int | None, limit: int) -> list[Worked]:
    """The entries of time on a case, the latest first, and one beyond if there are more."""
    return reading.shaped(connection, Worked, _TIMES, [case_id, below or 2**62, limit + 1])


def minutes(case_id: int) -> int:
    """All the minutes that were worked on a case."""
    return int(reading.rows(connection, _SUM, [case_id])[0][0])


class Child(NamedTuple):
    """An open child, as its parent's resolving asks about it."""

    id: int
    ref: str
    title: str
    state: str


_OPEN_CHILDREN = f"""
select o.id, o.ref, o.title, o.state from cases_casechild k join cases_case o on o.id = k.child_id
 where k.parent_id = %s and o.state in ({_OPEN}) order by o.id limit {MOST_CHILDREN}
"""


def open_children(case_id: int) -> list[Child]:
    """The children of a case that are still open."""
    return reading.shaped(connection, Child, _OPEN_CHILDREN, [case_id])


class Sayable(NamedTuple):
    """A message, as a form lists it to be chosen."""

    id: int
    direction: str
    at: Any
    author: str
    preview: str


_SAID = """
select id, direction, at, author_name, left(coalesce(new_text, text), 200)
from cases_message where case_id = %s order by id limit 300
"""


def said(case_id: int) -> list[Sayable]:
    """The messages of a case, in short."""
    return reading.shaped(connection, Sayable, _SAID, [case_id])


_CHECKLISTS = (
    f"select l.id, l.name from cases_checklist l, cases_case c where c.id = %s and {_OFFERED}"
)
_ORDER = " order by l.place, lower(l.name), l.id limit 100"


def offered_checklists(case_id: int) -> list[tuple[int, str]]:
    """The checklists that may be put on a case, by name."""
    rows = reading.rows(connection, _CHECKLISTS + _ORDER, [case_id])
    return [(id, name) for id, name in rows]


#: The minutes worked on a case ``c``, as a column of lists and sheets.
MINUTES = "(select coalesce(sum(t.minutes), 0)::int from cases_timespent t where t.case_id = c.id)"
