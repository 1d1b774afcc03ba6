"""Record what happened, and let the followers act on it, in one transaction.

``record`` takes a batch: one event is a list of one. Each follower named in
``settings.JOURNAL_FOLLOWERS`` has a table ``FOLLOWS`` of (subject kind, verb) -> function, and is
called once with all events of a verb. A follower writes its own room's rows only and does no
I/O; if it fails, the action fails, whole.
"""

import importlib
import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection

from heliodesk.kernel import sql

#: Longest payload of a NOTIFY is 8,000 bytes; ids past this many are told as "many".
_MOST_TOLD = 300
CHANNEL = "journal"


@dataclass(frozen=True)
class By:
    """Who did it."""

    kind: str
    id: int | None
    name: str
    #: The role of a user, which some verbs ask for.
    role: str = ""
    #: The permissions of a role made at this desk; none when theirs is a shipped one.
    own: frozenset[str] | None = None


SYSTEM = By("system", None, "Heliodesk")


@dataclass(frozen=True)
class Happening:
    """Something that happened, not yet recorded."""

    verb: str
    subject_kind: str
    subject_id: int
    data: Mapping[str, Any] = field(default_factory=dict)
    #: Who, when it is not the one who records the batch.
    by: By | None = None
    #: Handed to the followers and not kept: words to send, addresses.
    told: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Recorded:
    """An event as followers see it."""

    id: int
    at: datetime
    by: By
    verb: str
    subject_kind: str
    subject_id: int
    data: Mapping[str, Any]
    told: Mapping[str, Any]


Follower = Callable[[Sequence[Recorded]], None]

_COLUMNS = {
    "at": "timestamptz",
    "by_kind": "text",
    "by_id": "bigint",
    "by_name": "text",
    "verb": "text",
    "subject_kind": "text",
    "subject_id": "bigint",
    "data": "jsonb",
}


def record(happenings: Sequence[Happening], *, by: By, at: datetime) -> list[Recorded]:
    """Write these events, run the followers, and tell the live pages on commit.

    Must run inside the transaction that made the changes.
    """
    if not happenings:
        return []
    actors = [happening.by or by for happening in happenings]
    with sql.prepared(connection) as cursor:
        sql.insert(
            cursor,
            "journal_event",
            _COLUMNS,
            [
                (at, who.kind, who.id, who.name, h.verb, h.subject_kind, h.subject_id, h.data)
                for who, h in zip(actors, happenings, strict=True)
            ],
            tail="returning id",
        )
        ids = [row[0] for row in cursor.fetchall()]
        cursor.execute("select pg_notify(%s, %s)", [CHANNEL, _told(happenings)])
    recorded = [
        Recorded(id, at, actor, h.verb, h.subject_kind, h.subject_id, h.data, h.told)
        for id, actor, h in zip(ids, actors, happenings, strict=True)
    ]
    _follow(recorded)
    return recorded


def stir(kind: str, ids: Sequence[int]) -> None:
    """Let live pages look again at these subjects, on commit, without anything having happened."""
    with sql.prepared(connection) as cursor:
        cursor.execute("select pg_notify(%s, %s)", [CHANNEL, json.dumps({kind: list(ids)})])


def _told(happenings: Sequence[Happening]) -> str:
    """The payload for live pages: ids by subject kind; ``null`` stands for too many to list."""
    subjects: dict[str, set[int]] = defaultdict(set)
    for happening in happenings:
        subjects[happening.subject_kind].add(happening.subject_id)
    return json.dumps(
        {kind: sorted(ids) if len(ids) <= _MOST_TOLD else None for kind, ids in subjects.items()}
    )


def _follow(recorded: Sequence[Recorded]) -> None:
    """Run every follower once per verb, in the order of the settings."""
    grouped: dict[tuple[str, str], list[Recorded]] = defaultdict(list)
    for event in recorded:
        grouped[event.subject_kind, event.verb].append(event)
    for table in _tables(tuple(settings.JOURNAL_FOLLOWERS)):
        for key, events in grouped.items():
            follower = table.get(key)
            if follower:
                follower(events)


@cache
def _tables(modules: tuple[str, ...]) -> list[dict[tuple[str, str], Follower]]:
    return [importlib.import_module(name).FOLLOWS for name in modules]
