"""Set-based writes: many rows in one statement, from one parameter."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, Protocol

import psycopg

#: A pooler, which cannot keep prepared statements, is in between when there is a direct address.
PREPARE_AFTER = None if os.environ.get("DATABASE_DIRECT_URL") else 1


class Cursor(Protocol):
    """What is needed of a database cursor."""

    def execute(self, sql: Any, params: Any = ..., /) -> Any: ...
    def fetchall(self) -> list[Any]: ...
    def fetchone(self) -> Any: ...


class _Prepared(psycopg.Cursor[tuple[Any, ...]]):
    """Prepares its own statements only; Django writes values into the text of its statements."""

    def execute(self, query: Any, params: Any = None, **how: Any) -> "_Prepared":
        self.connection.prepare_threshold = PREPARE_AFTER
        try:
            super().execute(query, params, **how)
        finally:
            self.connection.prepare_threshold = None
        return self


@contextmanager
def prepared(connection: Any) -> Iterator[Cursor]:
    """A cursor on Django's connection whose statements are planned once and bound by the server.

    For statements of the hot paths, inside a transaction.
    """
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    with connection.wrap_database_errors, _Prepared(connection.connection) as cursor:
        yield cursor


def _plain(value: object) -> object:
    """How values without a JSON form are written for PostgreSQL to read back."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    raise TypeError(f"{type(value).__name__} cannot be written in bulk")


def rows_parameter(columns: Mapping[str, str], rows: Sequence[Sequence[object]]) -> str:
    """The rows as one JSON parameter for ``json_to_recordset``."""
    names = list(columns)
    return json.dumps(
        [dict(zip(names, row, strict=True)) for row in rows], default=_plain, ensure_ascii=False
    )


def recordset(columns: Mapping[str, str]) -> str:
    """The FROM item that reads such a parameter, named ``r``."""
    typed = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
    return f"json_to_recordset(%s::json) as r({typed})"


def insert(
    cursor: Cursor,
    table: str,
    columns: Mapping[str, str],
    rows: Sequence[Sequence[object]],
    *,
    computed: Mapping[str, str] | None = None,
    beside: Mapping[str, str] | None = None,
    tail: str = "",
) -> None:
    """Insert all rows with one statement.

    Args:
        cursor: an open cursor; read what ``tail`` returns from it.
        columns: column name -> PostgreSQL type, in the order of each row.
        computed: further columns as SQL expressions over ``r``.
        beside: what rows hold after their columns, name -> type, for ``computed`` only.
        tail: ``on conflict …`` and ``returning …``.
    """
    if not rows:
        return
    computed = computed or {}
    given = {**columns, **(beside or {})}
    names = ", ".join(f'"{name}"' for name in [*columns, *computed])
    values = ", ".join([*(f'r."{name}"' for name in columns), *computed.values()])
    cursor.execute(
        f"insert into {table} ({names}) select {values} from {recordset(given)} {tail}",
        [rows_parameter(given, rows)],
    )
