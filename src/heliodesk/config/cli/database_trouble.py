"""What a command says when the database is away or its tables are not those of this program."""

import sys

AWAY = (
    "The database does not answer: {reason}. `heliodesk check` says what to do; DATABASE_URL names "
    "a server of your own."
)
OLD = "The tables are not there, or not those of this version. Run: heliodesk db migrate"
_MISSING = {"42P01", "42703"}
"""SQLSTATE of a table and of a column that is not there."""


def told(error: BaseException) -> str:
    """A sentence for an error that comes from the database's state; empty for any other."""
    psycopg = sys.modules.get("psycopg")
    if psycopg is None:
        return ""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, psycopg.Error):
        cause = cause.__cause__
    if cause is None:
        return ""
    if getattr(cause, "sqlstate", None) in _MISSING:
        return OLD
    if isinstance(cause, psycopg.OperationalError):
        return AWAY.format(reason=_first(str(cause)))
    return ""


def _first(said: str) -> str:
    """The first line of what the driver says, without its full stop; hints are on the next."""
    return next(iter(said.strip().splitlines()), "no reason given").strip().rstrip(".")
