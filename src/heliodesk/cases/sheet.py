"""The cases of a list as lines of a sheet: read in pieces, each a short statement of its own."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.db import connection

from heliodesk.cases import fields, queries, views
from heliodesk.cases.access import visible
from heliodesk.cases.beside import MINUTES
from heliodesk.cases.queries import View
from heliodesk.identity.person import Person
from heliodesk.kernel import reading

#: Cases read at once, and cases of one sheet.
CHUNK = 500
MOST = 50_000


class Line(NamedTuple):
    """One case."""

    id: int
    ref: str
    title: str
    state: str
    priority: str
    kind: str
    package: str
    account: str
    account_id: str | None
    contact: str | None
    owner: str | None
    queue: str
    region: str
    channel: str
    tags: list[int]
    opened_at: datetime
    last_activity_at: datetime
    due_at: datetime
    first_response_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    urgency: int
    #: Minutes that people say they worked on it.
    minutes: int


_LINE = f"""
select c.id, c.ref, c.title, c.state, c.priority, c.kind, c.package, a.name,
    (select i.value from customers_accountidentifier i where i.account_id = a.id
      order by i.valid_to desc nulls first, i.id limit 1),
    k.name, u.name, c.queue, a.region, c.channel, c.tags, c.opened_at, c.last_activity_at,
    c.due_at, c.first_response_at, c.resolved_at, c.closed_at, c.urgency,
    {MINUTES}
from ({{page}}) c
join customers_account a on a.id = c.account_id
left join customers_contact k on k.id = c.contact_id
left join identity_user u on u.id = c.owner_id
order by {{order}}
"""


def lines(person: Person, view: View, *, most: int = MOST) -> Iterator[tuple[Line, dict[str, str]]]:
    """The cases of a list in its order, each with what it holds of administrators' fields.

    Raises:
        TooSlow: a piece took too long.
    """
    after: tuple[object, ...] | None = None
    left = most
    while left > 0:
        found = _piece(person, view, after, min(CHUNK, left))
        known = fields.values_of([line.id for line in found]) if found else {}
        for line in found:
            yield line, known.get(line.id, {})
        left -= len(found)
        if len(found) < CHUNK:
            return
        after = tuple(getattr(found[-1], name) for name in view.order)


def _piece(person: Person, view: View, after: Sequence[object] | None, size: int) -> list[Line]:
    seen, seen_params = visible(person)
    params = [*view.params(person), *seen_params, *(after or ())]
    if view.halves and view.by == "activity":
        params *= 2
    sql = _sql(view._replace(given=None), seen, size, paged=after is not None)
    with views.limited(views.PATIENCE * 2):
        return reading.shaped(connection, Line, sql, params, prepare=False)


@lru_cache(maxsize=64)
def _sql(view: View, seen: str, size: int, *, paged: bool) -> str:
    page, order = queries.paging(view, seen, size, paged=paged)
    return _LINE.format(page=page, order=order)


def of_cases(person: Person, ids: Sequence[int]) -> Iterator[tuple[Line, dict[str, str]]]:
    """These cases, in their order, as far as the person may see them."""
    seen, params = visible(person)
    page = f"select c.* from cases_case c where c.id = any(%s) and {seen}"
    sql = _LINE.format(page=page, order="array_position(%s::bigint[], c.id)")
    for start in range(0, len(ids), CHUNK):
        some = list(ids[start : start + CHUNK])
        found = reading.shaped(connection, Line, sql, [some, *params, some], prepare=False)
        known = fields.values_of(some)
        yield from ((line, known.get(line.id, {})) for line in found)
