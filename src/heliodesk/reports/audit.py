"""The audit log: every event of the desk, searched a stretch at a time, however many there are."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from heliodesk.identity.person import Person
from heliodesk.kernel import reading

PAGE = 100
#: Events that one look passes over at the most; a search that finds nothing there says so.
STRETCH = 100_000
#: Lines of a sheet at the most.
MOST_LINES = 100_000
_SQL = """
select e.id, e.at, e.by_kind, e.by_name, e.verb, e.subject_kind, e.subject_id, e.data,
       coalesce(c.ref, a.name, k.name, u.name, e.data->>'name', e.data->>'address',
                e.data->>'keep', '')
from (select * from journal_event e where e.id < %s and e.id >= %s{where}
      order by e.id desc limit %s) e
left join cases_case c on e.subject_kind = 'case' and c.id = e.subject_id
left join customers_account a on e.subject_kind = 'account' and a.id = e.subject_id
left join customers_contact k on e.subject_kind = 'contact' and k.id = e.subject_id
left join identity_user u on e.subject_kind = 'user' and u.id = e.subject_id
{seen} order by e.id desc
"""
#: Cases and accounts beyond the data boundary are their own teams' alone (C16).
_SEEN = "where not coalesce(c.offshore, false) and not coalesce(a.offshore, false)"


class Happened(NamedTuple):
    """One event, with the name of what it happened to."""

    id: int
    at: datetime
    by_kind: str
    by: str
    verb: str
    kind: str
    subject_id: int
    data: dict[str, Any]
    subject: str


@dataclass(frozen=True)
class Wanted:
    """What is looked for; empty fields are all."""

    verbs: tuple[str, ...] = ()
    kind: str = ""
    by: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def condition(self) -> tuple[str, list[object]]:
        """As SQL over events ``e``."""
        parts: list[tuple[str, object]] = [
            (" and e.verb = any(%s)", list(self.verbs)),
            (" and e.subject_kind = %s", self.kind),
            (" and e.by_name ilike %s", f"%{_plain(self.by)}%" if self.by else ""),
            (" and e.at >= %s", self.since),
            (" and e.at < %s", self.until),
        ]
        chosen = [(text, value) for text, value in parts if value]
        return "".join(text for text, _ in chosen), [value for _, value in chosen]


class Found(NamedTuple):
    """What one look found, and below which id the next one begins; none when all was seen."""

    events: list[Happened]
    below: int | None


def search(person: Person, wanted: Wanted, *, below: int = 0, most: int = PAGE) -> Found:
    """The latest events that fit, from below an id on, out of the next ``STRETCH``."""
    where, params = wanted.condition()
    top = below or _newest() + 1
    floor = max(0, top - STRETCH)
    events = reading.shaped(
        connection,
        Happened,
        _SQL.format(where=where, seen="" if person.offshore else _SEEN),
        [top, floor, *params, most + 1],
    )
    if len(events) > most:
        return Found(events[:most], events[most - 1].id)
    return Found(events, floor if floor > 1 else None)


def sheet(person: Person, wanted: Wanted) -> Iterator[Happened]:
    """The events that fit, the latest first, ``MOST_LINES`` at the most; read as they are taken."""
    below, lines = 0, 0
    while lines < MOST_LINES:
        found = search(person, wanted, below=below, most=1000)
        yield from found.events
        lines += len(found.events)
        if found.below is None:
            return
        below = found.below


def kinds() -> list[str]:
    """What events happen to, for a filter."""
    return sorted(
        ["account", "automation", "bulk", "calendar", "call", "case", "case_field", "case_type",
         "checklist", "contact", "held", "incident", "macro", "mailbox", "notice", "oncall", "p1",
         "pack", "page", "report", "retention", "role", "routing", "tag", "team", "template",
         "token", "user", "view"]
    )  # fmt: skip


def _newest() -> int:
    found = reading.rows(connection, "select coalesce(max(id), 0) from journal_event")
    return int(found[0][0])


def _plain(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
