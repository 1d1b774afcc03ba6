"""What many parts of a page ask for is read once while a request is answered.

Outside of a request, as in the worker, everything is read each time.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from heliodesk.kernel import reading

Rows = list[tuple[Any, ...]]


class _Kept(threading.local):
    rows: dict[str, Rows] | None = None


_kept = _Kept()


@contextmanager
def during() -> Iterator[None]:
    """The time of one request, in which what is read here is kept."""
    _kept.rows = {}
    try:
        yield
    finally:
        _kept.rows = None


def rows(connection: Any, sql: str) -> Rows:
    """The rows of a statement without values, kept until the end of the request."""
    if _kept.rows is None:
        return reading.rows(connection, sql)
    if sql not in _kept.rows:
        _kept.rows[sql] = reading.rows(connection, sql)
    return _kept.rows[sql]


def know(sql: str, found: Rows) -> None:
    """Keep rows that another statement brought along."""
    if _kept.rows is not None:
        _kept.rows[sql] = found


def forget() -> None:
    """Read everything again: something was changed in this request."""
    if _kept.rows is not None:
        _kept.rows = {}
