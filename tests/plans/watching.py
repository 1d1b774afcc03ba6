"""Watches statements on their way to PostgreSQL, and reads how they are planned."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import connection

#: Tables that grow with every case, as the loader fills them: none may be read whole.
LARGE = frozenset(
    {
        "cases_case",
        "cases_message",
        "cases_attachment",
        "cases_participant",
        "channels_outbound",
        "entitlements_entitlementdecision",
        "incidents_delivery",
        "incidents_linkedcase",
        "incidents_update",
        "intake_threadkey",
        "journal_event",
        "sla_clock",
    }
)
#: Indexes of what is open, due or odd: few rows, in the order in which they are wanted.
LISTS = re.compile(
    r"case_(needs_us|open\w*|done_by_activity|merged_into)$|clock_to_look_at|outbound_(due|failed)"
    r"|delivery_waiting|update_waiting"
)
#: Ways that are good for small tables, so that a small test desk is planned like a large one.
_WAYS = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin")
_PLANNED = re.compile(r"\s*(select|with|insert|update|delete)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Asked:
    """A statement and its values."""

    query: str
    params: Any


class Watch:
    """Every statement of this process, whichever way it goes to the database."""

    def __init__(self, monkeypatch: Any) -> None:
        self.asked: list[Asked] = []
        for kind in (psycopg.Cursor, psycopg.ClientCursor):
            monkeypatch.setattr(kind, "execute", self._noting(kind.execute))

    def _noting(self, execute: Any) -> Any:
        def note(cursor: Any, query: Any, params: Any = None, **named: Any) -> Any:
            self.asked.append(Asked(str(query), params))
            return execute(cursor, query, params, **named)

        return note

    def begin(self) -> None:
        """Forget what was asked so far."""
        self.asked.clear()

    @property
    def count(self) -> int:
        """How many statements there were, besides the marks of transactions."""
        return sum(bool(_PLANNED.match(one.query)) for one in self.asked)

    def read_whole(self) -> list[str]:
        """The statements that read a large table whole, as far as any index could help.

        With all else made dear, a plan reads a table whole only where no index serves.
        """
        seen = {one.query: one for one in self.asked if _PLANNED.match(one.query)}
        found = []
        with connection.cursor() as cursor:
            for way in _WAYS:
                cursor.execute(f"set local {way} = off")
            for one in seen.values():
                plan = _plan(cursor, one)
                found += [f"{why}: {one.query}" for why in _faults(plan)]
            for way in _WAYS:
                cursor.execute(f"set local {way} = on")
        self.begin()
        return found


def _plan(cursor: Any, one: Asked) -> dict[str, Any]:
    cursor.execute(f"explain (format json) {one.query}", one.params)
    told = cursor.fetchone()[0]
    plan: dict[str, Any] = (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]
    return plan


def _faults(node: dict[str, Any]) -> Iterator[str]:
    """What of a plan reads a large table from end to end; its newest row is one step away."""
    if node["Node Type"] == "Limit" and node["Plan Rows"] == 1:
        return
    table, index = node.get("Relation Name"), node.get("Index Name", "")
    if table in LARGE and node["Node Type"] != "ModifyTable":
        if node["Node Type"] == "Seq Scan":
            yield f"reads {table} whole"
        elif index and "Index Cond" not in node and not LISTS.search(index):
            yield f"reads {index} whole"
    for child in node.get("Plans", ()):
        yield from _faults(child)
