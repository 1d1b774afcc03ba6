"""Reads of the case list: one statement a page, keyset paging, counts that stop counting."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.db import connection

from heliodesk.cases import filters
from heliodesk.cases.access import visible
from heliodesk.cases.rules import Stage
from heliodesk.identity.person import Person
from heliodesk.kernel import reading

#: The condition for open cases, as their indexes have it.
OPEN_ONLY = filters.OPEN_ONLY
_DUE = ("urgency", "due_at", "id")
_LATEST = ("last_activity_at", "id")
#: The orders that a list may have: columns, and whether from the highest down.
ORDERS: Mapping[str, tuple[tuple[str, ...], bool]] = {
    "due": (_DUE, False),
    "activity": (_LATEST, True),
    "newest": (("id",), True),
    "oldest": (("id",), False),
}
#: Characters of the last message that a list shows.
_PREVIEW = 140


class View(NamedTuple):
    """A list of cases: which, and in what order; each of the desk's own has an index."""

    code: str
    where: str
    by: str = "due"
    #: What the condition asks of the person: ``id`` or ``queues``, in order.
    asks: tuple[str, ...] = ()
    #: Other parameters of the condition, which is planned for them.
    given: tuple[object, ...] | None = None
    #: Holds open cases and others: in the order of activity each half is walked by its own index.
    halves: bool = False

    @property
    def order(self) -> tuple[str, ...]:
        """The columns of its order."""
        return ORDERS[self.by][0]

    def params(self, person: Person) -> list[object]:
        """The parameters of its condition."""
        asked: Mapping[str, object] = {"id": person.id, "queues": list(person.queues)}
        return [*(asked[name] for name in self.asks), *(self.given or ())]


VIEWS = {
    view.code: view
    for view in (
        View("needs_us", "c.state in ('assigned', 'new')"),
        View("mine", f"c.owner_id = %s and {OPEN_ONLY}", asks=("id",)),
        View("teams", f"c.queue = any(%s) and {OPEN_ONLY}", asks=("queues",)),
        View("unassigned", f"c.owner_id is null and {OPEN_ONLY}"),
        View("waiting", f"c.state = 'pending_customer' and {OPEN_ONLY}"),
        View("engineering", f"c.state = 'pending_vendor' and {OPEN_ONLY}"),
        View(
            "soon",
            f"c.urgency >= {Stage.MISSED * 20} and c.urgency < {Stage.RUNNING * 20}"
            f" and {OPEN_ONLY}",
        ),
        View("open", OPEN_ONLY),
        View("closed", f"not ({OPEN_ONLY})", by="activity"),
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
    queue: str
    kind: str
    region: str
    tags: list[int]

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
       m.direction, m.preview, c.queue, c.kind, a.region, c.tags
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
    params = [*view.params(person), *seen_params, *(after or ())]
    sql = _list_sql(view._replace(given=None), seen, size + 1, paged=after is not None)
    if view.halves and view.by == "activity":
        params *= 2
    return reading.shaped(connection, Row, sql, params, prepare=view.given is None)


def key(view: View, row: Row) -> tuple[object, ...]:
    """The sort key of a row: where the next page begins."""
    return tuple(getattr(row, name) for name in view.order)


def one(person: Person, case_id: int) -> Row | None:
    """One case as a list shows it, wherever it stands now."""
    seen, seen_params = visible(person)
    rows = reading.shaped(connection, Row, _one_sql(seen), [case_id, *seen_params])
    return rows[0] if rows else None


@lru_cache(maxsize=256)
def _list_sql(view: View, seen: str, size: int, *, paged: bool) -> str:
    page, order = paging(view, seen, size, paged=paged)
    return _COLUMNS.format(page=page, order=order)


def paging(view: View, seen: str, size: int, *, paged: bool) -> tuple[str, str]:
    """The next cases of a view, in SQL, and their order.

    Args:
        seen: the condition for cases that the person may see.
        paged: with the condition for what follows a sort key.
    """
    order = order_of(view.by)
    pages = [
        f"select c.* from cases_case c where {part}{view.where} and {seen}"
        f"{beyond(view.by) if paged else ''} order by {order} limit {size:d}"
        for part in _parts(view)
    ]
    if len(pages) == 1:
        return pages[0], order
    both = " union all ".join(f"({page})" for page in pages)
    return f"select c.* from ({both}) c order by {order} limit {size:d}", order


def _parts(view: View) -> list[str]:
    """The halves that are walked apart, each with what its index asks for."""
    if view.halves and view.by == "activity":
        return [f"{OPEN_ONLY} and ", f"not ({OPEN_ONLY}) and "]
    return [""]


def order_of(by: str) -> str:
    """An order, in SQL."""
    columns, falling = ORDERS[by]
    return ", ".join(f"c.{name}{' desc' if falling else ''}" for name in columns)


def beyond(by: str) -> str:
    """The condition for what follows a sort key, in SQL."""
    columns, falling = ORDERS[by]
    names = ", ".join(f"c.{name}" for name in columns)
    marks = ", ".join(["%s"] * len(columns))
    return f" and ({names}) {'<' if falling else '>'} ({marks})"


@lru_cache(maxsize=4)
def _one_sql(seen: str) -> str:
    page = f"select c.* from cases_case c where c.id = %s and {seen}"
    return _COLUMNS.format(page=page, order="c.id")


def counts(person: Person, *, most: int) -> dict[str, int]:
    """How many cases each view holds; counting stops at ``most``."""
    seen, seen_params = visible(person)
    params: list[object] = []
    for view in VIEWS.values():
        params += [*view.params(person), *seen_params, most]
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
