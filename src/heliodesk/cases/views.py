"""Views that people made: who sees which, and the list of cases that each stands for.

A view may ask anything of a million cases. Its page and its count are planned for its values,
stop at a bound, and are given up after some seconds with a sentence that says what to do.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

import psycopg
from django.db import OperationalError, connection, transaction

from heliodesk.cases import fields, filters, queries, tags
from heliodesk.cases.access import Hidden, visible
from heliodesk.cases.filters import Ground, Plan, Scope
from heliodesk.cases.models import SavedView
from heliodesk.cases.queries import Row, View
from heliodesk.cases.rules import Refused
from heliodesk.identity.person import Person
from heliodesk.identity.rules import May
from heliodesk.kernel import reading

Result = TypeVar("Result")
#: Milliseconds that a page of a view may take, and a count beside a page.
PATIENCE = 4000
GLANCE = 600
#: Counting a view stops here.
MOST = 200
#: Views that a person sees, keeps beside every page, or makes.
MOST_LISTED = 300
MOST_PINNED = 8
#: The orders that a scope can be walked in.
ORDERS: Mapping[str, tuple[str, ...]] = {
    Scope.OPEN: ("due", "activity", "newest", "oldest"),
    Scope.DONE: ("activity", "newest", "oldest"),
    Scope.ALL: ("activity", "newest", "oldest"),
}
#: What a line of a list can show; ``title`` is always there.
COLUMNS = (
    "priority",
    "ref",
    "title",
    "tags",
    "account",
    "package",
    "state",
    "owner",
    "due",
    "opened",
    "activity",
    "queue",
    "region",
    "kind",
    "channel",
)
DEFAULT = ("priority", "ref", "title", "tags", "account", "package", "state", "owner", "due")
MOST_COLUMNS = 14


class TooSlow(Refused):
    """The view was given up."""

    def __init__(self) -> None:
        super().__init__(
            f"This view takes longer than {PATIENCE // 1000} seconds, so it was stopped. Narrow it:"
            " open cases only, one account, or a shorter time."
        )


class Saved(NamedTuple):
    """A view as it is listed."""

    id: int
    name: str
    owner_id: int
    owner: str
    shared: str
    team_id: int | None
    team: str | None
    scope: str
    order: str
    groups: list[dict[str, object]]
    columns: list[str]
    changed_at: datetime
    deleted_at: datetime | None
    pinned: bool

    @property
    def plan(self) -> Plan:
        """Which cases it holds."""
        return filters.read(self.scope, self.groups)

    @property
    def list(self) -> str:
        """The code of its list."""
        return f"v{self.id}"

    def may_edit(self, person: Person) -> bool:
        """Whether this person may change it: who made it; what is shared, administrators, too."""
        return self.owner_id == person.id or (self.shared != "own" and person.may(May.EDIT_USERS))


_SAVED = """
select v.id, v.name, v.owner_id, u.name, v.shared, v.team_id, t.name, v.scope, v."order", v.groups,
    v.columns, v.changed_at, v.deleted_at, p.id is not null
from cases_savedview v join identity_user u on u.id = v.owner_id
left join identity_team t on t.id = v.team_id
left join cases_viewpin p on p.view_id = v.id and p.user_id = %s
where (v.owner_id = %s or v.shared = 'all' or (v.shared = 'team' and v.team_id in (
        select m.team_id from identity_teammember m where m.user_id = %s)))
