"""Fill in the fields of a case."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from heliodesk.cases import fields
from heliodesk.cases.actions.step import aside
from heliodesk.cases.fields import Field, Known
from heliodesk.cases.models import Case
from heliodesk.cases.rules import Refused, Verb
from heliodesk.journal.record import SYSTEM, By
from heliodesk.kernel import reading, sql

_COLUMNS = {
    "case_id": "bigint",
    "field_id": "bigint",
    "text": "text",
    "number": "numeric",
    "day": "date",
}
_REPLACE = """on conflict (case_id, field_id)
    do update set text = excluded.text, number = excluded.number, day = excluded.day"""
_TAKE_AWAY = "delete from cases_casevalue where case_id = %s and field_id = any(%s)"


def fill(case: Case, given: Mapping[str, str], *, by: By, at: datetime) -> Case:
    """Set these fields, by their codes; an empty text takes the value away.

    Nothing is recorded where nothing changes.

    Raises:
        Refused: there is no such field on such a case, or a text is no value of its field.
    """
    known = {field.code: field for field in fields.fields(kind=case.kind)}
    for code in given:
        if code not in known:
            raise Refused(f"Cases of this kind have no field “{code}”. Reload the page.")
    read = [(known[code], fields.read(known[code], text)) for code, text in given.items()]
    with transaction.atomic():
        held = fields.values(case.pk)
        changed = [
            (field, value)
            for field, value in read
            if (value.text if value else "") != held.get(field.code, "")
        ]
        if not changed:
            return case
        _write(case, changed)
        told = [_told(field, value, held) for field, value in changed]
        return aside(case, Verb.FILL, by=by, at=at, data={"values": told})


def _write(case: Case, changed: list[tuple[Field, Known | None]]) -> None:
    gone = [field.id for field, value in changed if value is None]
    rows = [
        (case.pk, field.id, value.text, _digits(value), value.day)
        for field, value in changed
        if value
    ]
    with sql.prepared(connection) as cursor:
        if gone:
            cursor.execute(_TAKE_AWAY, [case.pk, gone])
        sql.insert(cursor, "cases_casevalue", _COLUMNS, rows, tail=_REPLACE)


def _digits(value: Known) -> str | None:
    return None if value.number is None else str(value.number)


def _told(field: Field, value: Known | None, held: Mapping[str, str]) -> dict[str, Any]:
    text = value.text if value else ""
    return {"field": field.code, "label": field.label, "is": text, "was": held.get(field.code, "")}


def fill_at_opening(case_id: int, given: Mapping[str, str], *, at: datetime) -> None:
    """Keep what was filled in on the form that opened a case; what is no value is left out, since
    the whole form stands in the first message anyway."""
    case = reading.records(connection, Case, "where id = %s", [case_id])[0]
    fitting: dict[str, str] = {}
    for field in fields.asked(case.kind):
        with suppress(Refused):
            if known := fields.read(field, str(given.get(field.code, ""))):
                fitting[field.code] = known.text
    fill(case, fitting, by=SYSTEM, at=at)
