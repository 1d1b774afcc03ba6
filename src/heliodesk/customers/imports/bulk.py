"""Write many rows by one statement."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

_TYPES = {
    "bigint": "bigint[]",
    "text": "text[]",
    "bool": "boolean[]",
    "date": "date[]",
    "time": "timestamptz[]",
}


def new_ids(table: str, count: int) -> list[int]:
    """Fresh ids for rows about to be inserted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select nextval(pg_get_serial_sequence(%s, 'id')) from generate_series(1, %s)",
            [table, count],
        )
        return [row[0] for row in cursor.fetchall()]


def rows(sql: str, params: Sequence[Any] | dict[str, Any]) -> list[tuple[Any, ...]]:
    """All rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def insert(table: str, columns: Sequence[tuple[str, str]], values: Sequence[Sequence[Any]]) -> None:
    """Insert all rows; ``columns`` are pairs of name and type."""
    if values:
        names = ", ".join(name for name, _ in columns)
        _over(f"insert into {table} ({names}) select * from {_source(columns)}", values)


def update(table: str, columns: Sequence[tuple[str, str]], values: Sequence[Sequence[Any]]) -> None:
    """Update rows by id, which is the first column."""
    if values:
        names = [name for name, _ in columns]
        sets = ", ".join(f"{name} = n.{name}" for name in names[1:])
        source = f"{_source(columns)} as n ({', '.join(names)})"
        _over(f"update {table} t set {sets} from {source} where t.id = n.id", values)


def delete(table: str, columns: Sequence[tuple[str, str]], values: Sequence[Sequence[Any]]) -> None:
    """Delete the rows that have these values."""
    if values:
        names = [name for name, _ in columns]
        same = " and ".join(f"t.{name} = n.{name}" for name in names)
        source = f"{_source(columns)} as n ({', '.join(names)})"
        _over(f"delete from {table} t using {source} where {same}", values)


def _source(columns: Sequence[tuple[str, str]]) -> str:
    return f"unnest({', '.join(f'%s::{_TYPES[kind]}' for _, kind in columns)})"


def _over(sql: str, values: Sequence[Sequence[Any]]) -> None:
    """Run a statement over rows, given to it as one array a column."""
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(column) for column in zip(*values, strict=True)])