"""


def seen_by(person: Person) -> list[Saved]:
    """The views that a person sees: those pinned first, then by name."""
    sql = (
        f"{_SAVED} and v.deleted_at is null"
        f" order by p.id is null, p.id, lower(v.name), v.id limit {MOST_LISTED}"
    )
    return reading.shaped(connection, Saved, sql, [person.id] * 3)


def pinned(person: Person) -> list[Saved]:
    """The views that a person keeps beside every page."""
    sql = (
        f"{_SAVED} and v.deleted_at is null and p.id is not null order by p.id limit {MOST_PINNED}"
    )
    return reading.shaped(connection, Saved, sql, [person.id] * 3)


def find(person: Person, id: int, *, deleted: bool = False) -> Saved:
    """One of them.

    Raises:
        Hidden: there is none that this person sees.
    """
    sql = f"{_SAVED} and v.id = %s and (%s or v.deleted_at is null)"
    found = reading.shaped(connection, Saved, sql, [*[person.id] * 3, id, deleted])
    if not found:
        raise Hidden(str(id))
    return found[0]


def record(id: int) -> SavedView:
    """The row of a view that was found before."""
    return SavedView.objects.get(pk=id)


def ground(person: Person, at: datetime, plan: Plan) -> Ground:
    """What the values of a view stand for, when this person asks now."""
    asks_fields = any(
        one.fact.startswith(filters.FIELD) for group in plan.groups for one in group.conditions
    )
    known = fields.fields(retired=True) if asks_fields else []
    return Ground(
        person.id,
        tuple(person.queues),
        at,
        ZoneInfo(person.zone),
        tags.lineage,
        {field.code: _comparing(field) for field in known},
    )


def _comparing(field: fields.Field) -> filters.OfField:
    return lambda how, text: fields.condition(field, how, text)


def field_comparisons() -> dict[str, tuple[str, ...]]:
    """How each field that is in use can be compared, by its code."""
    return {field.code: fields.COMPARISONS[field.value] for field in fields.fields()}


def listed(code: str, plan: Plan, by: str, person: Person, at: datetime) -> View:
    """The list of cases of a view.

    Raises:
        Refused: it asks for what there is no more.
    """
    sql, params = filters.where(plan, ground(person, at, plan))
    orders = ORDERS[plan.scope]
    return View(
        code,
        sql,
        by if by in orders else orders[0],
        given=tuple(params),
        halves=plan.scope == Scope.ALL,
    )


def page(
    person: Person, view: View, *, after: Sequence[object] | None = None, size: int = 50
) -> list[Row]:
    """As ``queries.page``, given up when it takes too long.

    Raises:
        TooSlow: it did.
    """
    if view.given is None:
        return queries.page(person, view, after=after, size=size)
    return _in_time(PATIENCE, partial(queries.page, person, view, after=after, size=size))


def count(person: Person, view: View, *, patience: int = PATIENCE, most: int = MOST) -> int:
    """How many cases a view holds, counted to one beyond ``most``.

    Raises:
        TooSlow: counting took too long.
    """
    seen, seen_params = visible(person)
    sql = (
        "select count(*) from (select from cases_case c"
        f" where {view.where} and {seen} limit {most + 1:d}) n"
    )
    params = [*view.params(person), *seen_params]
    found = _in_time(patience, partial(reading.rows, connection, sql, params, prepare=False))
    return int(found[0][0])


def said(count: int, most: int = MOST) -> str:
    """Such a count in words: ``200+``."""
    return f"{most:,}+" if count > most else f"{count:,}"


def _in_time(patience: int, read: Callable[[], Result]) -> Result:
    with limited(patience):
        return read()


@contextmanager
def limited(patience: int) -> Iterator[None]:
    """Give up what is read inside after so many milliseconds.

    Raises:
        TooSlow: it took longer.
    """
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"set local statement_timeout = {int(patience)}")
            yield
            with connection.cursor() as cursor:
                cursor.execute("set local statement_timeout = default")
    except OperationalError as error:
        if isinstance(error.__cause__, psycopg.errors.QueryCanceled):
            raise TooSlow from None
        raise


class Taste(NamedTuple):
    """How a person wants to see a list."""

    columns: list[str]
    order: str


def tastes(person: Person) -> dict[str, Taste]:
    """How a person wants to see their lists, by the code of each."""
    sql = 'select list, columns, "order" from cases_listtaste where user_id = %s limit 500'
    return {code: Taste(*rest) for code, *rest in reading.rows(connection, sql, [person.id])}


def good_columns(columns: Sequence[str], of_fields: Sequence[str] = ()) -> list[str]:
    """These columns as far as there are such, the title among them."""
    known = {*COLUMNS, *(filters.FIELD + code for code in of_fields)}
    found = list(dict.fromkeys(name for name in columns if name in known))[:MOST_COLUMNS]
    return found if "title" in found or not found else ["title", *found]
