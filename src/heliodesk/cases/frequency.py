"""How common words are in messages, as PostgreSQL keeps it for its plans."""

import time
from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection

from heliodesk.kernel import reading

#: Seconds for which the frequencies are kept; PostgreSQL itself counts anew now and then.
_FRESH = 900.0
#: A word in a smaller part of all messages than this, or in fewer of them, is rare.
_RARE_PART, _RARE = 0.02, 5_000
_KEPT = """
select c.reltuples, coalesce(s.most_common_elems::text::text[], '{}'),
       coalesce(s.most_common_elem_freqs, '{}')
from pg_class c left join pg_stats s
  on s.schemaname = current_schema() and s.tablename = 'cases_message' and s.attname = 'search'
where c.oid = 'cases_message'::regclass
"""


class _Kept(NamedTuple):
    at: float
    rows: float
    parts: dict[str, float]


_kept: _Kept | None = None


def part_of(word: str) -> float:
    """The part of all messages that hold this word; 0 for one that is too rare to be counted."""
    return _frequencies().parts.get(word.lower(), 0.0)


def messages_with(word: str) -> float:
    """About how many messages hold this word; 0 for one that is too rare to be counted."""
    return part_of(word) * max(_frequencies().rows, 0.0)


def rare(words: Iterable[str]) -> bool:
    """Whether at least one of these words is in few messages."""
    rows = max(_frequencies().rows, 1.0)
    return any((part := part_of(word)) < _RARE_PART or part * rows < _RARE for word in words)


def forget() -> None:
    """Ask anew at the next look."""
    global _kept
    _kept = None


def _frequencies() -> _Kept:
    global _kept
    moment = time.monotonic()
    if _kept is None or moment - _kept.at > _FRESH:
        (rows, words, parts) = reading.rows(connection, _KEPT)[0]
        # Three further figures follow the frequencies: least, most, and of none.
        _kept = _Kept(moment, float(rows), dict(zip(words, parts, strict=False)))
    return _kept
