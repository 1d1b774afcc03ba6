"""Fields that an administrator adds to cases: which there are, what a case holds, and how lists
are narrowed by them. What a value may be is decided here once, for pages, forms and filters.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from urllib.parse import urlsplit

from django.db import connection

from heliodesk.cases.rules import Refused, Value
from heliodesk.kernel import reading
from heliodesk.kernel.text import one_line, storable

MOST_CHARACTERS = 2000
_DIGITS = Decimal(10) ** 14
_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]{1,6})?")


class Field(NamedTuple):
    """One field, as it is administered."""

    id: int
    code: str
    label: str
    help: str
    value: str
    choices: list[str]
    #: The kinds of case that have it; empty: every one.
    kinds: list[str]
    required: bool
    asked: bool
    active: bool

    def of_kind(self, kind: str) -> bool:
        """Whether cases of this kind have it."""
        return not self.kinds or kind in self.kinds


class Known(NamedTuple):
    """What a case holds of a field; ``text`` is what people read and type."""

    text: str
    number: Decimal | None = None
    day: date | None = None


_FIELDS = """
select id, code, label, help, value, choices, kinds, required, asked, active
from cases_casefield where {where} order by place, lower(label), id limit 500
"""


def fields(*, kind: str | None = None, retired: bool = False) -> list[Field]:
    """The fields in their order.

    Args:
        kind: only those that cases of this kind have.
        retired: those that are offered no more, too.
    """
    found = reading.shaped(connection, Field, _FIELDS.format(where="true" if retired else "active"))
    return [field for field in found if kind is None or field.of_kind(kind)]


def asked(kind: str) -> list[Field]:
    """The fields that customers are asked for when they raise a case of this kind."""
    return [field for field in fields(kind=kind) if field.asked]


def values(case_id: int) -> dict[str, str]:
    """What a case holds, by the field's code."""
    return values_of([case_id]).get(case_id, {})


_VALUES = """
select v.case_id, f.code, v.text from cases_casevalue v join cases_casefield f on f.id = v.field_id
where v.case_id = any(%s)
"""


def values_of(case_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """What these cases hold, by case and the field's code: for sheets and columns of lists."""
    found: dict[int, dict[str, str]] = {}
    for case_id, code, text in reading.rows(connection, _VALUES, [list(case_ids)]):
        found.setdefault(case_id, {})[code] = text
    return found


def read(field: Field, text: str) -> Known | None:
    """What somebody typed, as the field holds it; none when they left it empty.

    Raises:
        Refused: it is no such value; the sentence names the field.
    """
    text = storable(text).strip() if field.value == Value.TEXT else one_line(storable(text))
    if not text:
        return None
    if len(text) > MOST_CHARACTERS:
        raise Refused(f"“{field.label}” takes at most {MOST_CHARACTERS:,} characters.")
    return _READ[Value(field.value)](field, text)


def _text(_field: Field, text: str) -> Known:
    return Known(text)


def _number(field: Field, text: str) -> Known:
    plain = text.replace(" ", "")
    if not _NUMBER.fullmatch(plain):
        raise Refused(f"“{field.label}” is a number, such as 12 or 3.5.")
    number = Decimal(plain.replace(",", "."))
    if abs(number) >= _DIGITS:
        raise Refused(f"“{field.label}” takes at most 14 digits before the point.")
    return Known(f"{number.normalize():f}", number=number)


def _day(field: Field, text: str) -> Known:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refused(f"“{field.label}” is a day, such as 2026-11-23.") from None
    return Known(day.isoformat(), day=day)


def _choice(field: Field, text: str) -> Known:
    if text not in field.choices:
        raise Refused(f"“{field.label}” is one of: {', '.join(field.choices)}.")
    return Known(text)


def _yes_no(field: Field, text: str) -> Known:
    if text not in {"yes", "no"}:
        raise Refused(f"“{field.label}” is yes or no.")
    return Known(text)


def _url(field: Field, text: str) -> Known:
    try:
        parts = urlsplit(text)
        fine = parts.scheme in {"http", "https"} and bool(parts.hostname) and " " not in text
    except ValueError:
        fine = False
    if not fine:
        raise Refused(f"“{field.label}” is an address that begins with https:// or http://.")
    return Known(text)


_READ = {
    Value.TEXT: _text,
    Value.NUMBER: _number,
    Value.DATE: _day,
    Value.CHOICE: _choice,
    Value.YES_NO: _yes_no,
    Value.URL: _url,
}

#: How a list may be narrowed by a field, by the kind of its value.
_SAME = ("is", "is_not", "set", "unset")
COMPARISONS: dict[str, tuple[str, ...]] = {
    Value.TEXT: (*_SAME, "contains"),
    Value.URL: (*_SAME, "contains"),
    Value.NUMBER: (*_SAME, "at_least", "at_most"),
    Value.DATE: (*_SAME, "at_least", "at_most"),
    Value.CHOICE: _SAME,
    Value.YES_NO: _SAME,
}
_COLUMN = {Value.NUMBER: "number", Value.DATE: "day"}
_SIGN = {"is": "=", "is_not": "=", "at_least": ">=", "at_most": "<="}


def condition(
    field: Field, comparison: str, text: str = "", *, alias: str = "c"
) -> tuple[str, list[object]]:
    """The SQL condition, with its parameters, for cases whose value compares so.

    ``is_not`` holds for cases without a value, too. One look-up by an index a case.

    Args:
        comparison: one of ``COMPARISONS`` of the field's value.
        text: what to compare with, as people type it; a day may be relative only if the caller
            has made it a date before.

    Raises:
        Refused: no such comparison, or the text is no such value.
    """
    if comparison not in COMPARISONS[field.value]:
        raise Refused(f"“{field.label}” cannot be compared like that.")
    held = f"select from cases_casevalue v where v.case_id = {alias}.id and v.field_id = %s"
    if comparison in {"set", "unset"}:
        return f"{'not ' if comparison == 'unset' else ''}exists ({held})", [field.id]
    if comparison == "contains":
        return f"exists ({held} and v.text ilike %s)", [field.id, f"%{_escaped(text.strip())}%"]
    known = read(field, text)
    if known is None:
        raise Refused(f"Say what to compare “{field.label}” with.")
    column = _COLUMN.get(Value(field.value), "text")
    inside, value = f"v.{column}", getattr(known, column)
    if column == "text":
        inside, value = "lower(v.text)", known.text.lower()
    negated = "not " if comparison == "is_not" else ""
    return f"{negated}exists ({held} and {inside} {_SIGN[comparison]} %s)", [field.id, value]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def missing(held: Mapping[str, str], kind: str, known: Iterable[Field]) -> list[Field]:
    """The fields that a case of this kind needs before it is resolved, and does not hold."""
    return [
        field
        for field in known
        if field.required and field.active and field.of_kind(kind) and not held.get(field.code)
    ]
