"""The same news for many cases at once: each customer reads it on their own case."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from heliodesk.cases.actions import write
from heliodesk.cases.actions.step import actor_of
from heliodesk.cases.models import Direction
from heliodesk.cases.new import NewMessage
from heliodesk.cases.rules import Refused, State, Verb, after
from heliodesk.journal.record import By, Happening, record
from heliodesk.kernel import sql

_LOCKED = """
select id, state, first_response_at from cases_case where id = any(%s) order by id for update
"""
_PARTIES = """
select case_id, address, requester from cases_participant where case_id = any(%s) order by id
"""
_TOLD = """
update cases_case set version = version + 1, last_activity_at = greatest(last_activity_at, %(at)s),
    first_response_at = coalesce(first_response_at, %(at)s) where id = any(%(ids)s)
"""


@dataclass(frozen=True)
class Informed:
    """Which cases were told, with their new messages, and which were not, with the reason."""

    messages: Mapping[int, int] = field(default_factory=dict)
    refused: Mapping[int, str] = field(default_factory=dict)


def inform(
    texts: Mapping[int, str],
    *,
    by: By,
    at: datetime,
    data: Mapping[str, Any] | None = None,
    told: Mapping[str, Any] | None = None,
) -> Informed:
    """Say something to the customers of many cases, in a fixed number of statements.

    A case keeps its state and its owner. Cases of which nobody can be told, or whose state does
    not allow it, are left alone and named.

    Args:
        texts: the words for each case, by its id.
        data: kept in each event; ``told``: handed to those who write the letters.
    """
    with transaction.atomic():
        refused: dict[int, str] = {}
        with connection.cursor() as cursor:
            cursor.execute(_LOCKED, [sorted(texts)])
            found = {row[0]: row[1] for row in cursor.fetchall()}
            cursor.execute(_PARTIES, [sorted(texts)])
            to, cc = _parties(cursor.fetchall())
        for case_id in texts:
            try:
                _check(found.get(case_id), to.get(case_id, ()), by)
            except Refused as refusal:
                refused[case_id] = str(refusal)
        ids = sorted(texts.keys() - refused.keys())
        messages = _say([(id, texts[id], to[id], cc.get(id, ())) for id in ids], by, at)
        if ids:
            with connection.cursor() as cursor:
                cursor.execute(_TOLD, {"at": at, "ids": ids})
            happened = [
                Happening(
                    Verb.INFORM, "case", id, {**(data or {}), "message": messages[id]},
                    told=told or {},
                )
                for id in ids
            ]  # fmt: skip
            record(happened, by=by, at=at)
    return Informed(messages, refused)


def _check(state: str | None, to: tuple[str, ...], by: By) -> None:
    if state is None:
        raise Refused("There is no such case any more.")
    after(Verb.INFORM, State(state), actor_of(by))
    if not to:
        raise Refused("Nobody on this case can receive mail. Add a participant first.")


def _parties(
    rows: list[tuple[int, str, bool]],
) -> tuple[dict[int, tuple[str, ...]], dict[int, tuple[str, ...]]]:
    to: dict[int, tuple[str, ...]] = {}
    cc: dict[int, tuple[str, ...]] = {}
    for case_id, address, requester in rows:
        kept = to if requester else cc
        kept[case_id] = (*kept.get(case_id, ()), address)
    return to, cc


def _say(
    said: list[tuple[int, str, tuple[str, ...], tuple[str, ...]]], by: By, at: datetime
) -> dict[int, int]:
    """Write the messages; their ids by case."""
    if not said:
        return {}
    new = [
        (
            id,
            NewMessage(
                channel="desk",
                at=at,
                author_name=by.name,
                author_user_id=by.id if by.kind == "user" else None,
                direction=Direction.OUT,
                text=text,
                to=to,
                cc=cc,
            ),
        )
        for id, text, to, cc in said
    ]
    with sql.prepared(connection) as cursor:
        ids = write.messages(cursor, new)
    return {case_id: id for (case_id, _), id in zip(new, ids, strict=True)}
