"""Fast reads: SQL in, tuples out, on the connection that Django holds for this thread.

Django binds parameters on the client, so that PostgreSQL plans every statement anew. A hot read
is prepared once a connection instead, and sees the same transaction as everything else.
Statements are not prepared behind a pooler, which moves a client between servers.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

import psycopg
from psycopg.rows import args_row, tuple_row
from psycopg.types.json import set_json_loads

from heliodesk.kernel.sql import PREPARE_AFTER

Row = TypeVar("Row")
Params = Sequence[Any] | Mapping[str, Any]


_decoded = json.JSONDecoder().decode


def _json(data: bytes | str) -> Any:
    """What a column of JSON holds; most that a page reads are empty."""
    if data == b"[]":
        return []
    if data == b"{}":
        return {}
    return _decoded(data if isinstance(data, str) else data.decode())


set_json_loads(_json)


def rows(
    connection: Any, sql: str, params: Params = (), *, prepare: bool = True
) -> list[tuple[Any, ...]]:
    """All rows of a statement, as tuples; ``connection`` is Django's.

    With ``prepare`` false it is planned anew each time, for the values that it is given. One that
    is prepared is planned for any values, so a limit that matters to its plan stands in its text.
    """
    return _run(connection, sql, params, tuple_row, prepare=prepare)


def shaped(
    connection: Any, shape: type[Row], sql: str, params: Params = (), *, prepare: bool = True
) -> list[Row]:
    """All rows of a statement, each made into ``shape`` from its columns in order."""
    return _run(connection, sql, params, args_row(shape), prepare=prepare)


def records(connection: Any, model: type[Row], tail: str, params: Params = ()) -> list[Row]:
    """Rows of a Django model's own table as its objects, without Django's making of the statement.

    Args:
        tail: what follows ``select … from table``: the condition, an order, a lock.
    """
    django: Any = model
    names, select = _own_columns(django)
    found = rows(connection, f"{select} {tail}", params)
    return [django.from_db(connection.alias, names, row) for row in found]


@cache
def _own_columns(model: Any) -> tuple[list[str], str]:
    """The names of a model's columns, and the statement that reads them all."""
    names = [field.attname for field in model._meta.concrete_fields]
    columns = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)
    return names, f'select {columns} from "{model._meta.db_table}"'


def _run(connection: Any, sql: str, params: Params, factory: Any, *, prepare: bool) -> list[Any]:
    """Execute once; again on a new connection when the old one turns out to be dead.

    Django need not ask then whether the connection lives.
    """
    errors = connection.wrap_database_errors
    connection = errors.wrapper  # itself, where Django lent a proxy that looks it up each time
    with errors:
        try:
            found = _once(connection, sql, params, factory, prepare=prepare)
        except psycopg.OperationalError:
            if connection.in_atomic_block or not connection.connection.closed:
                raise
            connection.close()
            found = _once(connection, sql, params, factory, prepare=prepare)
        connection.health_check_done = True
        return found


def _once(connection: Any, sql: str, params: Params, factory: Any, *, prepare: bool) -> list[Any]:
    connection.ensure_connection()
    raw = connection.connection
    if not prepare:
        with psycopg.ClientCursor(raw, row_factory=factory) as cursor:
            return cursor.execute(sql, params).fetchall()
    raw.prepare_threshold = PREPARE_AFTER
    try:
        with psycopg.Cursor(raw, row_factory=factory) as cursor:
            return cursor.execute(sql, params, binary=True).fetchall()
    finally:
        raw.prepare_threshold = None
