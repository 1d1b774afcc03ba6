"""What migrations put into the database, kept while a test empties it.

A test that commits ends with every table empty. In a parallel run others follow it in the same
process that count on the shipped roles and the pack in force.
"""

from django.db import connection
from psycopg import sql

FirstRows = dict[str, bytes]

_TABLES = """
select c.relname from pg_class c
 where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace
   and c.relname <> 'django_migrations'
"""


def taken() -> FirstRows:
    """The rows of every table that has some."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        found = {name: _out(name) for (name,) in cursor.fetchall()}
    return {name: rows for name, rows in found.items() if rows}


def put_back(rows: FirstRows) -> None:
    """Fill the tables again that are empty now; references are checked at the end."""
    connection.ensure_connection()
    with connection.connection.transaction():
        for name, lines in rows.items():
            if not _out(name):
                into = sql.SQL("copy {} from stdin").format(sql.Identifier(name))
                with connection.connection.cursor().copy(into) as copy:
                    copy.write(lines)


def _out(name: str) -> bytes:
    connection.ensure_connection()
    out = sql.SQL("copy {} to stdout").format(sql.Identifier(name))
    with connection.connection.cursor().copy(out) as copy:
        return b"".join(bytes(part) for part in copy)
