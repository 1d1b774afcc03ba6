"""Reads of the case list: one statement a page, keyset paging, counts that stop counting."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.db import connection

from heliodesk.cases.access import visible
from heliodesk.cases.rules import OPEN, Stage
from heliodesk.identity.person import Person
from heliodesk.kernel import reading

#: The condition for open cases, as their indexes have it.
OPEN_ONLY = "c.state in (" + ", ".join(f"'{state}'" for state in sorted(OPEN)) + ")"
_DUE = ("urgency", "due_at", "id")
_LATEST = ("last_activity_at", "id")
#: Characters of the last message that a list shows.
_PREVIEW = 140


class View(NamedTuple):
    """A list of cases: which, and in what order; each has an index of its own."""

    code: str
    where: str
    order: tuple[str, ...] = _DUE
    #: The condition has one parameter: the person's id.
    personal: bool = False


VIEWS = {
    view.code: view
    for view in (
        View("needs_us", "c.state in ('assigned', 'new')"),
        View("mine", f"c.owner_id = %s and {OPEN_ONLY}", personal=True),
        View("unassigned", f"c.owner_id is null and {OPEN_ONLY}"),
        View("waiting", f"c.state = 'pending_customer' and {OPEN_ONLY}"),
        View("engineering", f"c.state = 'pending_vendor' and {OPEN_ONLY}"),
        View("open", OPEN_ONLY),
        View("closed", f"not ({OPEN_ONLY})", order=_LATEST),
    )
}


class Row(NamedTuple):
    """One line of a list."""

    id: int
    ref: str
    title: str
    state: str
    priority: str
    urgency: int
    due_at: datetime
    channel: str
    package: str
    opened_at: datetime
    last_activity_at: datetime
    version: int
    account_id: int
    account: str
    contact: str | None
    owner_id: int | None
    owner: str | None
    #: Way and first words of the last message: the customer's last word waits for an answer.
    direction: str | None
    preview: str | None

    @property
    def stage(self) -> Stage:
        """Where the next promise stands."""
        return Stage(min(self.urgency // 20, Stage.RUNNING))

    @property
    def waits(self) -> bool:
        """Whether the customer spoke last."""
        return self.direction == "in"


_COLUMNS = f"""
select c.id, c.ref, c.title, c.state, c.priority, c.urgency, c.due_at, c.channel, c.package,
       c.opened_at, c.last_activity_at, c.version, c.account_id, a.name, k.name, c.owner_id, u.name,
       m.direction, m.preview
from ({{page}}) c
join customers_account a on a.id = c.account_id
left join customers_contact k on k.id = c.contact_id
left join identity_user u on u.id = c.owner_id
left join lateral (
    select m.direction, left(coalesce(m.new_text, m.text), {_PREVIEW}) as preview
    from cases_message m where m.case_id = c.id order by m.id desc limit 1
) m on true
order by {{order}}
"""


def page(
    person: Person, view: View, *, after: Sequence[object] | None = None, size: int = 50
) -> list[Row]:
    """The next ``size`` cases of a view and, to show that there are more, one beyond.

    Args:
        after: the sort key of the last row already shown, as ``key`` gives it.
    """
    seen, seen_params = visible(person)
    params: list[object] = [person.id] if view.personal else []
    params += [*seen_params, *(after or ())]
    sql = _list_sql(view, seen, size + 1, paged=after is not None)
    return reading.shaped(connection, Row, sql, params)


def key(view: View, row: Row) -> tuple[object, ...]:
    """The sort key of a row: where the next page begins."""
    return tuple(getattr(row, name) for name in view.order)


def one(person: Person, case_id: int) -> Row | None:
    """One case as a list shows it, wherever it stands now."""
    seen, seen_params = visible(person)
    rows = reading.shaped(connection, Row, _one_sql(seen), [case_id, *seen_params])
    return rows[0] if rows else None


@lru_cache(maxsize=64)
def _list_sql(view: View, seen: str, size: int, *, paged: bool) -> str:
    descending = view.order is _LATEST
    columns = ", ".join(f"c.{name}" for name in view.order)
    order = ", ".join(f"c.{name}{' desc' if descending else ''}" for name in view.order)
    marks = ", ".join(["%s"] * len(view.order))
    further = f" and ({columns}) {'<' if descending else '>'} ({marks})" if paged else ""
    page = (
        f"select c.* from cases_case c where {view.where} and {seen}{further} "
        f"order by {order} limit {size:d}"
    )
    return _COLUMNS.format(page=page, order=order)


@lru_cache(maxsize=4)
def _one_sql(seen: str) -> str:
    page = f"select c.* from cases_case c where c.id = %s and {seen}"
    return _COLUMNS.format(page=page, order="c.id")


def counts(person: Person, *, most: int) -> dict[str, int]:
    """How many cases each view holds; counting stops at ``most``."""
    seen, seen_params = visible(person)
    params: list[object] = []
    for view in VIEWS.values():
        params += [person.id] if view.personal else []
        params += [*seen_params, most]
    row = reading.rows(connection, _counts_sql(seen), params)[0]
    return dict(zip(VIEWS, row, strict=True))


@lru_cache(maxsize=4)
def _counts_sql(seen: str) -> str:
    parts = (
        "(select count(*) from (select from cases_case c "
        f"where {view.where} and {seen} limit %s) n)"
        for view in VIEWS.values()
    )
    return "select " + ", ".join(parts)
