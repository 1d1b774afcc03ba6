"""People of the desk and their queues, by what somebody types of their names."""

import difflib

from django.db import connection

from heliodesk.kernel import reading

_MOST_ALIKE = 3
_NAMED = """
select id from identity_user
where role <> 'contact' and (lower(email) = %s or lower(name) like %s or lower(name) like %s)
order by is_active desc, lower(name), id limit %s
"""
_NAMES = """
select name from identity_user where role <> 'contact' and is_active order by lower(name) limit 500
"""
_QUEUES = "select distinct q from identity_team t, unnest(t.queues) q order by q limit 200"


def named(text: str, most: int) -> list[int]:
    """People with this address, or whose first or last name begins so; one more than ``most``
    when there are more."""
    word = text.lower()
    start = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    given = [word, start, f"% {start}", most + 1]
    return [row[0] for row in reading.rows(connection, _NAMED, given)]


def names_beginning(text: str, *, most: int) -> list[str]:
    """The names of those who work here of which a part begins so."""
    word = text.casefold()
    names = [row[0] for row in reading.rows(connection, _NAMES)]
    fits = [
        n for n in names if any(p.startswith(word) for p in [n.casefold(), *n.casefold().split()])
    ]
    return fits[:most]


def names_like(text: str) -> list[str]:
    """Up to three names of which a part, or the whole, is nearly this."""
    typed = text.casefold()
    likely: list[tuple[float, str]] = []
    for (name,) in reading.rows(connection, _NAMES):
        parts = [name.casefold(), *name.casefold().split()]
        best = max(difflib.SequenceMatcher(None, typed, part).ratio() for part in parts)
        if best >= 0.7:
            likely.append((-best, name))
    return [name for _, name in sorted(likely)[:_MOST_ALIKE]]


def queues() -> list[str]:
    """The queues that a team serves."""
    return [row[0] for row in reading.rows(connection, _QUEUES)]
