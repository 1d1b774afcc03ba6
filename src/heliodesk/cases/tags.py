"""Tags as everybody knows them: names and colours by id, kept for some seconds."""

import time
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db import connection

from heliodesk.kernel import reading

#: What is known is asked for again after this many seconds.
FRESH_SECONDS = 5.0
#: Tags that a desk may have, and tags that one case may have.
MOST = 500
MOST_ON_A_CASE = 20
#: Colours: ``[data-hue]`` in tags.css has as many.
HUES = 12
_TAGS = """
select id, name, hue, retired_at is not null, merged_into_id from cases_tag order by lower(name), id
"""


class Known(NamedTuple):
    """A tag."""

    id: int
    name: str
    hue: int
    retired: bool = False
    #: The tag that took its place.
    merged_into: int | None = None


_known: tuple[float, dict[int, Known]] = (-FRESH_SECONDS, {})


def known() -> dict[int, Known]:
    """Every tag by its id, by name; some seconds old at most."""
    global _known
    if time.monotonic() - _known[0] > FRESH_SECONDS:
        found = reading.shaped(connection, Known, _TAGS)
        _known = (time.monotonic(), {tag.id: tag for tag in found})
    return _known[1]


def forget() -> None:
    """Ask anew at the next look."""
    global _known
    _known = (-FRESH_SECONDS, {})


def offered() -> list[Known]:
    """The tags that a case can be given."""
    return [tag for tag in known().values() if not tag.retired and tag.merged_into is None]


def of(ids: Iterable[int]) -> list[Known]:
    """These tags by name, each as the one that took its place."""
    tags = known()
    found = {final.id: final for id in ids if (tag := tags.get(id)) if (final := _final(tag, tags))}
    return sorted(found.values(), key=lambda tag: tag.name.casefold())


def _final(tag: Known, tags: dict[int, Known]) -> Known:
    return tags.get(tag.merged_into, tag) if tag.merged_into else tag


def lineage(ids: Iterable[int]) -> list[int]:
    """These tags and all that were merged into them: what cases may still hold of them."""
    tags = known()
    final = {_final(tag, tags).id for id in ids if (tag := tags.get(id))}
    return sorted(id for id, tag in tags.items() if _final(tag, tags).id in final)


def named(names: Sequence[str]) -> tuple[list[Known], list[str]]:
    """The tags of these names, whatever their capitals; and the names that no tag has."""
    tags = known()
    first = sorted(tags.values(), key=lambda tag: tag.merged_into is None)
    by_name = {tag.name.casefold(): _final(tag, tags) for tag in first}
    asked = {name.strip().casefold(): name.strip() for name in names if name.strip()}
    found = [by_name[key] for key in asked if key in by_name]
    return found, [name for key, name in asked.items() if key not in by_name]


def used(ids: Sequence[int], *, most: int) -> dict[int, int]:
    """How many cases have each of these tags, counted to one beyond ``most``."""
    return dict(reading.rows(connection, _USED.format(most=most + 1), [list(ids)]))


_USED = """
select t.id, (select count(*) from (
    select from cases_case c where c.tags && array[t.id] and c.tags <> '{{}}' limit {most:d}) n)
from unnest(%s::int[]) t (id)
"""
