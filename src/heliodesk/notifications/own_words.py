"""Reads of the words that administrators wrote."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from heliodesk.kernel import reading
from heliodesk.notifications.models import Template


def by_kind() -> dict[str, list[Template]]:
    """All of them, by kind of mail."""
    own: dict[str, list[Template]] = {}
    for row in Template.objects.order_by("kind", "region", "language"):
        own.setdefault(row.kind, []).append(row)
    return own


def written(kind: str, *, region: str, language: str) -> Template | None:
    """Those for exactly this kind, region and language."""
    return Template.objects.filter(kind=kind, region=region, language=language).first()


class Earlier(NamedTuple):
    """Words as they were written once, or the return to the shipped ones."""

    id: int
    at: datetime
    by: str
    verb: str
    data: Mapping[str, Any]


_HISTORY = """
select id, at, by_name, verb, data from journal_event
 where subject_kind = 'template' and data @> %s::jsonb order by id desc limit 30
"""


def history(kind: str, *, region: str, language: str) -> list[Earlier]:
    """Who changed the words of this kind, region and language, the latest first."""
    where = json.dumps({"kind": kind, "region": region, "language": language})
    return reading.shaped(connection, Earlier, _HISTORY, [where])
